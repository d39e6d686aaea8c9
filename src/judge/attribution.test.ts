import { describe, expect, test } from "vitest";
import { recordsOf } from "../journal.ts";
import { instant, type Moment, moment } from "../time.ts";
import { type AttributionQuestion, attribute, type Claim, claimant, serviceOf } from "./attribution.ts";
import { actOf, apiRestart, engine, journalOf, type Learned, look, planOf } from "./testing/journal-builder.ts";

const by = (learned: readonly Learned[], over: Partial<AttributionQuestion> = {}) =>
  attribute({
    journal: journalOf(planOf([actOf()]), learned),
    service: "app",
    origin: moment(5000, 5001),
    ours: [moment(5000, 5001)],
    recoveredAt: moment(6190, 6202),
    undone: undefined,
    horizon: instant(15_000),
    claims: [],
    ...over,
  });
const claim = (healer: "watchdog" | "systemd" | "restart-policy", over: Partial<Claim> = {}) => ({
  claims: [
    {
      healer,
      counter: `c{service="app",healer="${healer}"}`,
      service: "app",
      rose: [moment(5800, 6300)],
      evidence: { text: `${healer} counted it`, seqs: [1] },
      ...over,
    },
  ],
});
const before = look(4100, 0, 500);

test("a restart through the API is known by any of its marks", () => {
  const restart = apiRestart();
  for (const mark of ["kill", "stop", "restart"]) {
    const only = restart.filter(({ fact }) => fact.kind !== "engine" || ["die", "start", mark].includes(fact.action));
    expect(by([before, ...only], claim("watchdog")).healer).toBe("watchdog");
  }
});

test("a claim of having seen somebody else heal, or of healing inside a container, is none of restarting it", () => {
  expect(by([before, ...apiRestart()], claim("restart-policy")).healer).toBe("unknown");
  expect(by([before, ...apiRestart()], claim("systemd")).healer).toBe("unknown");
});

test("the `restart` that closes an API restart does not make the policy's restart after it one of the API", () => {
  const twice = [...apiRestart(5100, 5300, 5400), engine("die", 5600), engine("start", 5900), look(7000, 1, 5900)];
  expect(by([before, ...twice], claim("watchdog")).healer).toBe("several");
});

test("a container that the engine started when it came up again itself is its restart policy's", () => {
  const absences = [moment(5000, 6100)];
  const after = look(6300, 0, 5900);
  expect(by([before, after], { absences }).healer).toBe("restart-policy");
  expect(by([before, after]).healer).toBe("unknown");
  // Once the engine answered again, anybody may have asked it to.
  expect(by([before, look(6300, 0, 6150)], { absences }).healer).toBe("unknown");
  expect(by([before, after], { absences, ...claim("watchdog") }).healer).toBe("unknown");
  const { fact, ...rest } = after;
  const without = { ...rest, fact: { ...fact, restartPolicy: "no" } as typeof fact };
  expect(by([before, without], { absences }).healer).toBe("unknown");
});

test("what the engine started before it was ready is its restart policy's; after that anybody may have asked it to", () => {
  const by6100 = (engine: Moment, startedAt: number) =>
    by([before, look(6300, 0, startedAt)], { absences: [{ ...moment(5000, 6100), engine }] });
  expect(by6100(moment(5940, 5960), 5900).healer).toBe("restart-policy");
  const later = by6100(moment(5840, 5860), 5900);
  expect(later.healer).toBe("unknown");
  expect(later.evidence[0]?.text).toContain("after the engine was ready at 5.840 s, when anybody may have asked it to");
  // Both are of one clock: what it is unsure of is no reason to doubt.
  expect(by6100(moment(5860, 5900), 5900).healer).toBe("restart-policy");
});

test("what happened to another service, or before the fault, is not its story", () => {
  const other = [engine("kill", 5100, {}, "postgres"), engine("start", 5200, {}, "postgres")];
  const earlier = [engine("kill", 3000), engine("stop", 3100), engine("start", 3200)];
  const policy = [engine("die", 5005), engine("start", 5600), look(7000, 1, 5600)];
  expect(by([before, ...other, ...earlier, ...policy]).healer).toBe("restart-policy");
});

test("API events inside the injection are the fault's own", () => {
  const policy = [engine("kill", 5000), engine("die", 5005), engine("start", 5600), look(7000, 1, 5600)];
  expect(by([before, ...policy]).healer).toBe("restart-policy");
});

test.each([
  ["the death", 5300],
  ["the start, too", 5800],
])("a signal that took us long to send does not take the story of %s away", (_, until) => {
  const slow = { origin: moment(5000, until), ours: [moment(5000, until)] };
  const policy = [engine("die", 5200), engine("start", 5600), look(7000, 1, 5600)];
  expect(by([before, ...policy], slow).healer).toBe("restart-policy");
});

test("a container that the injection itself started anew was not healed by that", () => {
  const deployed = [engine("kill", 5010), engine("die", 5020), engine("start", 5400)];
  const ours = { origin: moment(5000, 5500), ours: [moment(5000, 5500)] };
  expect(by([before, ...deployed, ...apiRestart(5600, 5700, 5800)], { ...claim("watchdog"), ...ours }).healer).toBe(
    "watchdog",
  );
  const policy = [engine("die", 5510), engine("start", 5700)];
  expect(by([...deployed, look(5505, 0, 5400), ...policy, look(7000, 1, 5700)], ours).healer).toBe("restart-policy");
});

test("a container that was replaced is not one that runs on", () => {
  const replaced = look(7000, 0, 500);
  const { fact } = replaced;
  if (fact.kind !== "container") throw new Error("a look is a look");
  expect(by([before, { ...replaced, fact: { ...fact, container: "app-2" } }]).healer).toBe("unknown");
  expect(by([before, replaced]).healer).toBe("application");
});

describe("a service with two containers", () => {
  const lookAt = (container: string, when: number, startedAt = 500): Learned => {
    const { at, fact } = look(when, 0, startedAt);
    return { at, fact: { ...fact, container } as typeof fact };
  };
  const both = (when: number) => [lookAt("app-1", when), lookAt("app-2", when)];

  test("healed itself where neither was restarted, each by its own looks", () => {
    const { healer, evidence } = by([...both(4100), ...both(7000)]);
    expect(healer).toBe("application");
    expect(evidence.map((it) => it.text)).toEqual([
      "app's container app-1 was not restarted: it runs since 0.499 s, before and after",
      "app's container app-2 was not restarted: it runs since 0.499 s, before and after",
    ]);
  });

  test.each([
    ["was started again", [lookAt("app-1", 7000), lookAt("app-2", 7000, 6000)]],
    ["was replaced", [lookAt("app-1", 7000), lookAt("app-3", 7000)]],
    ["is gone", [lookAt("app-1", 7000)]],
    ["is new beside them", [...both(7000), lookAt("app-3", 7000)]],
  ])("was healed by nobody knows whom where one %s and no event says by whom", (_, after) => {
    expect(by([...both(4100), ...after]).healer).toBe("unknown");
  });

  test("was restarted by its engine where that started both when it came up again", () => {
    const started = [lookAt("app-1", 6300, 5900), lookAt("app-2", 6300, 5950)];
    expect(by([...both(4100), ...started], { absences: [moment(5000, 6100)] }).healer).toBe("restart-policy");
    expect(by([...both(4100), ...started], { absences: [moment(5000, 5920)] }).healer).toBe("unknown");
  });
});

test("a watchdog that healed by another action than a restart, if its counter says so and the container ran on", () => {
  const runbook = claim("watchdog", { counter: 'c{service="app",healer="watchdog",action="runbook"}' });
  expect(by([before, look(7000, 0, 500)], runbook).healer).toBe("watchdog");
  const restart = claim("watchdog", { counter: 'c{service="app",healer="watchdog",action="restart"}' });
  expect(by([before, look(7000, 0, 500)], restart).healer).toBe("application");
  expect(by([before, look(7000, 0, 500)], claim("watchdog")).healer).toBe("application");
});

test("a healer that counts a restart where there was none is contradicted", () => {
  const { evidence } = by([before, look(7000, 0, 500)], claim("watchdog"));
  expect(evidence[1]?.text).toMatch(/^contradiction: c\{.*\} rose, and app was not restarted/);
});

test("systemd, if its counter says so and the container ran on", () => {
  expect(by([before, look(7000, 0, 500)], claim("systemd")).healer).toBe("systemd");
});

test("our own undo before the recovery makes it ours", () => {
  const undone = {
    at: 6000,
    fact: {
      kind: "fault",
      act: "main",
      stage: "undone",
      when: { earliest: 5900, latest: 6000 },
      fault: "crash",
      detail: "started",
    },
  } as const;
  const [record] = recordsOf(journalOf(planOf([actOf()]), [undone]), "fault");
  expect(by([before], { undone: record }).healer).toBe("harness");
});

test.each([
  ["another service", "postgres", /counts what was done for postgres, not for app, so it claims nothing here/],
  ["no service in particular", undefined, /names no service, so it claims nothing here/],
])("a counter of %s claims nothing, and this is said", (_, service, why) => {
  for (const learned of [apiRestart(), [look(7000, 0, 500)]]) {
    const healer = learned.length > 1 ? "watchdog" : "systemd";
    const { service: __, ...rest } = claim(healer).claims[0] ?? never();
    const found = by([before, ...learned], { claims: [{ ...rest, ...(service === undefined ? {} : { service }) }] });
    expect(found.healer).toBe(learned.length > 1 ? "unknown" : "application");
    expect(found.evidence.map((it) => it.text).join("; ")).toMatch(why);
  }
});

test("a counter that rose before the API was called claims nothing of it; of several rises any may", () => {
  const early = by([before, ...apiRestart()], claim("watchdog", { rose: [moment(5100, 5400)] }));
  expect(early.healer).toBe("unknown");
  expect(early.evidence.map((it) => it.text).join("; ")).toContain("rose before the API was called");
  const twice = claim("watchdog", { rose: [moment(5100, 5400), moment(5800, 6300)] });
  expect(by([before, ...apiRestart()], twice).healer).toBe("watchdog");
  expect(by([before, ...apiRestart()], claim("watchdog", { rose: [moment(5100, 5600)] })).healer).toBe("watchdog");
});

test.each([
  ['c{service="app",healer="watchdog"}', "app"],
  ["c{ healer='watchdog', service = 'app' }", "app"],
  ['c{of_service="app"}', undefined],
  ['c{service=~"app"}', undefined],
  ['c{service!="app"}', undefined],
])("the counter %s is of the service %s", (counter, service) => {
  expect(serviceOf(counter)).toBe(service);
});

test("nobody, where it did not recover, however often it was started", () => {
  const { healer, evidence } = by([before, engine("die", 5005), engine("start", 5600)], { recoveredAt: undefined });
  expect(healer).toBe("nobody");
  expect(evidence[0]?.text).toBe("app was started once, and did not recover");
  const later = by([before, engine("die", 5005), engine("start", 16_000)], { recoveredAt: undefined });
  expect(later.evidence[0]?.text).toBe("no start of app was seen");
});

test("unknown, where the fault names no service", () => {
  expect(by([], { service: undefined }).healer).toBe("unknown");
});

test.each([
  ['app_recovery_events_total{service="app",healer="watchdog"}', "watchdog"],
  ["app_recovery_events_total{ healer = 'systemd' }", "systemd"],
  ['app_recovery_events_total{not_healer="watchdog"}', undefined],
  ['app_recovery_events_total{healer="gremlins"}', undefined],
  ["app_recovery_events_total", undefined],
])("the counter %s is the claim of %s", (counter, healer) => {
  expect(claimant(counter)).toBe(healer);
});

test("the start after a death counts though the engine told of it only after the service had answered", () => {
  const late = [engine("die", 5005), engine("start", 6400), look(7000, 1, 5900)];
  expect(by([before, ...late]).healer).toBe("restart-policy");
  const lateApi = apiRestart(5500, 6400, 7000);
  expect(by([before, ...lateApi], claim("watchdog")).healer).toBe("watchdog");
});

test("a death and a start after the recovery are another story", () => {
  const later = [engine("die", 8000), engine("start", 8500), look(7000, 0, 500)];
  expect(by([before, ...later]).healer).toBe("application");
});

function never(): never {
  throw new Error("there is a claim");
}
