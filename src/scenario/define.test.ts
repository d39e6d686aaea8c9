import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { defineFault } from "../fault/define.ts";
import { builtInFaults } from "../fault/registry.ts";
import { planTrials } from "../plan-trials.ts";
import { type ScenarioText, scenario, scenarioWith } from "./define.ts";
import { loadScenarios } from "./load.ts";
import { goodText, inFolder } from "./testing.ts";

const isReady = [
  { metric: 'up{job="app"}', is: 1 },
  { probe: "http://app:8080/readyz", status: 200 },
] as const;

/** The good scenario of the other tests, in TypeScript. */
const good = (compose: string) =>
  ({
    name: "app-crash",
    claim: "When the app is killed, it is back within 5 s",
    tags: ["gate"],
    stack: { compose, prometheus: "http://prometheus:9090" },
    fault: { crash: { service: "app" } },
    recovery: {
      within: "5s",
      healedBy: "restart-policy",
      when: isReady,
      stableFor: "3s",
      corroboratedBy: [{ counter: 'recoveries_total{service="app"}', increases: true, within: "10s" }],
    },
    controls: [{ without: "restart-policy", override: { app: { restart: "no" } }, expect: "never-recovered" }],
  }) as const satisfies ScenarioText;

/** Uses the good scenario beside a Compose file that is there. */
const withGood = (use: (text: ReturnType<typeof good>, root: string) => void | Promise<void>) =>
  inFolder({}, async (root) => use(good(join(root, "compose.yaml")), root));

const refusal = (make: () => unknown): string => {
  try {
    make();
  } catch (thrown) {
    return `\n${thrown}\n`;
  }
  return "not refused";
};

test("a scenario in TypeScript means what the same text means in YAML", async () => {
  await inFolder({ "it.yaml": goodText.replace("../", "./") }, async (root) => {
    const [fromYaml] = await loadScenarios([join(root, "it.yaml")], { faults: builtInFaults, root });
    if (!fromYaml) throw new Error("nothing was loaded");
    expect(parse(goodText.replace("../", "./"))).toMatchObject({ ...good("./compose.yaml") });
    const { file: _, ...typed } = planTrials(scenario(good(join(root, "compose.yaml"))), { control: true })[1] ?? {};
    expect(planTrials(fromYaml, { control: true })[1]).toMatchObject(typed);
  });
});

test("everything that is wrong is told at once, each with its path", async () => {
  await withGood((text) => {
    const within: string = "5";
    const wrong = {
      ...text,
      name: "App Crash",
      recovery: { ...text.recovery, within, when: [{ ...isReady[0], is: "up" }, isReady[1]] },
    };
    // @ts-expect-error a text is no number
    expect(refusal(() => scenario(wrong))).toMatchInlineSnapshot(`
      "
      the scenario "App Crash" is not valid
        name: wanted lower-case words joined by hyphens; got "App Crash"
        recovery.within: wanted a duration with its unit, such as 250ms, 5s or 2m; got "5"
        recovery.when[0].is: wanted a number; got "up"
      "
    `);
  });
});

test("what does not fit the Compose file is told with its path", async () => {
  await withGood((text) => {
    const wrong = { ...text, fault: { crash: { service: "ap" } }, ledger: { service: "redos", check: ["check"] } };
    expect(refusal(() => scenario(wrong)).replaceAll(/\S+\/compose/g, "compose")).toMatchInlineSnapshot(`
      "
      the scenario "app-crash" is not valid
        fault.crash.service: no service "ap" in compose.yaml (it has app, redis, watchdog, prometheus); did you mean "app"?
        ledger.service: no service "redos" in compose.yaml (it has app, redis, watchdog, prometheus); did you mean "redis"?
      "
    `);
  });
});

test("a Compose file that is not there", async () => {
  await withGood((text, root) => {
    const compose = join(root, "compse.yaml");
    expect(refusal(() => scenario({ ...text, stack: { compose } })).replaceAll(root, "…")).toMatchInlineSnapshot(`
      "
      the scenario "app-crash" is not valid
        stack.compose: no such Compose file: …/compse.yaml; did you mean "compose.yaml"?
      "
    `);
  });
});

test("what is done to the text later does not change the scenario", async () => {
  await withGood((text) => {
    const tags = ["one"];
    const made = scenario({ ...text, tags });
    tags.push("two");
    expect(made.scenario.tags).toEqual(["one"]);
    expect(made.written).toMatchObject({ tags: ["one"] });
  });
});

test("faults of one's own are known to a function made with them", async () => {
  const tickle = defineFault({
    ...unharmful,
    kind: "tickle",
    params: z.strictObject({ service: z.string(), softly: z.boolean().optional() }),
  });
  const mine = scenarioWith([...builtInFaults, tickle]);
  await withGood((text) => {
    expect(mine({ ...text, fault: { tickle: { service: "app", softly: true } } }).faults).toEqual([
      { kind: "tickle", params: { service: "app", softly: true }, at: 0 },
    ]);
    // @ts-expect-error the built-in ones do not have it
    expect(refusal(() => scenario({ ...text, fault: { tickle: { service: "app" } } }))).toContain("tickle");
  });
});

const unharmful = {
  summary: "Nothing.",
  aimed: z.strictObject({}),
  ends: "at-once",
  lasts: false,
  describe: () => "nothing",
  aim: async () => ({}),
  inject: async () => ({ from: 0, to: 0 }),
  witness: async () => undefined,
  undo: async () => "nothing",
} as const;

/** Each line below the comment compiles only if the types let through what they must not: tsc then fails on the comment. */
describe("what the types refuse, the schema refuses too", () => {
  test("a parameter that a fault does not have, or of another type, or that lacks", async () => {
    await withGood((text) => {
      // @ts-expect-error
      expect(refusal(() => scenario({ ...text, fault: { crash: { servce: "app" } } }))).toContain("fault.crash.servce");
      // @ts-expect-error
      expect(refusal(() => scenario({ ...text, fault: { crash: { service: 5 } } }))).toContain("fault.crash.service");
      // @ts-expect-error
      expect(refusal(() => scenario({ ...text, fault: { crash: {} } }))).toContain('missing key "service"');
    });
  });

  test("a fault that does not exist, or two where there is one", async () => {
    await withGood((text) => {
      // @ts-expect-error
      expect(refusal(() => scenario({ ...text, fault: { meteor: { service: "app" } } }))).toContain("meteor");
      const two = { crash: { service: "app" }, hang: { service: "app" } };
      // @ts-expect-error
      expect(refusal(() => scenario({ ...text, fault: two }))).toContain("wanted one fault");
    });
  });

  test("a time for a fault that is over at once", async () => {
    await withGood((text) => {
      expect(scenario({ ...text, fault: { hang: { service: "app", for: "2s" } } }).faults[0]?.for).toBe(2000);
      // @ts-expect-error
      expect(refusal(() => scenario({ ...text, fault: { crash: { service: "app", for: "2s" } } }))).toContain('"for"');
    });
  });

  test("a fault of afterwards and one in a list are typed like any other", async () => {
    await withGood((text) => {
      const recovery = { within: "5s", healedBy: "watchdog", when: isReady } as const;
      // @ts-expect-error
      const later = () => scenario({ ...text, afterwards: { fault: { hang: { servce: "app" } }, recovery } });
      expect(refusal(later)).toContain("afterwards.fault.hang.servce");
      const { fault: _, ...rest } = text;
      const at = [{ crash: { service: "app" } }, { hang: { service: "app", at: "1s" } }] as const;
      expect(scenario({ ...rest, faults: at }).faults).toHaveLength(2);
      const wrong = () =>
        // @ts-expect-error
        scenario({ ...rest, faults: [{ crash: { service: "app" } }, { hang: { service: "app", att: "1s" } }] });
      expect(refusal(wrong)).toContain("faults[1].hang.att");
    });
  });

  test("a healer that does not exist, and a condition that is none", async () => {
    await withGood((text) => {
      // @ts-expect-error
      const magic = () => scenario({ ...text, recovery: { ...text.recovery, healedBy: "magic" } });
      expect(refusal(magic)).toContain("recovery.healedBy");
      // @ts-expect-error
      const never = () => scenario({ ...text, never: [{ metrc: "up", is: 0 }] });
      expect(refusal(never)).toContain("never[0].metrc");
    });
  });
});
