import type { Journal } from "../journal.ts";
import { elapsed, formatDuration, ms } from "../time.ts";
import type { ActHistory } from "./history.ts";
import type { Evidence } from "./judgement.ts";
import { firstFrom } from "./series.ts";
import type { ActSignals } from "./signals.ts";
import { listed, plain } from "./words.ts";

/** Facts about a recovered act that a reader should know. */
export function remarksOn(
  journal: Journal,
  { origin, service }: ActHistory,
  { signals, recovery }: ActSignals,
): Evidence[] {
  if (!origin || recovery.state !== "recovered") return [];
  const remarks: Evidence[] = [];
  const witnesses = signals.filter((it) => it.outages.length > 0);
  const events = journal.some(
    (it) => it.kind === "engine" && it.service === service && it.when.latest >= origin.earliest,
  );
  const names = [
    ...witnesses.map((it) => (it.series.observer === "probe" ? "the probe" : it.series.id)),
    ...(events ? ["the engine's events"] : []),
  ];
  for (const { series, outages } of signals) {
    if (outages.length > 0) continue;
    const during = series.ticks
      .slice(firstFrom(series.ticks, origin.earliest))
      .filter((it) => it.from <= recovery.stableUntil);
    const short = elapsed(origin, recovery.at).atMost <= series.every;
    const why = short
      ? `the outage was shorter than its ${series.observer === "prometheus" ? "scrape" : "sampling"} interval of ${plain(series.every)}`
      : `it never saw the outage, though it looks every ${plain(series.every)}`;
    remarks.push({
      text: `${series.id} stayed at ${during[0]?.value ?? "its value"} throughout: ${why}; ${listed([...new Set(names)])} are the witnesses`,
      seqs: [...new Set(during.map((it) => it.seq))],
    });
  }
  for (const { series, outages } of witnesses) {
    const relapse = outages.filter((it) => it.firstGood).slice(0, -1);
    const [first] = relapse;
    if (!first?.firstGood) continue;
    remarks.push({
      text: `${series.id} was back ${relapse.length === 1 ? "once" : `${relapse.length} times`} before it stayed so, first after ${formatDuration(ms(Math.max(0, first.firstGood.to - origin.latest)))}`,
      seqs: [...new Set(relapse.flatMap((it) => (it.firstGood ? [it.firstGood.seq] : [])))],
    });
  }
  return remarks;
}
