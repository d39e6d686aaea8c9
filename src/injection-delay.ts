import { type Journal, recordsOf } from "./journal.ts";
import type { Act } from "./plan.ts";
import type { ContainerLook } from "./stack/stack.ts";
import { type Duration, ms, seconds } from "./time.ts";

/** Whoever looks more often than this is out of step with a fault by a delay that costs a trial little. */
const least = seconds(1);
/** Nobody waits for more. */
const longest = seconds(30);

/**
 * A moment drawn from the longest time that lies between two looks at the stack: of those who write this journal (a scrape of Prometheus
 * mostly), and of the healthchecks of what is broken. The steady state is seen just after such a look, so that a fault that followed at
 * once would always come early in the same interval.
 */
export function delayBefore(
  act: Pick<Act, "faults" | "recovery">,
  seen: { readonly journal: Journal; readonly looks: readonly ContainerLook[] },
  random: () => number,
): Duration {
  const broken = new Set<unknown>(act.faults.flatMap(({ params: { service, device } }) => [service, device]));
  for (const it of act.recovery.of ?? []) broken.add(it);
  const checks = seen.looks.filter((it) => broken.has(it.service)).flatMap((it) => it.checkedEveryMs ?? []);
  const paces = recordsOf(seen.journal, "series").map((it) => it.everyMs);
  return ms(random() * Math.min(longest, Math.max(least, ...checks, ...paces)));
}
