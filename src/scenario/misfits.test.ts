import { describe, expect, test } from "vitest";
import { planTrials } from "../plan-trials.ts";
import { goodTextWith, load, refused } from "./testing.ts";

const fault = "fault: { crash: { service: app } }";
const goal = (text: string) =>
  goodTextWith(
    ["recovery:\n  within: 5s\n  healedBy: restart-policy\n  when:\n", "steady:\n  conditions:\n"],
    [
      "  stableFor: 3s\n  corroboratedBy:\n    - { counter: 'recoveries_total{service=\"app\"}', increases: true, within: 10s }\n",
      text,
    ],
  );
const calls = "escalation:\n  within: 20s\n  when: [{ metric: messages_total, atLeast: 1 }]\n";

describe("several faults", () => {
  const faults = (text: string) => goodTextWith([fault, `faults:\n${text}`]);

  test("each have a time, and those that last an end", async () => {
    const text = faults("  - { hang: { service: app, for: 5s } }\n  - { crash: { service: redis, at: 1.5s } }\n");
    const [loaded] = await load({ "scenarios/it.yaml": text });
    expect(loaded?.faults).toEqual([
      { kind: "hang", params: { service: "app" }, at: 0, for: 5000 },
      { kind: "crash", params: { service: "redis" }, at: 1500 },
    ]);
  });

  test.each([
    ["one alone", "  - { crash: { service: app } }\n", "faults: wanted at least 2 items; got 1"],
    [
      "an end of what has none",
      "  - { crash: { service: app, for: 5s } }\n  - { crash: { service: app } }\n",
      'unknown key "for"',
    ],
    [
      "a service that is not there",
      "  - { crash: { service: app } }\n  - { crash: { service: mongo } }\n",
      'no service "mongo"',
    ],
  ])("%s is refused", async (_, text, wanted) => {
    expect(await refused(faults(text))).toContain(wanted);
  });

  test("beside one are refused", async () => {
    const both = goodTextWith([
      fault,
      `${fault}\nfaults: [{ crash: { service: app } }, { crash: { service: redis } }]`,
    ]);
    expect(await refused(both)).toContain("`fault` is one, `faults` are several: not both");
  });
});

test("one fault has no time of its own to be injected", async () => {
  expect(await refused(goodTextWith([fault, "fault: { crash: { service: app, at: 1s } }"]))).toContain(
    'unknown key "at"',
  );
});

describe("a recovery", () => {
  test("measured from the fault's end needs a fault that ends", async () => {
    const text = goodTextWith(["  within: 5s\n", "  within: 5s\n  measuredFrom: fault-end\n"]);
    expect(await refused(text)).toContain("fault-end needs a fault that ends: give `fault.crash` a time (for: 15s)");
  });

  test("in an order needs several services", async () => {
    const text = goodTextWith(["  within: 5s\n", "  within: 5s\n  of: [app]\n  inOrder: true\n"]);
    expect(await refused(text)).toContain("an order needs two services or more in `of`");
  });

  test("of a service that is not there is refused", async () => {
    const text = goodTextWith(["  within: 5s\n", "  within: 5s\n  of: [ap]\n"]);
    expect(await refused(text)).toContain('no service "ap" in ../compose.yaml');
  });
});

describe("what is claimed", () => {
  const control = ["    expect: never-recovered\n", "    expect: never-escalated\n"] as const;

  test("may be that a person is called, with a control in which nobody is", async () => {
    const text = goal(calls).replace(...control);
    const [loaded] = await load({ "scenarios/it.yaml": text });
    expect(loaded?.scenario.escalation).toMatchObject({ within: 20_000, stableFor: 3000 });
  });

  test("is one thing", async () => {
    expect(await refused(goodTextWith(["controls:", `${calls}controls:`]))).toContain(
      "`recovery` and `escalation` do not go together",
    );
    expect(await refused(goal(""))).toContain('missing key "recovery" in a scenario');
  });

  test("has a control that fits it", async () => {
    expect(await refused(goal(calls))).toContain(
      "a control of `escalation` expects never-escalated; got never-recovered",
    );
  });

  test("needs a control also where nobody heals, or a reason", async () => {
    const text = goal(calls);
    const without = text.slice(0, text.indexOf("controls:"));
    expect(await refused(without)).toContain("in which what it claims must not be seen");
    const [loaded] = await load({ "scenarios/it.yaml": `${without}uncontrolled: nobody could call anybody else\n` });
    expect(loaded?.scenario.uncontrolled).toBeDefined();
  });
});

describe("a control in which something is otherwise", () => {
  const given = (text: string) =>
    goodTextWith(["  - without: restart-policy\n", `  - without: restart-policy\n${text}`]);

  test("is called after that", async () => {
    const more = "    override: { app: { restart: no } }\n    expect: never-recovered\n  - ";
    const text = given(`${more}given: the app is Alone!\n`).replace(/restart: no /, 'restart: "no" ');
    const [loaded] = await load({ "scenarios/it.yaml": text });
    if (!loaded) throw new Error("it was loaded");
    const [, , plan] = planTrials(loaded, { control: true });
    expect(plan).toMatchObject({ id: "app-crash/given-the-app-is-alone", control: { given: "the app is Alone!" } });
  });

  test("switches no healer off besides", async () => {
    expect(await refused(given("    given: the app is alone\n"))).toContain(
      "either which healer is switched off (without)",
    );
  });
});

describe("a control in which data is lost", () => {
  const asked = "\nledger: { service: redis, check: [check] }\n";
  const losing = (otherwise: string) => `
  - { ${otherwise}, override: { redis: { command: [redis-server] } }, expect: data-lost }`;
  const given = losing("given: redis forgets");
  const endOfControl = "    expect: never-recovered\n";
  const text = (control: string, ledger = asked) =>
    goodTextWith([endOfControl, `${endOfControl.trimEnd()}${control}${ledger}`]);

  test("is the scenario's own trial under it, of which the ledger must say what is missing", async () => {
    const [loaded] = await load({ "scenarios/it.yaml": text(given) });
    if (!loaded) throw new Error("nothing was loaded");
    const [trial, without, loses] = planTrials(loaded, { control: true });
    expect(loses?.id).toBe("app-crash/given-redis-forgets");
    expect(loses?.ledger).toMatchObject({ service: "redis", lossExpected: true });
    expect(loses?.acts).toMatchObject([
      { expect: "recovered", recovery: { healedBy: "restart-policy", within: 5000 } },
    ]);
    for (const other of [trial, without]) expect(other?.ledger).not.toHaveProperty("lossExpected");
  });

  test.each([
    ["no ledger to say so", text(given, "\n"), "only a ledger can say that data was lost"],
    ["a healer switched off", text(losing("without: restart-policy")), "data-lost goes with given"],
  ])("with %s is refused", async (_, wrong, wanted) => {
    expect(await refused(wrong)).toContain(wanted);
  });
});

describe("a control in which another healer heals", () => {
  const expects = (text: string) => goodTextWith(["    expect: never-recovered\n", text]);

  test("says which, and may say how slow it is", async () => {
    const text = expects("    expect: recovered\n    healedBy: watchdog\n    notBefore: 2s\n");
    const [loaded] = await load({ "scenarios/it.yaml": text });
    expect(loaded?.scenario.controls[0]).toMatchObject({ healedBy: "watchdog", notBefore: 2000 });
  });

  test.each([
    ["    expect: recovered\n", "recovered goes with healedBy, and only that does"],
    ["    expect: recovered\n    healedBy: restart-policy\n", "what is switched off cannot be what heals"],
    ["    expect: never-recovered\n    notBefore: 2s\n", "it goes with expect: recovered"],
  ])("%j is refused", async (text, wanted) => {
    expect(await refused(expects(text))).toContain(wanted);
  });
});
