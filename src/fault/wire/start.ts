import type Dockerode from "dockerode";
import { startHelper } from "../../stack/helper-process.ts";
import { ms, seconds } from "../../time.ts";
import { answered, applied, type Command, greeted, named, port, tableText } from "./commands.ts";
import type { Wire } from "./wire.ts";

export interface WireOrder {
  /** The helper image's reference. */
  readonly image: string;
  /** The container's name. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The full id of the container whose network it joins. It must run. */
  readonly container: string;
}

/** For what needs no waiting of its own: nft gives itself 5 s. */
const limit = seconds(10);
/** On top of a request's own limit, for the way there and back. */
const graceMs = 2000;

/** Starts the wire in a container of its own that joins another one's network. It may change that network (NET_ADMIN), and nothing else. */
export async function startWire(engine: Dockerode, { image, name, labels, container }: WireOrder): Promise<Wire> {
  const helper = await startHelper(engine, {
    program: "wire",
    image,
    name,
    labels,
    user: "0:0",
    host: { NetworkMode: `container:${container}`, CapAdd: ["NET_ADMIN"] },
  });
  const ask = (command: Command) =>
    helper.ask(command, "timeoutMs" in command ? ms(command.timeoutMs + graceMs) : limit);
  const gone = helper.stream({ do: "stay" } satisfies Command, () => undefined, new AbortController().signal);
  return {
    ended: gone.catch(() => undefined),
    async http(request) {
      const { from, to, ...came } = answered.parse(await ask({ do: "http", ...request }));
      return { ...came, when: helper.toHost(from, to) };
    },
    async greet({ hello, ...greeting }) {
      const command: Command = { do: "greet", ...greeting, hello: Buffer.from(hello).toString("base64") };
      const { from, to, came, bytes } = greeted.parse(await ask(command));
      return { came, bytes, when: helper.toHost(from, to) };
    },
    async lookUp(host, timeoutMs) {
      const { from, to, came } = named.parse(await ask({ do: "look-up", name: host, timeoutMs }));
      return { came, when: helper.toHost(from, to) };
    },
    async denyNames() {
      return port.parse(await ask({ do: "deny-names" }));
    },
    async nft(script) {
      const { from, to } = applied.parse(await ask({ do: "nft", script }));
      return helper.toHost(from, to);
    },
    async table(table) {
      return tableText.parse(await ask({ do: "table", name: table })) ?? undefined;
    },
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  };
}
