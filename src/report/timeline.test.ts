import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readJournal } from "../journal-file.ts";
import { judgeTrial } from "../judge/trial.ts";
import { attribute, elements, parsed } from "./testing/markup.ts";
import { everythingRun, gateRun } from "./testing/sample-runs.ts";
import { axisOf, type Lane, timelineOf } from "./timeline.ts";
import { shortened, timelineSvg } from "./timeline-svg.ts";

const { run, journals } = everythingRun();
const trials = run.scenarios.flatMap((it) => [it.trial, ...it.controls]);

function timeline(id: string) {
  const trial = trials.find((it) => it.id === id);
  const journal = journals.get(id);
  if (!trial || !journal) throw new Error(`no sample ${id}`);
  return timelineOf(trial, journal);
}

const lanes = <K extends Lane["kind"]>(id: string, kind: K) =>
  timeline(id).lanes.filter((it): it is Extract<Lane, { kind: K }> => it.kind === kind);

test("a series that was declared again, by whoever came back to look, is one line", () => {
  const journal = readJournal(join(import.meta.dirname, "../judge/recorded/host-power-loss.ndjson"));
  const labels = timelineOf(judgeTrial(journal), journal).lanes.flatMap((it) =>
    it.kind === "signal" ? [it.label] : [],
  );
  expect(labels).not.toEqual([]);
  expect(labels).toEqual([...new Set(labels)]);
});

describe("a trial's picture shows", () => {
  test("time from the injection, with a little of what was before, to the budget's end", () => {
    const { from, to, zero, zeroIs } = timeline("app-hang");
    expect(zero).toBe(11_812);
    expect(zeroIs).toBe("the injection");
    expect(from).toBeLessThan(zero);
    expect(to).toBeGreaterThanOrEqual(zero + 15_000);
  });

  test("time from the trial's start where nothing was injected", () => {
    expect(timeline("sick-baseline")).toMatchObject({ zero: 0, zeroIs: "the start of the trial" });
  });

  test("the phases, each act's on a line of its own", () => {
    expect(lanes("app-hang/without-watchdog", "phases").map((it) => it.label)).toEqual([
      "phases",
      "phases, switched on again",
    ]);
  });

  test("the fault: injected, bitten, and until when it lasted", () => {
    expect(lanes("app-hang", "fault")).toMatchObject([
      { label: "fault: hang of app", fault: { injected: {}, bitten: {}, end: "ended" } },
    ]);
    expect(lanes("app-crash", "fault")).toMatchObject([{ fault: { end: "at once" } }]);
    expect(lanes("fault-had-no-effect", "fault")).toMatchObject([{ fault: { missed: {} } }]);
    expect(lanes("watchdog-crash", "fault").map((it) => it.label)).toEqual([
      "fault: crash of watchdog",
      "fault, afterwards: hang of app",
    ]);
  });

  test("good and bad spans of each signal, and where there were no samples", () => {
    const [up, probe] = lanes("observer-gap", "signal");
    expect(up?.label).toBe('prometheus: up{job="app"} is 1');
    expect(up?.spans.map((it) => it.state)).toEqual(["good", "between", "bad", "gap", "good"]);
    expect(probe?.spans.map((it) => it.state).filter((it) => it !== "between")).toEqual(["good", "bad", "good"]);
  });

  test("the engine's events of the service, and the counter's rise", () => {
    const [app] = lanes("app-hang", "events").filter((it) => it.label === "engine: app");
    const marks = new Set(app?.events.map((it) => it.mark));
    expect(marks).toEqual(new Set(["unhealthy", "died", "stopped", "started", "restarted", "healthy"]));
    expect(lanes("app-hang", "counter")[0]?.steps).toMatchObject([{ by: 1, to: 1 }]);
  });

  test("from when to when the healer was off", () => {
    const [healer] = lanes("app-hang/without-watchdog", "healer");
    expect(healer).toMatchObject({ label: "watchdog off, then on again", off: [{ to: 11_812 + 15_060 + 188 }] });
  });

  test("each act's recovery against its budget", () => {
    expect(lanes("app-hang/without-watchdog", "recovery").map((it) => it.act.act)).toEqual(["main", "restored"]);
  });
});

describe("drawn", () => {
  test.each(trials.map((it) => it.id))("nothing of %s lies outside of its picture", (id) => {
    const svg = parsed(timelineSvg(timeline(id), "x", id).markup);
    for (const it of elements(svg, "*"))
      for (const name of ["x", "x1", "x2"]) {
        const at = attribute(it, name);
        if (at === "") continue;
        expect(Number.parseFloat(at)).toBeGreaterThanOrEqual(0);
        expect(Number.parseFloat(at)).toBeLessThanOrEqual(100);
      }
    for (const it of elements(svg, "rect")) expect(Number.parseFloat(attribute(it, "width"))).toBeGreaterThan(0);
  });

  test("a too slow recovery is drawn as late, one that cannot be told as unsure", () => {
    const classes = (id: string) =>
      elements(parsed(timelineSvg(timeline(id), "x", id).markup), "rect").map((it) => attribute(it, "class"));
    expect(classes("too-slow")).toContain("interval late");
    expect(classes("control-recovered/without-restart-policy")).toContain("interval late");
    expect(classes("budget-inside-uncertainty")).toContain("interval unsure");
    expect(classes("app-crash")).toContain("interval in-time");
  });

  test("no label is longer than fits across a phone, unless there is a shorter one for it", () => {
    for (const { id } of trials) {
      const labels = elements(parsed(timelineSvg(timeline(id), "x", id).markup), "text").filter(
        (it) => /\blabel\b/.test(attribute(it, "class")) && !/\bwide\b/.test(attribute(it, "class")),
      );
      for (const it of labels) expect([...(it.textContent ?? "")].length).toBeLessThanOrEqual(50);
    }
  });

  test.each([500, 5_000, 61_000, 700_000, 7_200_000])("an axis of %d ms has a readable number of labels", (range) => {
    const short = { ...timeline("app-crash") };
    const { ticks } = axisOf({ ...short, to: (short.from + range) as typeof short.to });
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThanOrEqual(21);
    expect(ticks.filter((it) => it.narrow).length).toBeLessThanOrEqual(7);
  });
});

test("a long name loses its middle, not its end", () => {
  expect(shortened("app_recovery_events_total{service}", 20)).toBe("app_recover…service}");
  expect(shortened("short", 20)).toBe("short");
});

test("the sample run is what it says", () => {
  expect(gateRun().run.outcome).toBe("proven");

  const named = trials.filter((it) => it.acts.some((act) => act.verdict.kind === "inconclusive"));
  for (const it of named) expect(it.acts[0]?.verdict).toEqual({ kind: "inconclusive", reason: it.id });
});
