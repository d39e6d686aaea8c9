import { describe, expect, test } from "vitest";
import { junitXml } from "./junit.ts";
import { attribute, elements, parsed } from "./testing/markup.ts";
import {
  everythingRun,
  gateRun,
  hostileRun,
  interruptedRun,
  lackingRun,
  matrixRun,
  sampleRun,
} from "./testing/sample-runs.ts";

const documentOf = ({ run }: ReturnType<typeof gateRun>) => parsed(junitXml(run));

describe("junit.xml", () => {
  test.each([
    ["a proven run", gateRun()],
    ["everything", everythingRun()],
    ["hostile text", hostileRun()],
    ["nothing", sampleRun([], [])],
  ])("is valid XML without control characters: %s", (_, sample) => {
    expect(documentOf(sample).documentElement?.tagName).toBe("testsuites");
    expect(junitXml(sample.run)).not.toMatch(/[^\P{Cc}\n\t]/u);
  });

  test("has a suite for each scenario and a case for its trial and each control", () => {
    const { run } = gateRun();
    const suites = elements(documentOf(gateRun()), "testsuite");
    expect(suites.map((it) => attribute(it, "name"))).toEqual(run.scenarios.map((it) => it.scenario));
    expect(suites.map((it) => elements(it, "testcase").length)).toEqual([2, 2, 3]);
    expect(elements(documentOf(gateRun()), "testcase").map((it) => attribute(it, "name"))).toContain(
      "control of afterwards, without the watchdog: it does not recover",
    );
  });

  test("counts what it holds: a refuted claim is a failure, an inconclusive one an error, what was not run is skipped", () => {
    const document = documentOf(everythingRun());
    const [root] = elements(document, "testsuites");
    const counted = ["testcase", "failure", "error", "skipped"].map((it) => String(elements(document, it).length));
    const told = ["tests", "failures", "errors", "skipped"].map((it) => root && attribute(root, it));
    expect(told).toEqual(counted);
    expect(counted).toEqual(["23", "4", "8", "2"]);
  });

  test("a planned control that was not run is an error, and so is a trial", () => {
    const document = documentOf(lackingRun());
    const errors = elements(document, "error");
    expect(errors.map((it) => attribute(it, "type"))).toEqual([
      "inconclusive: control-not-run",
      "inconclusive: trial-not-run",
    ]);
    expect(errors[0]?.textContent).toContain("its control without-restart-policy was not run");
    expect(errors[1]?.textContent).toContain("its trial was not run");
    const [root] = elements(document, "testsuites");
    const told = ["tests", "errors"].map((it) => root && attribute(root, it));
    expect(told).toEqual([String(elements(document, "testcase").length), "2"]);
  });

  test("a scenario of which nothing was run is an error that says why; only what was left out by choice is skipped", () => {
    const document = documentOf(interruptedRun());
    const suite = elements(document, "testsuite").find((it) => attribute(it, "name") === "app-hang");
    const errors = suite ? elements(suite, "error") : [];
    expect(errors.map((it) => attribute(it, "type"))).toEqual(["inconclusive: trial-not-run"]);
    expect(errors[0]?.textContent).toContain("not run: interrupted before it started");
    const skipped = elements(document, "testcase").filter((it) => elements(it, "skipped").length > 0);
    expect(skipped.map((it) => attribute(it, "name"))).toEqual(["watchdog-crash"]);
    const [root] = elements(document, "testsuites");
    const told = ["tests", "failures", "errors", "skipped"].map((it) => root && attribute(root, it));
    expect(told).toEqual(["4", "0", "1", "1"]);
  });

  test("has a case for each broken healer: a hole is a failure, what is open an error", () => {
    const document = documentOf(matrixRun());
    const suite = elements(document, "testsuite").find((it) => attribute(it, "name") === "broken healers");
    const cases = suite ? elements(suite, "testcase") : [];
    const outcomes = cases.map((it) => [
      attribute(it, "name"),
      [...elements(it, "failure"), ...elements(it, "error")].map((it) => [it.tagName, attribute(it, "message")]),
    ]);
    expect(outcomes).toEqual([
      ["watchdog-blind is caught", []],
      ["watchdog-liar is caught", []],
      ["watchdog-timid-runbook is caught", [["failure", "a hole: missed by app-hang and watchdog-crash"]]],
      [
        "watchdog-wrong is caught",
        [["error", "caught by nothing for sure; unsure of app-hang; missed by watchdog-crash"]],
      ],
      ["host-units-stay-dead is caught", [["failure", "a hole: no scenario is concerned by it"]]],
    ]);
    expect(cases[0]?.textContent).toContain("app-hang: caught: did not come back");
    const [root] = elements(document, "testsuites");
    for (const of of [root, suite]) {
      const counted = ["testcase", "failure", "error", "skipped"].map((it) => String(of && elements(of, it).length));
      expect(["tests", "failures", "errors", "skipped"].map((it) => of && attribute(of, it))).toEqual(counted);
    }
  });

  test("says why, and which verdict it was", () => {
    const errors = elements(documentOf(everythingRun()), "error").map((it) => attribute(it, "type"));
    expect(errors).toEqual([
      "inconclusive: sick-baseline",
      "inconclusive: fault-had-no-effect",
      "inconclusive: fault-ended-early",
      "inconclusive: no-outage-observed",
      "inconclusive: observer-gap",
      "inconclusive: budget-inside-uncertainty",
      "inconclusive: harness-error",
      "inconclusive: interrupted",
    ]);
    const [failure] = elements(documentOf(everythingRun()), "failure");
    expect(failure?.textContent).toContain("over the budget of 5 s");
  });

  test("gives the interval and the healer as properties, the restored act's too", () => {
    const properties = elements(documentOf(gateRun()), "property").map(
      (it) => `${attribute(it, "name")}=${attribute(it, "value")}`,
    );
    expect(properties).toEqual(
      expect.arrayContaining([
        "recovery.atLeast.seconds=4.224",
        "recovery.atMost.seconds=4.528",
        "healedBy=watchdog",
        "restored.healedBy=watchdog",
        "watchedFor.seconds=15.026",
      ]),
    );
  });
});
