import { describe, expect, test } from "vitest";
import { type Learned, policyRestart, tell } from "../judge/testing/journal-builder.ts";
import { FinishedScenario } from "./finished-scenario.ts";
import "./matchers.ts";
import { finished, lacking, trialOf } from "./testing/finished.ts";

/** What a failing expectation says. */
const failure = (expectation: () => unknown): string => {
  try {
    expectation();
  } catch (thrown) {
    return `\n${thrown instanceof Error ? thrown.message : thrown}\n`;
  }
  return "it holds";
};

describe("a proven scenario", () => {
  const it = finished("app-hang");

  test("recovers within what it took at most, by who healed it", () => {
    expect(it).toBeProven();
    expect(it).toRecoverWithin("15s");
    expect(it).toRecoverWithin("15s", { healedBy: "watchdog" });
    expect(it).not.toRecoverWithin("1s");
    expect(it).not.toRecoverWithin("15s", { healedBy: "restart-policy" });
    expect(it).not.toNeverRecover();
    expect(it).not.toBeInconclusive();
  });

  test("a time inside what was measured is neither within nor without", () => {
    const { atLeast = 0, atMost = 0 } = it.main?.recovery ?? {};
    const inside = `${(atLeast + atMost) / 2}ms` as const;
    expect(failure(() => expect(it).toRecoverWithin(inside))).toMatchInlineSnapshot(`
      "
      expected the scenario app-hang to recover within 4.38 s: nobody knows; it took 4.22 to 4.53 s, and what is asked lies inside

      ✓ app-hang  back in 4.22 to 4.53 s (budget 15 s), healed by the watchdog
        journal  reports/this-run/app-hang/journal.ndjson
      "
    `);
    expect(failure(() => expect(it).not.toRecoverWithin(inside))).toContain("lies inside");
  });

  test("what took too long says how long, and where the journal is", () => {
    expect(failure(() => expect(it).toRecoverWithin("1s"))).toMatchInlineSnapshot(`
      "
      expected the scenario app-hang to recover within 1 s: it took 4.22 to 4.53 s

      ✓ app-hang  back in 4.22 to 4.53 s (budget 15 s), healed by the watchdog
        journal  reports/this-run/app-hang/journal.ndjson
      "
    `);
  });

  test("another healer is named", () => {
    expect(failure(() => expect(it).toRecoverWithin("15s", { healedBy: "systemd" }))).toMatchInlineSnapshot(`
      "
      expected the scenario app-hang to recover within 15 s, healed by systemd: it was healed by the watchdog

      ✓ app-hang  back in 4.22 to 4.53 s (budget 15 s), healed by the watchdog
        journal  reports/this-run/app-hang/journal.ndjson
      "
    `);
  });

  test("a duration without its unit is no question", () => {
    // @ts-expect-error no unit
    expect(failure(() => expect(it).toRecoverWithin("15"))).toContain("wanted a duration with its unit");
  });
});

describe("a scenario that", () => {
  test.each(["too-slow", "never-recovered", "healed-by-another", "control-recovered"])("%s is refuted", (name) => {
    const it = finished(name);
    expect(it).not.toBeProven();
    expect(it).not.toRecoverWithin("1h");
    expect(it).not.toBeInconclusive();
    expect(failure(() => expect(it).toBeProven())).toContain(`journal  reports/this-run/${name}`);
  });

  test("never recovered, never recovers", () => {
    expect(finished("never-recovered")).toNeverRecover();
    expect(failure(() => expect(finished("never-recovered")).toRecoverWithin("5s"))).toMatchInlineSnapshot(`
      "
      expected the scenario never-recovered to recover within 5 s

      ✗ never-recovered  did not come back in 30.0 s (budget 15 s)
        journal  reports/this-run/never-recovered/journal.ndjson
      "
    `);
  });

  test.each([
    "sick-baseline",
    "fault-had-no-effect",
    "fault-ended-early",
    "no-outage-observed",
    "observer-gap",
    "budget-inside-uncertainty",
    "harness-error",
    "interrupted",
  ] as const)("is inconclusive (%s) passes nothing but that, with not as without it", (reason) => {
    const it = finished(reason);
    expect(it).toBeInconclusive();
    expect(it).toBeInconclusive(reason);
    for (const wrong of [
      () => expect(it).toBeProven(),
      () => expect(it).not.toBeProven(),
      () => expect(it).toRecoverWithin("1h"),
      () => expect(it).not.toRecoverWithin("1h"),
      () => expect(it).toNeverRecover(),
    ])
      expect(failure(wrong)).toContain("nobody knows");
  });

  test("recovered, and left something behind, is inconclusive for that reason", () => {
    const message = "503 for 30 s";
    const error: Learned = { at: 12_300, fact: { kind: "error", code: "not-steady-again", message, facts: {} } };
    const it = new FinishedScenario("reports/this-run", [
      trialOf(tell({ end: "failed", and: [...policyRestart(), error] })),
    ]);
    expect(it).toBeInconclusive("not-steady-again");
    expect(failure(() => expect(it).toRecoverWithin("1h"))).toContain("nobody knows");
  });

  test("is inconclusive for another reason is told from this one", () => {
    expect(finished("observer-gap")).not.toBeInconclusive("harness-error");
  });
});

test("a recovery whose control recovered too is none, and both are told", () => {
  expect(failure(() => expect(finished("control-recovered")).toRecoverWithin("5s"))).toMatchInlineSnapshot(`
    "
    expected the scenario control-recovered to recover within 5 s

    ✗ control-recovered/without-restart-policy  came back in 0.92 to 1.53 s without the restart policy, healed by the restart policy: it recovered without its healer, so the scenario proves nothing
      journal  reports/this-run/control-recovered-without-restart-policy/journal.ndjson
    "
  `);
});

test("a scenario whose controls were left out recovers, but is not proven", () => {
  expect(lacking()).toRecoverWithin("5s", { healedBy: "restart-policy" });
  expect(failure(() => expect(lacking()).toBeProven())).toMatchInlineSnapshot(`
    "
    expected the scenario app-crash to be proven: nobody knows

    ✓ app-crash  back in 0.83 to 1.53 s (budget 5 s), healed by the restart policy
      journal  reports/this-run/app-crash/journal.ndjson
    ? its control without-restart-policy was not run, so nothing is shown to have healed it
    "
  `);
});

test("what was not awaited, or is no scenario, is told", () => {
  expect(failure(() => expect(Promise.resolve(finished("app-hang"))).toBeProven())).toContain("await run(scenario)");
  expect(failure(() => expect("app-hang").not.toBeProven())).toContain("what run(scenario) resolves to");
});
