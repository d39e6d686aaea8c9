import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Journal, JournalRecord } from "../journal.ts";
import { instant, ms } from "../time.ts";
import { seenOutages, toOutage } from "./outage.ts";
import { recoveryOf, type Signal } from "./recovery.ts";
import type { Series, Tick } from "./series.ts";
import {
  actOf,
  engine,
  fault,
  type Item,
  journalOf,
  type Learned,
  look,
  phase,
  planOf,
  policyRestart,
  probeOfApp,
  series,
  tell,
  upOfApp,
} from "./testing/journal-builder.ts";
import { judgeTrial } from "./trial.ts";

/** A simulated truth: the service is down from `down` to `back`; a try measures it at some instant within its exchange. */
interface Tries {
  readonly every: number;
  readonly items: readonly { readonly late: number; readonly takes: number; readonly at: number }[];
}

const fraction = fc.double({ min: 0, max: 1, noNaN: true });

/** Open-loop tries: due at a fixed pace, started a little late, answered after any time, so that they overlap. */
const tries = (every: number, longest: number, count: number): fc.Arbitrary<Tries> =>
  fc
    .array(
      fc.record({
        late: fraction.map((it) => it * every),
        takes: fc.oneof(
          { weight: 5, arbitrary: fraction.map((it) => it * 5) },
          { weight: 1, arbitrary: fraction.map((it) => it * longest) },
        ),
        at: fraction,
      }),
      { minLength: count, maxLength: count },
    )
    .map((items) => ({ every, items }));

const sample = ({ every, items }: Tries, up: (at: number) => boolean, good = 1): Item[] =>
  items.map(({ late, takes, at }, index) => {
    const from = index * every + late;
    return [from, from + takes, up(from + takes * at) ? good : 0];
  });

const toSeries = (items: readonly Item[], every: number): Series => ({
  id: "s",
  observer: "probe",
  every: ms(every),
  ticks: items
    .map(([from, to, value], seq): Tick => ({ from: instant(from), to: instant(to), value, seq }))
    .sort((a, b) => a.from - b.from),
});

const signal = (one: Series): Signal => ({ series: one, outages: seenOutages(one.ticks, ({ value }) => value === 1) });

describe("from a simulated truth with random sampling, jitter and overlap", () => {
  const truth = fc.record({ down: fc.integer({ min: 500, max: 1500 }), lasts: fc.integer({ min: 30, max: 1500 }) });

  test("the first outage contains its true beginning, the last its true end", () => {
    fc.assert(
      fc.property(truth, tries(20, 300, 250), ({ down, lasts }, paced) => {
        const back = down + lasts;
        const outages = seenOutages(
          toSeries(
            sample(paced, (at) => at < down || at >= back),
            20,
          ).ticks,
          ({ value }) => value === 1,
        ).map((it) => toOutage(it, "s"));
        const [first] = outages;
        const last = outages.at(-1);
        fc.pre(first !== undefined && last?.ended !== undefined);
        if (!first || !last?.ended) return;
        expect(first.began.latest).toBeGreaterThanOrEqual(down);
        expect(last.ended.earliest).toBeLessThan(back);
        expect(last.ended.latest).toBeGreaterThanOrEqual(back);
        if (outages.length === 1) expect(first.began.earliest).toBeLessThan(down);
      }),
    );
  });

  test("the recovery of all conditions together contains the last one's true recovery", () => {
    fc.assert(
      fc.property(
        truth,
        fc.integer({ min: 0, max: 600 }),
        tries(20, 200, 300),
        tries(250, 60, 25),
        ({ down, lasts }, after, fast, slow) => {
          const back = [down + lasts, down + lasts + after];
          const signals = [fast, slow].map((it, index) =>
            signal(
              toSeries(
                sample(it, (at) => at < down || at >= (back[index] ?? 0)),
                it.every,
              ),
            ),
          );
          const found = recoveryOf(signals, ms(600));
          if (found.state !== "recovered") return;
          // A condition that was never seen to be bad gives no bound: the truth that can be known is that of the others.
          const seen = signals.flatMap((it, index) => (it.outages.length > 0 ? [back[index] ?? 0] : []));
          expect(found.at.earliest).toBeLessThan(Math.max(...seen));
          expect(found.at.latest).toBeGreaterThanOrEqual(Math.max(...seen));
        },
      ),
    );
  });

  test("nothing recovers while the truth is down", () => {
    fc.assert(
      fc.property(tries(20, 300, 300), fc.integer({ min: 100, max: 2000 }), (paced, down) => {
        const found = recoveryOf(
          [
            signal(
              toSeries(
                sample(paced, (at) => at < down),
                20,
              ),
            ),
          ],
          ms(600),
        );
        expect(found.state).not.toBe("recovered");
      }),
    );
  });

  test("removing samples never finds a recovery that was not there, and never narrows one that keeps its outage", () => {
    fc.assert(
      fc.property(
        truth,
        tries(20, 100, 250),
        fc.array(fc.boolean(), { minLength: 250, maxLength: 250 }),
        ({ down, lasts }, paced, kept) => {
          const items = sample(paced, (at) => at < down || at >= down + lasts).sort((a, b) => a[0] - b[0]);
          const all = recoveryOf([signal(toSeries(items, 20))], ms(600));
          const fewer = recoveryOf(
            [
              signal(
                toSeries(
                  items.filter((_, index) => kept[index]),
                  20,
                ),
              ),
            ],
            ms(600),
          );
          if (fewer.state !== "recovered") return;
          expect(all.state).not.toBe("no-outage");
          if (all.state !== "recovered") return;
          expect(fewer.at.earliest).toBeLessThanOrEqual(all.at.earliest);
        },
      ),
    );
  });
});

/** A trial of the crash whose truth and samples are random. */
const trial = fc
  .record({
    down: fc.constant(5001),
    lasts: fc.oneof(fc.integer({ min: 20, max: 6000 }), fc.constant(Number.POSITIVE_INFINITY)),
    probe: tries(50, 150, 320),
    up: tries(500, 20, 32),
    gap: fc.option(fc.tuple(fc.integer({ min: 4000, max: 15_000 }), fc.integer({ min: 0, max: 6000 }))),
  })
  .map(({ down, lasts, probe, up, gap }) => {
    const back = down + lasts;
    const isUp = (at: number) => at < down || at >= back;
    const heard = (items: Item[]) => items.filter(([from]) => !gap || from < gap[0] || from > gap[0] + gap[1]);
    const learned: Learned[] = [
      ...phase("up", 0, 1000),
      ...phase("steady", 1000, 4000),
      look(4100, 0, 500),
      ...phase("inject", 4200, 5000),
      fault("injected", 4999, 5000),
      fault("bitten", 5000, 5010),
      ...phase("observe", 5020, 15_200),
      ...policyRestart(5005, Math.min(back, 15_000) - 5, 15_250),
      ...series("http://app:8080/readyz", "probe", 50, heard(sample(probe, isUp, 200))),
      ...series('up{job="app"}', "prometheus", 500, heard(sample(up, isUp))),
      engine("start", 16_000),
      { at: 17_000, fact: { kind: "end", outcome: "completed" } },
    ];
    return {
      back,
      learned,
      journal: journalOf(planOf([actOf({ recovery: { when: [upOfApp, probeOfApp] } })]), learned),
    };
  });

describe("of any trial", () => {
  test("a recovery time contains the truth, and a non-recovery is true", () => {
    fc.assert(
      fc.property(trial, ({ back, journal }) => {
        const [main] = judgeTrial(journal).acts;
        if (main?.recovery && main.recoveredAt) {
          // Both ends are measured from the injection's span, 4999 to 5000.
          expect(main.recovery.atLeast).toBeLessThanOrEqual(back - 4999);
          expect(main.recovery.atMost).toBeGreaterThanOrEqual(back - 5000);
        }
        if (main?.verdict.kind === "never-recovered") expect(back).toBeGreaterThan(10_000);
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  test("without samples nothing recovers, and nothing is shown not to", () => {
    fc.assert(
      fc.property(trial, ({ journal }) => {
        const [main] = judgeTrial(without(journal, () => false)).acts;
        expect(main?.verdict.kind).toBe("inconclusive");
      }),
      { numRuns: 30 },
    );
  }, 30_000);

  test("taking samples away never turns what is not recovered into a recovery that the rest denies", () => {
    fc.assert(
      fc.property(trial, fc.infiniteStream(fraction), fraction, ({ journal }, dice, share) => {
        const [all] = judgeTrial(journal).acts;
        const [fewer] = judgeTrial(without(journal, () => (dice.next().value ?? 0) > share)).acts;
        if (all?.verdict.kind === "never-recovered") expect(fewer?.verdict.kind).not.toBe("recovered");
        if (!fewer?.recovery || !all?.recovery) return;
        expect(fewer.recovery.atLeast).toBeLessThanOrEqual(all.recovery.atLeast);
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  test("the order in which facts of equal age were learned changes nothing", () => {
    fc.assert(
      fc.property(
        trial.chain((it) =>
          fc.tuple(fc.constant(it), fc.shuffledSubarray(it.learned, { minLength: it.learned.length })),
        ),
        ([{ journal, learned }, shuffled]) => {
          expect(learned).toHaveLength(shuffled.length);
          const [header] = journal;
          if (header?.kind !== "header") return;
          // Equal instants keep the shuffled order: series of different observers change places.
          const level = (it: Learned): Learned =>
            it.fact.kind === "samples" || it.fact.kind === "engine" || it.fact.kind === "container"
              ? { ...it, at: 16_500 }
              : it;
          const plain = judgeTrial(journalOf(header.plan, learned.map(level)));
          const mixed = judgeTrial(journalOf(header.plan, shuffled.map(level)));
          expect(withoutSeqs(mixed)).toEqual(withoutSeqs(plain));
        },
      ),
      { numRuns: 30 },
    );
  }, 30_000);

  test("a journal that is cut off anywhere is never a pass", () => {
    const whole = tell();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        expect(judgeTrial(whole.slice(0, length)).outcome).not.toBe("proven");
      }),
      { numRuns: 60 },
    );
  });
});

function without(journal: Journal, keep: () => boolean): Journal {
  return journal.map(
    (it): JournalRecord => (it.kind === "samples" ? { ...it, items: it.items.filter(() => keep()) } : it),
  );
}

const withoutSeqs = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === "seqs" ? [] : inner)));
