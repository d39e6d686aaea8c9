import { headerOf, type Journal } from "../journal.ts";
import { comesLater, describeCondition, sayValue, seriesOf } from "../scenario/conditions.ts";
import { type Instant, instant, type Moment } from "../time.ts";
import { gapIn } from "./gaps.ts";
import type { ActHistory } from "./history.ts";
import { firstFrom, judgedFor, lastDone, seriesIn } from "./series.ts";
import type { Doubt } from "./unfinished.ts";
import { atInstant } from "./words.ts";

/**
 * Whether the stack was steady until the fault: from before the end of the last steady phase up to the injection. An act that begins with a healer's return has no steady state: its fault lasts.
 */
export function baselineDoubt(journal: Journal, { act }: ActHistory, origin: Moment): Doubt | undefined {
  if (act.id === "restored") return undefined;
  const { steady } = headerOf(journal).plan;
  const shown = journal.findLast(
    (it) => it.kind === "phase" && it.act === act.id && it.phase === "steady" && it.edge === "end",
  );
  if (!shown) return { reason: "sick-baseline", text: "the steady state was not shown before the fault" };
  const from: Instant = instant(shown.at - steady.for);
  const held = act.goal === "recovery" ? act.recovery.when.filter((it) => !comesLater(it)) : [];
  const conditions = [...steady.conditions, ...held];
  const done = lastDone(journal.filter((it) => it.seq < shown.seq));
  const all = seriesIn(journal, conditions.map(seriesOf), origin.earliest);
  for (const condition of conditions) {
    const found = all.get(seriesOf(condition));
    const series = found && judgedFor(condition, found, done);
    const name = describeCondition(condition);
    if (!series?.ticks.length) return { reason: "observer-gap", text: `${name}: no sample before the fault` };
    const bad = series.ticks.slice(firstFrom(series.ticks, from)).find((it) => it.to <= origin.earliest && !it.good);
    if (bad)
      return {
        reason: "sick-baseline",
        text: `the stack was sick before the fault: ${name}, but it was ${sayValue(condition, bad.value)} ${atInstant(bad.from)}`,
      };
    if (gapIn(series, from, origin.earliest))
      return { reason: "observer-gap", text: `${name}: its samples stopped before the fault` };
  }
  return undefined;
}
