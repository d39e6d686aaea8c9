import type Dockerode from "dockerode";
import { startHelper } from "../../stack/helper-process.ts";
import { seconds } from "../../time.ts";
import { type Command, identified, seen, signalled } from "./commands.ts";
import type { Hand } from "./hand.ts";

export interface HandOrder {
  /** The helper image's reference. */
  readonly image: string;
  /** The container's name. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

const limit = seconds(5);

/**
 * Starts the hand in a container of its own. It sees the host's processes and may signal those of other users (KILL):
 * no other capability, no network, nothing writable. Reading another process' `stat` and `cgroup` needs none.
 */
export async function startHand(engine: Dockerode, { image, name, labels }: HandOrder): Promise<Hand> {
  const helper = await startHelper(engine, {
    program: "hand",
    image,
    name,
    labels,
    user: "0:0",
    host: { PidMode: "host", NetworkMode: "none", CapAdd: ["KILL"] },
  });
  const ask = (command: Command) => helper.ask(command, limit);
  return {
    bootId: helper.bootId,
    async identify(container, pid) {
      return identified.parse(await ask({ do: "identify", container, pid })) ?? undefined;
    },
    async signal(process, signal) {
      const { sent, from, to } = signalled.parse(await ask({ do: "signal", process: { ...process }, signal }));
      return { sent, when: helper.toHost(from, to) };
    },
    async watch(process, tell, until) {
      const command: Command = { do: "watch", process: { ...process } };
      const hear = (data: unknown) => {
        const { state, from, to } = seen.parse(data);
        tell(state, helper.toHost(from, to));
      };
      await helper.stream(command, hear, until);
    },
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  };
}
