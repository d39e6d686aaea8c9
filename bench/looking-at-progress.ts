import { progressOf } from "../src/judge/live.ts";
import { actOf, engine, probeOfApp, tell } from "../src/judge/testing/journal-builder.ts";
import { formatTable, mean } from "./measuring.ts";

/**
 * How long a trial takes to look at what its observers have written so far, which it does every 100 ms while it waits for a recovery:
 *
 *     node bench/looking-at-progress.ts
 *
 * Exit code 1 where even the quickest look at 200 s of a fast probe takes more than half of that.
 */
const mayTakeMs = 50;
const rounds = 20;

const act = actOf({ recovery: { when: [probeOfApp] } });
const lengths = [20_000, 100_000, 200_000].map((until) => {
  const journal = tell({ act, until, down: [[5001, until - 5000]], and: [engine("die", 5005)] });
  const took = Array.from({ length: rounds }, () => {
    const began = performance.now();
    progressOf(journal, act);
    return performance.now() - began;
  });
  return { until, records: journal.length, least: Math.min(...took), mean: mean(took) };
});

const figure = (tookMs: number) => `${tookMs.toFixed(2)} ms`;
process.stdout.write(
  formatTable([
    ["watched for", "records", "quickest of 20", "mean"],
    ...lengths.map((it) => [`${it.until / 1000} s`, `${it.records}`, figure(it.least), figure(it.mean)]),
  ]),
);
if ((lengths.at(-1)?.least ?? 0) > mayTakeMs) {
  process.stderr.write(`a look takes more than ${mayTakeMs} ms\n`);
  process.exitCode = 1;
}
