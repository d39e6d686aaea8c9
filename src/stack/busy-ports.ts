import { once } from "node:events";
import { createServer } from "node:net";
import { exitCode, KnownError } from "../errors.ts";
import type { ComposeModel } from "./compose-file.ts";

/** Ports that a stack wants to publish on this machine and somebody else has: said before anything is started, all at once. */

interface Wanted {
  readonly service: string;
  readonly host: string;
  readonly port: number;
}

export async function refuseBusyPorts(model: ComposeModel, services: readonly string[], file: string): Promise<void> {
  const wanted = services.flatMap((name) => wantedBy(model, name));
  const busy = (await Promise.all(wanted.map(async (it) => ((await isFree(it)) ? [] : [it])))).flat();
  if (busy.length === 0) return;
  throw new KnownError("busy-ports", `ports that the stack of ${file} publishes are in use, so nothing was started`, {
    facts: {
      "in use": busy.map(({ service, host, port }) => `${host}:${port}, wanted by ${service}`).join("\n"),
      try: "ending what uses them (ss -ltnp tells), or publishing others",
    },
    exitCode: exitCode.usage,
  });
}

/** Only what names one TCP port: of a range, or where the engine may choose, a free one is found. */
function wantedBy(model: ComposeModel, service: string): Wanted[] {
  return (model.services[service]?.ports ?? []).flatMap(
    ({ published, host_ip: host = "0.0.0.0", protocol = "tcp" }) => {
      const port = Number(published ?? 0);
      return protocol === "tcp" && Number.isInteger(port) && port > 0 ? [{ service, host, port }] : [];
    },
  );
}

async function isFree({ host, port }: Wanted): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, "listening");
    return true;
  } catch (thrown) {
    // Any other refusal (an address that this machine does not have, a port for root alone) is the engine's to tell.
    return !(thrown instanceof Error && "code" in thrown && thrown.code === "EADDRINUSE");
  } finally {
    server.close();
  }
}
