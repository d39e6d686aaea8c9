import type { Journal } from "../journal.ts";
import type { Act } from "../plan.ts";
import { elapsed, formatInterval, type Moment } from "../time.ts";
import type { Evidence } from "./judgement.ts";

const names = {
  power: "its power",
  kernel: "its kernel",
  systemd: "systemd",
  engine: "the engine",
  containers: "the last container",
} as const;

/** Of a machine that lost power, how long each step of its way back took, up to the recovery. */
export function bootRemarks(journal: Journal, act: Act["id"], recoveredAt: Moment): Evidence[] {
  return journal.flatMap((it) => {
    if (it.kind !== "boot" || it.act !== act) return [];
    const reached = [
      ...it.steps.map(({ step, when }) => ({ name: names[step], when })),
      { name: "the recovery", when: recoveredAt },
    ];
    const took = reached.slice(1).map(({ name, when }, i) => {
      const before = reached[i]?.when ?? when;
      return `to ${name} ${formatInterval(elapsed(before, when))}`;
    });
    return { text: `the machine came back in steps, from ${reached[0]?.name} ${took.join(", ")}`, seqs: [it.seq] };
  });
}
