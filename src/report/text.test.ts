import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { judgeTrial } from "../judge/trial.ts";
import {
  everythingRun,
  gateRun,
  hostileRun,
  interruptedRun,
  lackingRun,
  matrixRun,
  sampleRun,
  wholeMatrixRun,
} from "./testing/sample-runs.ts";
import { healerLine, summaryText, trialLine } from "./text.ts";

const plain = { colour: false, width: 80 };
const { run: gate } = gateRun();
const { run: everything } = everythingRun();

describe("the terminal's table", () => {
  test("at 80 columns, all proven", () => {
    expect(summaryText(gate, plain)).toMatchInlineSnapshot(`
      "  scenario        verdict    recovery        budget  healed by       control
      ✓ app-crash       recovered  0.83 to 1.53 s  5 s     restart-policy  down for
                                                                           5 s
      ✓ app-hang        recovered  4.22 to 4.53 s  15 s    watchdog        down for
                                                                           15 s, then
                                                                           healed
      ✓ watchdog-crash  recovered  1.11 to 1.53 s  10 s    restart-policy  2 of 2 as
                                                                           they must

      All 3 claims proven
      wall 61.2 s, 0.49 times the stacks' starts and the recoveries alone (2 min 6 s);
      7 trials of 3 min 26 s in all, 1.64 times
      "
    `);
  });

  test("at 80 columns, with everything that can come out", () => {
    expect(summaryText(everything, plain)).toMatchInlineSnapshot(`
      "  scenario         verdict       recovery        budget  healed by       control
      ✗ too-slow         too-slow      6.30 to 6.53 s  5 s     restart-policy  none
      ✗ never-recovered  never-        not in 30.0 s   15 s    nobody          none
                         recovered
      ✗ healed-by-       recovered     4.22 to 4.53 s  15 s    restart-policy  none
        another
      ✗ control-         recovered     0.83 to 1.53 s  5 s     restart-policy  came
        recovered                                                              back
      ? sick-baseline    inconclusive  not measured    15 s    unknown         none
      ? fault-had-no-    inconclusive  not measured    15 s    unknown         none
        effect
      ? fault-ended-     inconclusive  not measured    15 s    unknown         none
        early
      ? no-outage-       inconclusive  not measured    5 s     unknown         none
        observed
      ? observer-gap     inconclusive  not measured    15 s    unknown         none
      ? budget-inside-   inconclusive  4.79 to 6.53 s  5 s     restart-policy  none
        uncertainty
      ? harness-error    inconclusive  not measured    5 s     unknown         none
      ? interrupted      inconclusive  not measured    5 s     unknown         none
      ✓ app-crash        recovered     0.83 to 1.53 s  5 s     restart-policy  down
                                                                               for 5 s
      ✓ app-hang         recovered     4.22 to 4.53 s  15 s    watchdog        down
                                                                               for
                                                                               15 s,
                                                                               then
                                                                               healed
      ✓ watchdog-crash   recovered     1.11 to 1.53 s  10 s    restart-policy  2 of 2
                                                                               as they
                                                                               must
      ✓ of-a-variant     recovered     3.11 to 3.53 s  5 s     restart-policy  none

      ✗ too-slow  too-slow
          When the app's process is killed, the restart policy has it back and ready
          within 5 s
          back only after 6.30 to 6.53 s: over the budget of 5 s; healed by the
          restart policy

      ✗ never-recovered  never-recovered
          When the app's process freezes, a watchdog without its restart brings it
          back
          did not come back in 30.0 s (budget 15 s)

      ✗ healed-by-another  recovered
          When the app's process freezes, the watchdog restarts it and it is ready
          again within 15 s
          back in 4.22 to 4.53 s (budget 15 s), but healed by the restart policy, not
          by the watchdog as claimed; denied:
          app_recovery_events_total{service="app",healer="watchdog",result="recovered"
          } stood at 0 for the 10 s it had

      ✗ control-recovered  a control says otherwise
          When the app's process is killed, the restart policy has it back and ready
          within 5 s
          control without the restart policy: came back in 0.92 to 1.53 s without the
          restart policy, healed by the restart policy: it recovered without its
          healer, so the scenario proves nothing

      ? sick-baseline  inconclusive: sick-baseline
          When the app's process freezes, the watchdog restarts it and it is ready
          again within 15 s
          inconclusive: the stack was not steady within 30.0 s; wanted:
          http://app:8080/readyz answers 200; last seen: 503, 12 ms ago

      ? fault-had-no-effect  inconclusive: fault-had-no-effect
          When the app's process freezes, the watchdog restarts it and it is ready
          again within 15 s
          inconclusive: hang of app was not seen to bite within 5.00 s

      ? fault-ended-early  inconclusive: fault-ended-early
          When the app's process freezes, the watchdog restarts it and it is ready
          again within 15 s
          inconclusive: the fault ended at 14.222 s though nothing had healed it: the
          process was continued

      ? no-outage-observed  inconclusive: no-outage-observed
          When the app's process is killed, the restart policy has it back and ready
          within 5 s
          inconclusive: the fault has bitten, yet no recovery condition was ever seen
          to be bad

      ? observer-gap  inconclusive: observer-gap
          When the app's process freezes, the watchdog restarts it and it is ready
          again within 15 s
          inconclusive: up{job="app"} has no samples for 5.10 s from 13.237 s on,
          where one was due every 1.00 s

      ? budget-inside-uncertainty  inconclusive: budget-inside-uncertainty
          When the app's process is killed, the restart policy has it back and ready
          within 5 s
          inconclusive: back in 4.79 to 6.53 s, and the budget of 5 s lies inside;
          speed up up{job="app"}: it looks every 2 s and leaves 2.00 s open

      ? harness-error  inconclusive: harness-error
          When the app's process is killed, the restart policy has it back and ready
          within 5 s
          inconclusive: the probe ended; wanted: samples of http://app:8080/readyz;
          last seen: 1.20 s ago

      ? interrupted  inconclusive: interrupted
          When the app's process is killed, the restart policy has it back and ready
          within 5 s
          inconclusive: the trial was interrupted

      not run
        - plug-loses-power: the stack has no device named plug
        - app-crash without watchdog: --no-control

      4 of 16 claims proven, 4 refuted, 8 inconclusive, 2 not run
      wall 61.2 s, 0.21 times the stacks' starts and the recoveries alone (4 min 54
      s); 21 trials of 9 min 41 s in all, 1.98 times
      "
    `);
  });

  test.each([40, 60, 80, 100, 160])("fits into %d columns", (width) => {
    const lines = summaryText(everything, { colour: false, width }).split("\n");
    expect(Math.max(...lines.map((it) => [...it].length))).toBeLessThanOrEqual(width);
  });

  test("is coloured only where it is asked for, and says the same", () => {
    const coloured = summaryText(everything, { colour: true, width: 80 });
    expect(coloured).not.toBe(stripVTControlCharacters(coloured));
    expect(stripVTControlCharacters(coloured)).toBe(summaryText(everything, plain));
  });

  test("text from outside cannot steer the terminal", () => {
    const text = summaryText(hostileRun().run, plain);
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
    expect(text).not.toContain("\u202e");
  });

  test("a planned control that was not run leaves its claim open, and is named; so is a trial", () => {
    const text = summaryText(lackingRun().run, { ...plain, width: 120 });
    expect(text).toMatch(/\? app-crash +inconclusive .* not run\n/);
    expect(text).toContain("? app-crash  inconclusive: control-not-run");
    expect(text).toContain("its control without-restart-policy was not run, so nothing is shown to have healed it");
    expect(text).toContain("its trial was not run");
    expect(text).toContain("0 of 2 claims proven, 2 inconclusive");
  });

  test("at 80 columns, a run that was interrupted before all had begun is not proven, and names what was not run", () => {
    expect(summaryText(interruptedRun().run, plain)).toMatchInlineSnapshot(`
      "  scenario   verdict       recovery        budget  healed by       control
      ? app-hang   inconclusive  not measured            unknown         not run
      ✓ app-crash  recovered     0.83 to 1.53 s  5 s     restart-policy  down for 5 s

      ? app-hang  inconclusive: trial-not-run
          When the app's process freezes, the watchdog restarts it and it is ready
          again within 15 s
          inconclusive: its trial was not run, so nothing is shown of the claim

      not run
        - interrupted before it started (2): app-hang, app-hang/without-watchdog
        - watchdog-crash: left out: tagged slow

      1 of 2 claims proven, 1 inconclusive, 3 not run
      wall 61.2 s, 2.68 times the stacks' starts and the recoveries alone (22.9 s); 2
      trials of 42.5 s in all, 1.86 times
      "
    `);
  });

  test("at 80 columns, broken healers: holes and what is open with what was tried, then what is caught", () => {
    const text = summaryText(matrixRun().run, plain);
    expect(text.slice(text.indexOf("  broken healer"))).toMatchInlineSnapshot(`
      "  broken healer
      ✗ watchdog-timid-runbook  a hole: missed by app-hang and watchdog-crash
          The watchdog's runbook removes one file of what it may
          app-hang: missed: back in 4.22 to 4.53 s (budget 15 s), healed by the
          watchdog
          watchdog-crash: missed: back in 1.11 to 1.53 s (budget 10 s), healed by the
          restart policy; back in 4.31 to 4.81 s (budget 15 s), healed by the watchdog
      ✗ host-units-stay-dead    a hole: no scenario is concerned by it
          The host's systemd does not restart a unit that died
      ? watchdog-wrong          caught by nothing for sure; unsure of app-hang; missed
                                by watchdog-crash
          The watchdog restarts another service of the stack
          app-hang: unsure: observer-gap: up{job="app"} has no samples for 5.10 s from
          13.237 s on, where one was due every 1.00 s
          watchdog-crash: missed: back in 1.11 to 1.53 s (budget 10 s), healed by the
          restart policy; back in 4.31 to 4.81 s (budget 15 s), healed by the watchdog
      ✓ watchdog-blind          caught by app-hang
      ✓ watchdog-liar           caught by app-hang
      Caught nothing, though broken healers concern it: watchdog-crash
      No broken healer concerns app-crash

      not run
        - host-power-loss: left out: tagged lab

      All 3 claims proven, 2 of 5 broken healers caught, 2 holes, 1 open, 1 not run
      wall 61.2 s, 0.22 times the stacks' starts and the recoveries alone (4 min 41
      s); 15 trials of 8 min 6 s in all, 1.73 times
      "
    `);
    expect(summaryText(wholeMatrixRun().run, plain)).toContain("All 3 claims proven, all 2 broken healers caught");
  });

  test.each([40, 60, 80, 100, 160])("broken healers fit into %d columns", (width) => {
    const lines = summaryText(matrixRun().run, { colour: false, width }).split("\n");
    expect(Math.max(...lines.map((it) => [...it].length))).toBeLessThanOrEqual(width);
  });

  test("what was not run for one reason is one line", () => {
    const why = "left out: tagged slow";
    const text = summaryText(
      {
        ...gate,
        notRun: [
          { what: "a", why },
          { what: "b", why: "interrupted" },
          { what: "c", why },
        ],
      },
      plain,
    );
    expect(text).toContain("not run\n  - left out: tagged slow (2): a, c\n  - b: interrupted\n");
  });

  test("a run of nothing says so", () => {
    expect(summaryText(sampleRun([], []).run, plain)).toContain("No claim was tried");
  });
});

test("a trial on a stack that is broken on purpose is no failure for being refuted", () => {
  const { run, journals } = matrixRun();
  const cell = run.matrix?.cells.find((it) => it.state === "caught");
  const line = trialLine(judgeTrial(journals.get(cell?.trial ?? "") ?? []), { colour: false });
  expect(line).toBe("· app-hang/variant-watchdog-blind  refuted: did not come back in 30.0 s (budget 15 s)");
});

test("a broken healer is one line", () => {
  const lines = matrixRun().run.matrix?.healers.map((it) => healerLine(it, { colour: false }));
  expect(lines?.slice(0, 3)).toEqual([
    "✓ watchdog-blind  caught by app-hang",
    "✓ watchdog-liar  caught by app-hang",
    "✗ watchdog-timid-runbook  a hole: missed by app-hang and watchdog-crash",
  ]);
});

test("a trial is one line", () => {
  const line = trialLine(gate.scenarios[1]?.controls[0] ?? never(), { colour: false });
  expect(line).toBe(
    "✓ app-hang/without-watchdog  did not come back in 15.0 s without the watchdog, as it must; once the watchdog was on again, back in 4.27 to 5.47 s (budget 15 s), healed by the watchdog",
  );
});

function never(): never {
  throw new Error("the sample has a control");
}
