import { hostNow } from "../clock.ts";
import { exitCode, KnownError } from "../errors.ts";
import type { Executed } from "../stack/exec.ts";
import type { StackContainers } from "../stack/stack.ts";
import { seconds } from "../time.ts";
import { looks } from "./pace.ts";
import type { ObserverTools } from "./series.ts";

/** A unit of the systemd that runs in a service's container. */
export interface WatchedUnit {
  readonly id: string;
  readonly service: string;
  readonly unit: string;
}

const every = seconds(1);
const limit = seconds(5);

/** Asks systemd at a steady pace how often it has restarted a unit. While its container does not run, nobody knows. */
export async function observeUnit(
  containers: Pick<StackContainers, "lookAt" | "run">,
  { id, service, unit }: WatchedUnit,
  tools: ObserverTools,
): Promise<void> {
  const { journal, clock, changed, until } = tools;
  let known = false;
  for await (const from of looks({ id, observer: "systemd", every }, tools)) {
    const said = await askSystemd(containers, service, unit);
    if (until.aborted) return;
    const restarts = said && restartsOf(said.out);
    if (restarts !== undefined) {
      known = true;
      journal.write({ kind: "samples", series: id, items: [[clock.at(from), clock.at(hostNow()), restarts]] });
      changed();
    } else if (said && !known) throw unknown(service, unit, said);
  }
}

/** Undefined where the container does not run, or stops just now. */
async function askSystemd(
  containers: Pick<StackContainers, "lookAt" | "run">,
  service: string,
  unit: string,
): Promise<Executed | undefined> {
  const look = await containers.lookAt(service);
  if (!look?.running || look.paused) return undefined;
  const command = ["systemctl", "show", "--property=LoadState", "--property=NRestarts", unit];
  return containers.run(look.container, command, limit, "0:0").catch(() => undefined);
}

/** From what `systemctl show` says; undefined of a unit that systemd does not know. */
export function restartsOf(said: string): number | undefined {
  const known = /^LoadState=loaded$/m.test(said);
  const count = /^NRestarts=(\d+)$/m.exec(said)?.[1];
  return known && count !== undefined ? Number(count) : undefined;
}

const unknown = (service: string, unit: string, { err, out }: Executed) =>
  new KnownError("no-such-unit", `the systemd of ${service} does not tell of the unit ${unit}`, {
    facts: {
      asked: `systemctl show --property=NRestarts ${unit}, in its container`,
      "it said": (err || out).trim().slice(-500) || "nothing",
    },
    exitCode: exitCode.usage,
  });
