import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { builtInFaults } from "../fault/registry.ts";
import { Healproof, leftOf } from "./testing/healproof.ts";
import { WholeStack } from "./testing/whole-stack.ts";

/**
 * Every fault by hand on the whole reference stack, with healproof killed as soon as it has bitten: `clean` puts it back, and nothing is
 * left on the real objects. One stack for all; each leaves it as it was.
 */

const healproof = new Healproof();
const hostFile = join(healproof.folder, "broken-on-the-host");
let stack: WholeStack;

/** What is broken, and of which services the state is compared. A fault without a case fails below. */
const cases: Readonly<Record<string, { readonly params: readonly string[]; readonly of: readonly string[] }>> = {
  crash: { params: ["service=payments"], of: ["payments"] },
  stop: { params: ["service=payments"], of: ["payments"] },
  restart: { params: ["service=payments"], of: ["payments"] },
  hang: { params: ["service=payments"], of: ["payments"] },
  freeze: { params: ["service=payments"], of: ["payments"] },
  oom: { params: ["service=payments", "limit=128MiB"], of: ["payments"] },
  "cpu-pressure": { params: ["service=payments", "cpus=0.05"], of: ["payments"] },
  "memory-pressure": { params: ["service=payments", "leaving=32MiB"], of: ["payments"] },
  "fd-exhaustion": { params: ["service=payments"], of: ["payments"] },
  partition: { params: ["link=app-to-redis"], of: [] },
  latency: { params: ["link=app-to-redis", "delay=300ms"], of: [] },
  bandwidth: { params: ["link=app-to-redis", "rate=1kB/s"], of: [] },
  reset: { params: ["link=app-to-redis"], of: [] },
  "slow-close": { params: ["link=app-to-redis", "delay=2s"], of: [] },
  limit: { params: ["link=app-to-redis", "bytes=1kB"], of: [] },
  isolate: { params: ["service=redis"], of: ["redis"] },
  "packet-loss": { params: ["service=redis", "share=50%"], of: ["redis"] },
  "dns-failure": { params: ["service=app"], of: ["app"] },
  "disk-fill": { params: ["service=app", "path=/var/lib/app/tmp/fill"], of: ["app"] },
  "device-power-loss": { params: ["device=payments"], of: ["payments"] },
  "bad-config": { params: ["service=payments", "set={ command: [node, -e, 'process.exit(3)'] }"], of: ["payments"] },
  exec: {
    params: [
      "service=redis",
      "run=[redis-cli, set, broken-by-exec, yes]",
      "witness=[sh, -c, 'redis-cli get broken-by-exec | grep -q yes']",
      "undo=[redis-cli, del, broken-by-exec]",
    ],
    of: ["redis"],
  },
  "exec-on-host": {
    params: [`run=[touch, ${hostFile}]`, `witness=[test, -e, ${hostFile}]`, `undo=[rm, -f, ${hostFile}]`],
    of: [],
  },
};

beforeAll(async () => {
  const scenario = join(healproof.folder, "scenario.yaml");
  writeFileSync(
    scenario,
    `name: payments-crash
claim: The restart policy has crashed payments back
stack:
  compose: ${join(process.cwd(), "fixtures/stack/compose.yaml")}
  services: [app, ledger]
fault: { crash: { service: payments } }
recovery: { within: 30s, healedBy: restart-policy, stableFor: 500ms, when: [{ probe: "http://payments:8090/healthz" }] }
uncontrolled: this scenario is only there to leave its stack
`,
  );
  stack = await WholeStack.start(healproof, scenario);
}, 180_000);

afterAll(async () => {
  if (stack !== undefined) {
    const { code, err } = await healproof.run(["down", stack.run]);
    expect(code, err).toBe(0);
    expect(await leftOf(stack.run)).toEqual([]);
  }
  healproof[Symbol.dispose]();
}, 120_000);

const steady = () => expect.poll(() => stack.isReady(), { timeout: 30_000 }).toBe(true);

// What takes the engine takes us with it, and is the lab's matter.
const here = builtInFaults.filter((it) => !it.takesEngine);
test.for(here.map((fault) => [fault.kind, fault.ends] as const))(
  "%s: killed once it has bitten, clean leaves nothing of it, and twice is harmless",
  { timeout: 180_000 },
  async ([kind, ends]) => {
    const { params, of } = cases[kind] ?? { params: [], of: [] };
    expect(params, `a case for ${kind}`).not.toEqual([]);
    await steady();
    const before = await stack.state(of, hostFile);

    const broken = healproof.start(["inject", kind, ...params.flatMap((it) => ["--param", it]), "--run", stack.run]);
    await broken.until(/ bitten /);
    broken.kill("SIGKILL");
    await broken.ended;
    // What is held is there to be seen: else this test could not fail.
    if (ends !== "at-once") expect(await stack.state(of, hostFile)).not.toEqual(before);
    expect(healproof.undoEntries()).toHaveLength(1);

    const [entry = ""] = healproof.undoEntries();
    const file = join(healproof.folder, "state", "healproof", "undo", entry);
    const text = readFileSync(file, "utf8");
    for (const _ of ["still in force", "put back already"]) {
      writeFileSync(file, text, { mode: 0o600 });
      const { code, err } = await healproof.run(["clean", stack.run]);
      expect(code, err).toBe(0);
      expect(healproof.undoEntries()).toEqual([]);
    }
    await steady();
    await expect.poll(() => stack.state(of, hostFile), { timeout: 30_000 }).toEqual(before);
  },
);
