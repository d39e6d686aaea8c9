import type Dockerode from "dockerode";
import { startHelper } from "../../stack/helper-process.ts";
import { seconds } from "../../time.ts";
import {
  type Command,
  descriptors,
  did,
  diskLook,
  diskUse,
  exhausted,
  filled,
  identified,
  listed,
  memory,
  removed,
  seen,
  signalled,
  usage,
} from "./commands.ts";
import type { Capability, Hand, ProcessIdentity } from "./hand.ts";

export interface HandOrder {
  /** The helper image's reference. */
  readonly image: string;
  /** The container's name. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What the faults need that it will be used for, besides sending signals. */
  readonly capabilities?: readonly Capability[];
}

const limit = seconds(5);
/** For what takes time by its nature; below the limit that a trial has for an injection. */
const longLimit = seconds(25);
/** What it writes to a file system in memory counts as its own. */
const memoryLimit = 2 ** 30;

/**
 * Starts the hand in a container of its own. It sees the host's processes and may signal those of other users (KILL):
 * no other capability than those asked for, no network, nothing writable of its own. Reading another process' `stat` and `cgroup`
 * needs none.
 */
export async function startHand(engine: Dockerode, order: HandOrder): Promise<Hand> {
  const { image, name, labels, capabilities = [] } = order;
  const helper = await startHelper(engine, {
    program: "hand",
    image,
    name,
    labels,
    user: "0:0",
    host: {
      PidMode: "host",
      NetworkMode: "none",
      CapAdd: [...new Set(["KILL", ...capabilities])],
      Memory: memoryLimit,
      MemorySwap: memoryLimit,
    },
  });
  const ask = (command: Command, within = limit) => helper.ask(command, within);
  const span = (it: { readonly from: number; readonly to: number }) => helper.toHost(it.from, it.to);
  const spanOf = (it: { readonly from: number; readonly to: number } | null) => (it ? span(it) : undefined);
  return {
    bootId: helper.bootId,
    async identify(container, pid) {
      return identified.parse(await ask({ do: "identify", container, pid })) ?? undefined;
    },
    async list(container, main) {
      return listed.parse(await ask({ do: "list", container, main }));
    },
    async signal(process, signal) {
      const { sent, ...when } = signalled.parse(await ask({ do: "signal", process: plain(process), signal }));
      return { sent, when: span(when) };
    },
    async watch(process, tell, until) {
      const command: Command = { do: "watch", process: plain(process) };
      const hear = (data: unknown) => {
        const { state, ...when } = seen.parse(data);
        tell(state, span(when));
      };
      await helper.stream(command, hear, until);
    },
    async usage(process) {
      return usage.parse(await ask({ do: "usage", process: plain(process) })) ?? undefined;
    },
    descriptors: {
      async look(process) {
        return descriptors.parse(await ask({ do: "descriptors", process: plain(process) })) ?? undefined;
      },
      async limit(process, soft) {
        return spanOf(did.parse(await ask({ do: "limit-descriptors", process: plain(process), soft })));
      },
    },
    memory: {
      async look(process) {
        return memory.parse(await ask({ do: "memory", process: plain(process) })) ?? undefined;
      },
      async exhaust(process) {
        const it = exhausted.parse(await ask({ do: "exhaust", process: plain(process) }, longLimit));
        return it ? { outcome: it.outcome, when: span(it) } : undefined;
      },
      async release(process, score) {
        return spanOf(did.parse(await ask({ do: "release", process: plain(process), score })));
      },
    },
    disk: {
      async look(process, path) {
        return diskLook.parse(await ask({ do: "look-at-disk", process: plain(process), path })) ?? undefined;
      },
      async use(process, path) {
        const it = diskUse.parse(await ask({ do: "disk-use", process: plain(process), path }));
        return it ? (it.share === null ? {} : { share: it.share }) : undefined;
      },
      async fill(process, filling) {
        const command: Command = { do: "fill", process: plain(process), filling: { ...filling } };
        const it = filled.parse(await ask(command, longLimit));
        return it ? { full: it.full, when: span(it) } : undefined;
      },
      async remove(process, path, mark) {
        return removed.parse(await ask({ do: "remove", process: plain(process), path, mark })) ?? undefined;
      },
    },
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  };
}

/** What goes over the wire may be changed there. */
const plain = (process: ProcessIdentity) => ({ ...process });
