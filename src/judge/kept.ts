import { type Corroboration, describeCondition, seriesOf } from "../scenario/conditions.ts";
import { type Instant, later, type Moment } from "../time.ts";
import type { CounterJudgement } from "./counter.ts";
import { tolerable } from "./gaps.ts";
import type { Series, Tick } from "./series.ts";
import { atInstant, plain } from "./words.ts";

/**
 * Whether a counter is after the recovery at least what it was before the fault, because it is made again from what it is kept in: by
 * the first sample that began once the service was back, within a time of its own. Where it stood at 0 there was nothing to keep.
 */
export function judgeKept(
  series: Series,
  corroboration: Corroboration,
  { origin, recoveredAt, now }: { origin: Moment; recoveredAt: Moment; now: Instant },
): CounterJudgement {
  const name = seriesOf(corroboration);
  const deadline = later(recoveredAt.latest, corroboration.within);
  const say = (agrees: CounterJudgement["agrees"], text: string, ticks: readonly Tick[], pending = false) => ({
    condition: describeCondition(corroboration),
    agrees,
    evidence: { text: `${name} ${text}`, seqs: [...new Set(ticks.map((it) => it.seq))] },
    pending,
    rose: [],
  });

  const before = series.ticks.findLast((it) => it.to <= origin.earliest);
  if (!before || before.value === 0)
    return say(
      "unknown",
      `${before ? "stood at 0" : "has no sample from"} before the fault: there was nothing to keep`,
      before ? [before] : [],
    );
  const stood = `stood at ${before.value} before the fault`;
  const after = series.ticks.find((it) => it.from >= recoveredAt.latest);
  if (!after || after.to > deadline)
    return say(
      "unknown",
      `${stood}, and was not seen again in the ${plain(corroboration.within)} it had`,
      [before],
      !after && now <= later(deadline, tolerable(series)),
    );
  const text = `${stood}, and at ${after.value} ${atInstant(after.to)}`;
  if (after.value >= before.value) return say("yes", text, [before, after]);
  return say("no", `${text}: it was not kept`, [before, after]);
}
