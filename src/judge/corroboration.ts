import type { Journal } from "../journal.ts";
import { type Corroboration, seriesOf } from "../scenario/conditions.ts";
import type { Instant, Moment } from "../time.ts";
import { type Claim, claimant, serviceOf } from "./attribution.ts";
import { type CounterJudgement, judgeCounter } from "./counter.ts";
import { tolerable } from "./gaps.ts";
import type { ActHistory } from "./history.ts";
import { judgeKept } from "./kept.ts";
import { risingOf, type Series, seriesIn } from "./series.ts";

/** Everything that an act's counters and lines say about a recovery. They may come later than the observation's end, so all of the journal counts. */
export function corroborate(
  journal: Journal,
  { act, begun: origin }: ActHistory,
  recoveredAt: Moment,
): { readonly judgements: readonly CounterJudgement[]; readonly claims: readonly Claim[] } {
  const wanted = act.recovery.corroboratedBy;
  if (!origin || wanted.length === 0) return { judgements: [], claims: [] };
  const all = seriesIn(journal, wanted.map(seriesOf));
  const now = journal.at(-1)?.at ?? recoveredAt.latest;
  const judgements = wanted.flatMap((corroboration) => {
    const found = all.get(seriesOf(corroboration));
    if (!found) return [];
    const times = { origin, recoveredAt, now };
    if (isKept(corroboration)) return [{ corroboration, ...judgeKept(found, corroboration, times) }];
    const isLog = "log" in corroboration;
    const series: Series = isLog ? { ...found, ticks: risingOf(found.ticks), cumulative: true } : found;
    const absentBefore = !isLog && observedNear(journal, origin.earliest, tolerable(series));
    return [{ corroboration, ...judgeCounter(series, corroboration, { ...times, absentBefore }) }];
  });
  const claims = judgements.flatMap(({ corroboration, agrees, evidence, rose }) => {
    // Who healed, a line does not say.
    if ("log" in corroboration) return [];
    const counter = seriesOf(corroboration);
    const { healer, service } =
      "unit" in corroboration
        ? ({ healer: "systemd", service: corroboration.of } as const)
        : { healer: claimant(counter), service: serviceOf(counter) };
    if (!healer || agrees !== "yes" || isKept(corroboration)) return [];
    return [{ healer, counter, rose, evidence, ...(service === undefined ? {} : { service }) }];
  });
  return { judgements, claims };
}

/** Nobody claims by it to have healed anything. */
const isKept = (it: Corroboration): boolean => "counter" in it && it.keeps === true;

/** Whether Prometheus brought samples of any series shortly before `at`: then a series without any was absent, not unseen. */
function observedNear(journal: Journal, at: Instant, within: number): boolean {
  const scraped = new Set(
    journal.flatMap((it) => (it.kind === "series" && it.observer === "prometheus" ? [it.id] : [])),
  );
  return journal.some(
    (it) =>
      it.kind === "samples" && scraped.has(it.series) && it.items.some(([from, to]) => from < at && to >= at - within),
  );
}
