import { describe, expect, test } from "vitest";
import { plainText, summaryMd } from "./markdown.ts";
import {
  everythingRun,
  gateRun,
  hostileRun,
  interruptedRun,
  lackingRun,
  matrixRun,
  shownClaim,
  wholeMatrixRun,
} from "./testing/sample-runs.ts";

describe("summary.md", () => {
  test("a run where all is proven", () => {
    expect(summaryMd(gateRun().run)).toMatchInlineSnapshot(`
      "### ✅ healproof: All 3 claims proven

      | | Scenario | Verdict | Recovery | Budget | Healed by | Control |
      |---|---|---|---:|---:|---|---|
      | ✅ | **app-crash** | recovered | 0.83 to 1.53 s | 5 s | restart-policy | down for 5 s |
      | ✅ | **app-hang** | recovered | 4.22 to 4.53 s | 15 s | watchdog | down for 15 s, then healed |
      | ✅ | **watchdog-crash** | recovered | 1.11 to 1.53 s | 10 s | restart-policy | down for 10 s; afterwards down for 15 s, then healed |

      #### Refuted by this run

      - The common claim that a restart policy restarts an unhealthy container is refuted: with \\\`restart: always\\\`, app was unhealthy from 3.14 s after the fault on and was not restarted in the 15.0 s watched; seen again in watchdog-crash/afterwards-without-watchdog

      #### Shown by the controls

      - Nothing but the restart policy brings a dead container back (without the restart policy: did not come back in 5.03 s)
      - A frozen app stays frozen under \\\`restart: always\\\`; only the watchdog brings it back (without the watchdog: did not come back in 15.0 s; switched on again: healed in 4.27 to 5.47 s)
      - Nothing watches the watchdog but its restart policy (without the restart policy: did not come back in 10.0 s)
      - Nobody but the watchdog heals the app that hangs afterwards (afterwards, without the watchdog: did not come back in 15.0 s; switched on again: healed in 4.27 to 5.47 s)

      <sub>run 2026-11-21-031024-4f2a, healproof 0.1.0; wall 61.2 s, 0.49 times the stacks' starts and the recoveries alone (2 min 6 s); 7 trials of 3 min 26 s in all, 1.64 times</sub>
      "
    `);
  });

  test("every row of a table has as many cells as its head, whatever names hold", () => {
    const rowsOf = (table: string) => table.split("\n").map((it) => it.match(/(?<!\\)\|/g)?.length);
    for (const { run } of [everythingRun(), hostileRun(), matrixRun()]) {
      const [verdicts = "", broken] = summaryMd(run)
        .split("\n\n")
        .filter((it) => it.startsWith("|"));
      expect(rowsOf(verdicts)).toEqual(Array.from({ length: run.scenarios.length + 2 }, () => 8));
      const healers = run.matrix?.healers.length;
      expect(broken && rowsOf(broken)).toEqual(healers && Array.from({ length: healers + 2 }, () => 6));
    }
  });

  test("says which broken healers are caught and by what, holes first, and which scenarios catch nothing", () => {
    const text = summaryMd(matrixRun().run);
    expect(text.slice(text.indexOf("#### 2 of 5"), text.indexOf("#### Not run"))).toMatchInlineSnapshot(`
      "#### 2 of 5 broken healers caught, 2 holes, 1 open

      | | Broken healer | Caught by | Missed by | Unsure |
      |---|---|---|---|---|
      | ❌ | **watchdog-timid-runbook**: The watchdog's runbook removes one file of what it may |  | app-hang, watchdog-crash |  |
      | ❌ | **host-units-stay-dead**: The host's systemd does not restart a unit that died |  |  |  |
      | ❔ | **watchdog-wrong**: The watchdog restarts another service of the stack |  | watchdog-crash | app-hang |
      | ✅ | **watchdog-blind**: The watchdog runs and answers, and never sees that anything is ill | app-hang | watchdog-crash |  |
      | ✅ | **watchdog-liar**: The watchdog does nothing, says that it healed, and raises its counter | app-hang | watchdog-crash |  |

      - **watchdog-timid-runbook**: A hole: missed by app-hang and watchdog-crash
        - app-hang: missed: back in 4.22 to 4.53 s \\(budget 15 s\\), healed by the watchdog
        - watchdog-crash: missed: back in 1.11 to 1.53 s \\(budget 10 s\\), healed by the restart policy; back in 4.31 to 4.81 s \\(budget 15 s\\), healed by the watchdog
      - **host-units-stay-dead**: A hole: no scenario is concerned by it
      - **watchdog-wrong**: Caught by nothing for sure; unsure of app-hang; missed by watchdog-crash
        - app-hang: unsure: observer-gap: up{job="app"} has no samples for 5.10 s from 13.237 s on, where one was due every 1.00 s
        - watchdog-crash: missed: back in 1.11 to 1.53 s \\(budget 10 s\\), healed by the restart policy; back in 4.31 to 4.81 s \\(budget 15 s\\), healed by the watchdog
      - Caught nothing, though broken healers concern it: watchdog-crash
      - No broken healer concerns app-crash

      "
    `);
    expect(summaryMd(wholeMatrixRun().run)).toContain("#### All 2 broken healers caught");
  });

  test("tells what was not run for one reason in one line", () => {
    const { run } = gateRun();
    const why = "left out: tagged slow";
    const text = summaryMd({
      ...run,
      notRun: [
        { what: "a", why },
        { what: "b", why: "interrupted" },
        { what: "c", why },
      ],
    });
    expect(text).toContain("#### Not run\n\n- left out: tagged slow \\(2\\): a, c\n- b: interrupted\n");
  });

  test("explains what is not proven, and says what was not run", () => {
    const text = summaryMd(everythingRun().run);
    expect(text).toContain("Back only after 6.30 to 6.53 s: over the budget of 5 s");
    expect(text).toContain("it recovered without its healer, so the scenario proves nothing");
    expect(text).toContain("#### Not run");
  });

  test("says what a control shows only if it showed it", () => {
    const { run } = gateRun();
    const claim = plainText(shownClaim);
    expect(summaryMd(run)).toContain(claim);
    const scenarios = run.scenarios.map((it) => ({
      ...it,
      controls: it.controls.map((control) => ({ ...control, outcome: "refuted" as const })),
    }));
    expect(summaryMd({ ...run, scenarios })).not.toContain(claim);
  });
});

test("says which of a scenario's two faults a control is of, proven or not", () => {
  const { run } = gateRun();
  const scenarios = run.scenarios.map((it) => ({
    ...it,
    outcome: "refuted" as const,
    controls: it.controls.map((control) => ({ ...control, outcome: "refuted" as const })),
  }));
  const text = summaryMd({ ...run, scenarios });
  expect(text).toContain("  - Control of afterwards, without the watchdog: Did not come back in 15.0 s");
  expect(text).toContain("  - Control without the restart policy: Did not come back in 10.0 s");
});

test("names a planned control that was not run, and does not call its claim proven", () => {
  const text = summaryMd(lackingRun().run);
  expect(text).toContain("| ❔ | **app-crash** | inconclusive: control-not-run |");
  expect(text).toMatch(/- Its control without-restart-policy was not run, so nothing is shown to have healed it/);
});

test("names a scenario of which nothing was run, and does not call the run proven", () => {
  const text = summaryMd(interruptedRun().run);
  expect(text).toMatch(/^### ❔ healproof: 1 of 2 claims proven, 1 inconclusive/);
  expect(text).toContain("| ❔ | **app-hang** | inconclusive: trial-not-run |");
  expect(text).toContain("  - Inconclusive: its trial was not run, so nothing is shown of the claim");
  expect(text).toContain("- interrupted before it started \\(2\\): app-hang, app-hang/without-watchdog");
});

test.each([
  ["a | b", "a \\| b"],
  ["<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"],
  ["[x](javascript:alert)", "\\[x\\]\\(javascript:alert\\)"],
  ["two\nlines", "two lines"],
  ["a\\", "a\\\\"],
  ["@everyone #12", "@\u200beveryone #\u200b12"],
  ["https://evil.example", "https:\u200b//evil.example"],
  ["$x$ `c` *e* _f_ ~g~", "\\$x\\$ \\`c\\` \\*e\\* \\_f\\_ \\~g\\~"],
])("text from outside stays text: %j", (text, escaped) => {
  expect(plainText(text)).toBe(escaped);
});
