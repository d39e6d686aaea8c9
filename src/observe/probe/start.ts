import type Dockerode from "dockerode";
import { KnownError } from "../../errors.ts";
import { startHelper } from "../../stack/helper-process.ts";
import { ms } from "../../time.ts";
import { batch, type Command, fetched } from "./commands.ts";
import type { Probe } from "./probe.ts";

export interface ProbeOrder {
  /** The helper image's reference. */
  readonly image: string;
  /** The engine's name of the network to look from. */
  readonly network: string;
  /** The container's name. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** On top of a request's own limit, for the way there and back. */
const graceMs = 2000;

/** Starts the probe in a container of its own, attached to the stack's network, as nobody and with no capability. */
export async function startProbe(engine: Dockerode, { image, network, name, labels }: ProbeOrder): Promise<Probe> {
  const helper = await startHelper(engine, {
    program: "probe",
    image,
    name,
    labels,
    user: "65534:65534",
    host: {
      NetworkMode: network,
      // The engine itself answers for the stack's names. Others it passes on, and here that leads to the probe itself,
      // which says at once that there is no such name (nowhere.ts).
      Dns: ["127.0.0.1"],
      DnsSearch: ["."],
      // Engines since 20.10 do this by themselves: port 53 without a capability.
      Sysctls: { "net.ipv4.ip_unprivileged_port_start": "0" },
    },
  });
  return {
    get clock() {
      return helper.clock;
    },
    lost: helper.lost,
    watch(url, options, tell, until) {
      requireProtocol(url, ["http:", "tcp:"]);
      const command: Command = { do: "watch", url, ...options };
      const hear = (data: unknown) =>
        tell(
          batch.parse(data).map(([from, to, status, note]) => ({
            ...helper.toHost(from, to),
            status,
            ...(note === undefined ? {} : { note }),
          })),
        );
      helper.stream(command, hear, until).catch((thrown: unknown) => helper.lose(thrown));
    },
    async fetch(url, { timeoutMs }) {
      requireProtocol(url, ["http:"]);
      const command: Command = { do: "fetch", url, timeoutMs };
      const { from, to, ...result } = fetched.parse(await helper.ask(command, ms(timeoutMs + graceMs)));
      return { ...result, when: helper.toHost(from, to) };
    },
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  };
}

function requireProtocol(url: string, allowed: readonly string[]): void {
  if (URL.canParse(url) && allowed.includes(new URL(url).protocol)) return;
  throw new KnownError("bad-probe-address", `the probe cannot reach ${url}`, {
    facts: { "it takes": allowed.map((it) => `${it}//host:port`).join(", ") },
  });
}
