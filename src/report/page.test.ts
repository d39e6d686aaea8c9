import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { judgeScenarios } from "../judge/run.ts";
import { reportHtml } from "./page.ts";
import { attribute, elements, parsed } from "./testing/markup.ts";
import {
  everythingRun,
  gateRun,
  hostile,
  hostileRun,
  interruptedRun,
  lackingRun,
  matrixRun,
  type SampleRun,
  sampleRun,
  shownClaim,
} from "./testing/sample-runs.ts";

const pageOf = ({ run, journals }: SampleRun) => reportHtml(run, journals);
const samples: [string, SampleRun][] = [
  ["a run where all is proven", gateRun()],
  ["a run with everything that can come out", everythingRun()],
  ["a run full of hostile text", hostileRun()],
  ["a run that lacks controls", lackingRun()],
  ["a run that was interrupted before all had begun", interruptedRun()],
  ["a run against broken healers", matrixRun()],
  ["a run against broken healers whose journals are lost", { run: matrixRun().run, journals: new Map() }],
  [
    "a run against broken healers whose claims are lost",
    { ...matrixRun(), run: { ...matrixRun().run, scenarios: [] } },
  ],
  ["a run of nothing", sampleRun([], [])],
  ["a run whose journals are lost", { run: everythingRun().run, journals: new Map() }],
];

describe.each(samples)("the page of %s", (_, sample) => {
  const text = pageOf(sample);
  const document = parsed(text);
  const all = elements(document, "*");

  test("is well-formed, with one of each id", () => {
    const ids = all.map((it) => attribute(it, "id")).filter((it) => it !== "");
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("links only into itself, where something is, and to files below the run's folder", () => {
    const ids = new Set(all.map((it) => attribute(it, "id")));
    const links = elements(document, "a").map((it) => attribute(it, "href"));
    const broken = links.filter((it) => (it.startsWith("#") ? !ids.has(it.slice(1)) : !/^\.\/[^:]*$/.test(it)));
    expect(broken).toEqual([]);
  });

  test("loads nothing and runs nothing", () => {
    const names = new Set(all.map((it) => it.tagName));
    for (const name of ["script", "link", "img", "iframe", "object", "embed", "image", "use", "base", "form"])
      expect(names).not.toContain(name);
    const attributes = all.flatMap((it) => [...it.attributes].map(({ name }) => name));
    expect(attributes.filter((it) => /^(on|src|style$|xlink|srcset|action|formaction|ping)/i.test(it))).toEqual([]);
    const style = elements(document, "style")[0]?.textContent ?? "";
    expect(style).not.toMatch(/@import|url\((?!#)|expression/);
  });

  test("its policy forbids all but its own style sheet", () => {
    const style = elements(document, "style")[0]?.textContent ?? "";
    const policy = elements(document, "meta").find((it) => attribute(it, "http-equiv") === "Content-Security-Policy");
    const hash = createHash("sha256").update(style).digest("base64");
    expect(policy && attribute(policy, "content")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    );
  });

  test("every picture says what it shows to those who do not see it", () => {
    const byId = new Map(all.map((it) => [attribute(it, "id"), it]));
    for (const svg of elements(document, "svg")) {
      if (attribute(svg, "role") !== "img") continue;
      const labels = attribute(svg, "aria-labelledby").split(" ");
      const label = attribute(svg, "aria-label") || labels.map((it) => byId.get(it)?.textContent ?? "").join(" ");
      expect(label.trim()).not.toBe("");
    }
  });
});

describe("what the page says", () => {
  const gate = pageOf(gateRun());
  const document = parsed(gate);
  const said = (id: string) => (document.getElementById(id)?.textContent ?? "").replace(/\s+/g, " ");

  test("each recovery as an interval against its budget, and who healed it", () => {
    const { run } = gateRun();
    expect(said("scenario-app-hang")).toContain("Recovered in 4.22 to 4.53 s, by the watchdog");
    expect(said("trial-app-hang")).toMatch(/recovery4\.22 to 4\.53 s against a budget of 15 s/);
    for (const { trial } of run.scenarios)
      for (const act of trial.acts)
        for (const { text } of act.attribution.evidence) expect(said(`trial-${trial.id}`)).toContain(text);
  });

  test("nothing without the journal line that it came from", () => {
    const linked = (element: (typeof facts)[number]) =>
      elements(element, "a").some((it) => attribute(it, "class") === "ref");
    const facts = elements(document, "dl").flatMap((it) => elements(it, "div"));
    const without = facts.filter((it) => !linked(it)).map((it) => (it.textContent ?? "").trim().split("\n")[0]);
    expect(without.filter((it) => !/^verdict|^healed bynobody/.test(it ?? ""))).toEqual([]);
    const happened = elements(document, "ol").filter((it) => attribute(it, "class") === "happenings");
    expect(happened.length).toBe(7);
    for (const it of happened.flatMap((it) => elements(it, "li"))) expect(linked(it), it.textContent ?? "").toBe(true);
  });

  test("the control beside it: off, no recovery; on again, recovery", () => {
    const text = said("scenario-app-hang");
    expect(text).toContain("Without the watchdog");
    expect(text).toContain("Did not come back in 15.0 s");
    expect(text).toMatch(/Switched on again.*Healed in 4\.27 to 5\.47 s/);
  });

  test("prominently, and before the verdicts, that the common claim about restart policies is refuted", () => {
    const [finding] = elements(document, "section");
    expect(finding && attribute(finding, "class")).toBe("findings");
    expect(finding?.textContent).toContain("Refuted by this run");
    expect(finding?.textContent).toContain("a restart policy restarts an unhealthy container is refuted");
    expect(finding && elements(finding, "a").filter((it) => attribute(it, "class") === "ref")).toHaveLength(4);
    expect(finding?.textContent).toContain("Without the watchdog: did not come back in 15.0 s");
    expect(finding?.textContent).toContain("Seen again in watchdog-crash/afterwards-without-watchdog.");
    expect(finding?.textContent?.match(/The common claim/g)).toHaveLength(1);
  });

  test("which of a scenario's two faults a control is of", () => {
    const text = said("scenario-watchdog-crash");
    expect(text).toMatch(/Without the restart policy ?Did not come back in 10\.0 s/);
    expect(text).toMatch(/Afterwards, without the watchdog ?Did not come back in 15\.0 s/);
    expect(said("trial-watchdog-crash.afterwards-without-watchdog")).toContain(
      "Control of afterwards, without the watchdog",
    );
    expect(said("trial-watchdog-crash.without-restart-policy")).toContain("Control without the restart policy");
  });

  test("which control it was that did not come out as it must", () => {
    const { run, journals } = gateRun();
    const scenarios = run.scenarios.map((it) => ({
      ...it,
      controls: it.controls.map((control) => ({ ...control, outcome: "inconclusive" as const })),
    }));
    const text = reportHtml({ ...run, scenarios }, journals);
    expect(text).toContain("<strong>Control without the restart policy:</strong>");
    expect(text).toContain("<strong>Control of afterwards, without the watchdog:</strong>");
  });

  test("not that a claim is refuted if the control did not show it, whatever its own words say", () => {
    const { run, journals } = gateRun();
    const because = "The common claim is refuted";
    const scenarios = run.scenarios.map((it) => ({
      ...it,
      controls: it.controls.map(({ refutes: _, ...rest }) => ({
        ...rest,
        control: { without: "watchdog" as const, because },
        outcome: "inconclusive" as const,
      })),
    }));
    const text = reportHtml({ ...run, scenarios }, journals);
    expect(text).not.toContain("Refuted by this run");
    expect(text).not.toContain("Shown by this run");
    expect(text).toContain("Not shown by this run");
  });

  test("what a control shows in the scenario's words, apart from what is refuted", () => {
    expect(said("scenario-app-hang")).toContain(`Shown by this run: ${shownClaim.replaceAll("`", "")}`);
  });

  test("that a claim is not proven whose control, or whose trial, was not run", () => {
    const document = parsed(pageOf(lackingRun()));
    const text = (document.getElementById("scenario-app-crash")?.textContent ?? "").replace(/\s+/g, " ");
    expect(text).toContain("Not proven: its control without-restart-policy was not run");
    const whole = (document.documentElement?.textContent ?? "").replace(/\s+/g, " ");
    expect(whole).toContain("0 of 2 claims proven, 2 inconclusive");
    expect(whole).toContain("control-not-run");
    expect(whole).toContain("its trial was not run");
  });

  test("a scenario of which nothing was run as one that is open, first of all, and why that is", () => {
    const { documentElement } = parsed(pageOf(interruptedRun()));
    const whole = (documentElement?.textContent ?? "").replace(/\s+/g, " ");
    expect(whole).toContain("1 of 2 claims proven, 1 inconclusive");
    expect(whole).toMatch(/app-hangWhen the app's process freezes.*app-crashWhen the app's process is killed/);
    expect(whole).toContain("trial-not-run");
    expect(whole).toContain("its trial was not run, so nothing is shown of the claim");
    expect(whole).toContain("interrupted before it started (2): app-hang, app-hang/without-watchdog");
    expect(whole).not.toContain("The journal of this trial is not at hand");
  });

  test("the samples that a recovery's figure came from", () => {
    const sample = gateRun();
    const [scenario] = sample.run.scenarios;
    const seqs = scenario?.trial.acts[0]?.recoveryEvidence?.seqs ?? [];
    expect(seqs.length).toBeGreaterThan(0);
    const facts = elements(document.getElementById("trial-app-crash") ?? never(), "dl").flatMap((it) =>
      elements(it, "div"),
    );
    const row = facts.find((it) => it.textContent?.startsWith("recovery"));
    const links = elements(row ?? never(), "a").map((it) => Number(it.textContent));
    for (const seq of seqs) expect(links).toContain(seq);
  });

  test("the samples between which a signal was not looked at for the longest", () => {
    const sample = gateRun();
    const [scenario] = sample.run.scenarios;
    const [signal] = scenario?.trial.acts[0]?.signals ?? [];
    expect(signal?.seqs.length).toBeGreaterThan(1);
    const items = elements(document.getElementById("trial-app-crash") ?? never(), "li");
    const item = items.find((it) => it.textContent?.includes("samples, at most"));
    const links = elements(item ?? never(), "a").map((it) => Number(it.textContent));
    for (const seq of signal?.seqs ?? []) expect(links).toContain(seq);
  });

  test("failures first, then what is unknown, then what is proven", () => {
    const sections = elements(parsed(pageOf(everythingRun())), "section")
      .map((it) => attribute(it, "class"))
      .filter((it) => it.startsWith("scenario "));
    const rank = ["scenario refuted", "scenario inconclusive", "scenario proven"];
    expect(sections.map((it) => rank.indexOf(it))).toEqual(sections.map((it) => rank.indexOf(it)).toSorted());
    expect(new Set(sections).size).toBe(3);
  });

  test("every explanation, error, remark, and what was not run", () => {
    const { run, journals } = everythingRun();
    const text = (parsed(reportHtml(run, journals)).documentElement?.textContent ?? "").replace(/\s+/g, " ");
    const plain = (it: string) => it.replace(/\s+/g, " ");
    for (const it of run.scenarios.flatMap((it) => [it.trial, ...it.controls])) {
      expect(text).toContain(plain(it.explanation).slice(1));
      for (const { text: error } of [...it.errors, ...it.remarks]) expect(text).toContain(plain(error));
    }
    for (const { what, why } of run.notRun) expect(text).toContain(`${what}: ${why}`);
    expect(text).toContain("variant slow-start");
  });

  test("hostile text as text", () => {
    const text = parsed(pageOf(hostileRun())).documentElement?.textContent ?? "";
    expect(text).toContain("<script>alert(1)</script>");
    expect(text).toContain(`"><img src=x onerror=alert(1)>`);
    expect(pageOf(hostileRun())).not.toContain(hostile);
  });
});

describe("broken healers on the page", () => {
  const { run } = matrixRun();
  const document = parsed(pageOf(matrixRun()));
  const [table] = elements(document, "table").filter((it) => attribute(it, "class") === "matrix");
  const [head, ...rows] = elements(table ?? never(), "tr");
  const words = (it: (typeof rows)[number]) => elements(it, "td").map((it) => it.textContent);

  test("are a table: a row for each scenario, a column for each broken healer, a word in each cell", () => {
    const columns = elements(head ?? never(), "th").map((it) => it.textContent?.trim());
    expect(columns).toEqual(["Scenario", ...(run.matrix?.healers.map((it) => it.name) ?? [])]);
    expect(rows.map((it) => [elements(it, "a")[0]?.textContent, words(it)])).toEqual([
      ["app-crash", Array.from({ length: 5 }, () => "not concerned")],
      ["app-hang", ["caught", "caught", "missed", "unsure: observer-gap", "not concerned"]],
      ["watchdog-crash", ["missed", "missed", "missed", "missed", "not concerned"]],
    ]);
  });

  test("name each cell's column where a narrow screen has no head, and count what it leaves out there", () => {
    for (const row of rows)
      expect(elements(row, "td").map((it) => attribute(it, "data-label"))).toEqual(
        run.matrix?.healers.map((it) => it.name),
      );
    const idle = rows.map((row) => elements(row, "span").find((it) => attribute(it, "class") === "idle")?.textContent);
    expect(idle).toEqual(["no broken healer concerns it", "not concerned by 1 of 5", "not concerned by 1 of 5"]);
  });

  test("have each cell in which something was tried linked to its trial's journal", () => {
    const cells = rows.flatMap((it) => elements(it, "td")).filter((it) => it.textContent !== "not concerned");
    expect(cells).toHaveLength(8);
    for (const cell of cells) {
      const [link] = elements(cell, "a");
      expect(link && attribute(link, "href")).toMatch(
        /^\.\/trials\/(app-hang|watchdog-crash)\.variant-.*\/journal\.ndjson$/,
      );
    }
    const one = elements(rows[1] ?? never(), "a").find((it) => it.textContent === "missed");
    expect(one && attribute(one, "href")).toBe("./trials/app-hang.variant-watchdog-timid-runbook/journal.ndjson");
  });

  test("say of each whether something catches it, and what each trial showed; open where nothing does", () => {
    const parts = elements(document, "details").filter((it) => attribute(it, "class").startsWith("healer "));
    expect(parts.map((it) => [elements(it, "strong")[0]?.textContent, it.hasAttribute("open")])).toEqual([
      ["watchdog-timid-runbook", true],
      ["host-units-stay-dead", true],
      ["watchdog-wrong", true],
      ["watchdog-blind", false],
      ["watchdog-liar", false],
    ]);
    const text = (document.getElementById("broken-healers")?.parentNode?.textContent ?? "").replace(/\s+/g, " ");
    for (const { what, explanation } of run.matrix?.healers ?? []) {
      expect(text).toContain(what);
      expect(text).toContain(explanation.slice(1));
    }
    for (const it of run.matrix?.cells ?? []) if (it.trial !== undefined) expect(text).toContain(it.text.slice(1));
    expect(text).toContain("Caught nothing, though broken healers concern it: watchdog-crash.");
    expect(text).toContain("No broken healer concerns app-crash.");
  });

  test("say in its cell why a trial was not needed, and nowhere that it showed anything", () => {
    const { run, journals } = matrixRun();
    if (!run.matrix) throw new Error("the sample has a matrix");
    const text = "not run: another scenario catches this broken healer";
    const cells = run.matrix.cells.map((it) =>
      it.healer === "watchdog-liar" && it.state === "caught" ? { ...it, state: "not-needed" as const, text } : it,
    );
    const page = parsed(pageOf({ run: { ...run, matrix: { ...run.matrix, cells } }, journals }));
    const [cell, ...more] = elements(page, "td").filter((it) => attribute(it, "class") === "not-needed");
    expect(more).toEqual([]);
    expect([cell?.textContent, cell && attribute(cell, "title")]).toEqual(["not needed", `N${text.slice(1)}`]);
    expect(page.documentElement?.textContent).not.toContain(text.slice(1));
  });

  test("have no trial of theirs among the claims", () => {
    expect(pageOf(matrixRun())).not.toContain('id="trial-app-hang.variant-');
  });

  test("twenty times forty of them stay below half a megabyte", () => {
    const name = (nth: number) => `a-name-as-long-as-they-get-${nth}`;
    const healers = Array.from({ length: 20 }, (_, nth) => ({
      ...(run.matrix?.healers[0] ?? never()),
      name: name(nth),
    }));
    const scenarios = Array.from({ length: 40 }, (_, nth) => ({ name: name(nth), role: "catches" as const }));
    const cells = scenarios.flatMap((scenario) =>
      healers.map((healer) => ({
        scenario: scenario.name,
        healer: healer.name,
        trial: "app-hang",
        state: "caught" as const,
        text: "did not come back in 18.0 s (budget 15 s)",
      })),
    );
    const sample = sampleRun([], []);
    const matrix = { healers, scenarios, cells, outcome: "proven" as const };
    expect(Buffer.byteLength(pageOf({ ...sample, run: { ...sample.run, matrix } }))).toBeLessThan(500_000);
  });
});

describe("its size", () => {
  test("twenty-one trials stay below a megabyte", () => {
    const sample = everythingRun();
    expect(sample.journals.size).toBe(21);
    expect(Buffer.byteLength(pageOf(sample))).toBeLessThan(1_000_000);
  });

  test("ten trials do so too whose signals flap and whose containers restart all the time", () => {
    const empty = Buffer.byteLength(pageOf(sampleRun([], [])));
    const one = Buffer.byteLength(pageOf(sampleRun([flapping], []))) - empty;
    expect(empty + 10 * one).toBeLessThan(1_000_000);
  });
});

function never(): never {
  throw new Error("the page has it");
}

const flapping = {
  id: "flapping",
  scenario: "flapping",
  claim: "A service that flaps is drawn in bounded space",
  service: "app",
  fault: "crash",
  budget: 60_000,
  healedBy: "restart-policy",
  flapping: true,
} as const;

test("a scenario without a control says why there is none, or that none was run", () => {
  const why = "Nobody is to act, so there is nobody to switch off";
  const [trial] = gateRun().run.scenarios.map((it) => it.trial);
  if (!trial) throw new Error("the sample has scenarios");
  const { run, journals } = gateRun();
  const alone = (uncontrolled?: string) => {
    const it = { ...trial, controls: [], ...(uncontrolled === undefined ? {} : { uncontrolled }) };
    const [scenario] = judgeScenarios([it]);
    return reportHtml({ ...run, scenarios: scenario ? [scenario] : [] }, journals);
  };
  expect(alone(why)).toContain(`<strong>No control:</strong> ${why}.`);
  expect(alone(why)).not.toContain("No control was run");
  expect(alone()).toContain("No control was run: nothing shows that it would not have come out so by itself.");
});
