import type { Journal } from "../journal.ts";
import { sayValue } from "../scenario/conditions.ts";
import { elapsed, formatDuration, ms } from "../time.ts";
import { bootRemarks } from "./boot.ts";
import type { ActHistory } from "./history.ts";
import type { Evidence } from "./judgement.ts";
import { firstFrom } from "./series.ts";
import type { ActSignals } from "./signals.ts";
import { listed, plain } from "./words.ts";

/** Facts about a recovered act that a reader should know. */
export function remarksOn(
  journal: Journal,
  { act, begun: origin, services }: ActHistory,
  { signals, recovery }: ActSignals,
): Evidence[] {
  if (!origin || recovery.state !== "recovered" || act.goal !== "recovery") return [];
  const remarks: Evidence[] = bootRemarks(journal, act.id, recovery.at);
  const witnesses = signals.filter((it) => it.outages.length > 0);
  const events = journal.some(
    (it) => it.kind === "engine" && services.includes(it.service) && it.when.latest >= origin.earliest,
  );
  const saw = new Set(witnesses.map((it) => (it.series.observer === "probe" ? "the probe" : it.series.id)));
  const names = [...saw, ...(events ? ["the engine's events"] : [])];
  const isOne = names.length === 1 && !events;
  const who = `${listed(names)} ${isOne ? "is the witness" : "are the witnesses"}`;
  for (const { series, outages, condition } of signals) {
    if (outages.length > 0) continue;
    const during = series.ticks
      .slice(firstFrom(series.ticks, origin.earliest))
      .filter((it) => it.from <= recovery.stableUntil);
    const { atLeast, atMost } = elapsed(origin, recovery.at);
    const interval = `its ${series.observer === "prometheus" ? "scrape" : "sampling"} interval of ${plain(series.every)}`;
    const why =
      atMost <= series.every
        ? `the outage was shorter than ${interval}`
        : atLeast <= series.every
          ? `the outage was hardly longer than ${interval}`
          : `it never saw the outage, which was longer than ${interval}`;
    remarks.push({
      text: `${series.id} stayed at ${during[0] ? sayValue(condition, during[0].value) : "its value"} throughout: ${why}; ${who}`,
      seqs: [...new Set(during.map((it) => it.seq))],
    });
  }
  for (const { series, outages } of witnesses) {
    // Tries overlap: a good one that had not ended when the bad one started is no return.
    const relapse = outages.filter((it, index) => {
      const next = outages[index + 1];
      return it.firstGood && next && next.firstBad.from > it.firstGood.to;
    });
    const [first] = relapse;
    if (!first?.firstGood) continue;
    remarks.push({
      text: `${series.id} was back ${relapse.length === 1 ? "once" : `${relapse.length} times`} before it stayed so, first after ${formatDuration(ms(Math.max(0, first.firstGood.to - origin.latest)))}`,
      seqs: [...new Set(relapse.flatMap((it) => (it.firstGood ? [it.firstGood.seq] : [])))],
    });
  }
  return remarks;
}
