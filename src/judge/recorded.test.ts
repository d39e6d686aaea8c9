import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readJournal } from "../journal-file.ts";
import { judgeTrial } from "./trial.ts";

/**
 * Journals of real trials, kept because each showed something that must hold for good. When journals learned to tell each second
 * that a held fault lasts, the looks of `lame-watchdog` were completed in that form: its hand had looked and told only changes.
 */

const recorded = (name: string) => readJournal(join(import.meta.dirname, "recorded", `${name}.ndjson`));
const judged = (name: string) => judgeTrial(recorded(name));

test("a watchdog that sees and does not act: never recovered, though all was well once we had undone the fault", () => {
  const { outcome, acts } = judged("lame-watchdog");
  expect(acts.map((it) => it.verdict)).toEqual([{ kind: "never-recovered" }]);
  expect(outcome).toBe("refuted");
});

test("Prometheus stopped in the middle of a trial: inconclusive, though the probe saw the service come back", () => {
  const { outcome, acts } = judged("prometheus-stopped");
  expect(acts.map((it) => it.verdict)).toEqual([{ kind: "inconclusive", reason: "observer-gap" }]);
  expect(acts[0]?.signals.find((it) => it.series.startsWith("http"))?.outages[0]?.ended).toBeDefined();
  expect(outcome).toBe("inconclusive");
});

describe.each(["host-power-loss", "engine-restart"])("a machine whose observers went with it: %s", (name) => {
  test("recovered, healed by the restart policy, though nobody saw the container come back", () => {
    const { acts } = judged(name);
    expect(acts).toMatchObject([{ verdict: { kind: "recovered" }, attribution: { healer: "restart-policy" } }]);
  });

  test("without the word that they were away it is a gap like any other", () => {
    const trial = judgeTrial(recorded(name).filter((it) => it.kind !== "absence"));
    expect(trial.acts.map((it) => it.verdict)).toEqual([{ kind: "inconclusive", reason: "observer-gap" }]);
  });
});
