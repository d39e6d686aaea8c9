import { join } from "node:path";
import { expect, test } from "vitest";
import { scenario } from "../../../src/index.ts";
import { scenarioRun } from "../../../src/vitest.ts";

const run = scenarioRun();

const apiAnswers = [{ probe: "http://api:8080/", status: 200 }] as const;

test("a killed API is back within 10 s, and nothing but its restart policy brings it back", async () => {
  const trial = await run(
    scenario({
      name: "api-crash",
      claim: "When the API's process is killed, the restart policy has it back within 10 s",
      stack: { compose: join(import.meta.dirname, "compose.yaml"), services: ["api"] },
      fault: { crash: { service: "api" } },
      recovery: { within: "10s", healedBy: "restart-policy", when: apiAnswers },
      controls: [{ without: "restart-policy", override: { api: { restart: "no" } }, expect: "never-recovered" }],
    }),
  );
  await expect(trial).toRecoverWithin("10s", { healedBy: "restart-policy" });
});
