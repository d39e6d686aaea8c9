import { defineConfig } from "vitest/config";

/** Others' programs say whether the plug and its exporter speak the plug's protocol; where there is no Python for them it is said so. */
const independent = "fixtures/{plug,tapo-exporter}/src/independent-*.integration.test.ts";

const needsEngine = ["{src,scripts}/**/*.integration.test.ts", independent];

/** Each brings up stacks, whose healthchecks fail where too many start at once. */
const needsStacks = ["src/**/*.e2e.test.ts"];

/** The scenarios, and the pages' commands, which run some: their verdicts are to say what the stack can do, not what the neighbours do. */
const proofs = ["scenarios/**/*.test.ts", "docs/**/*.e2e.test.ts"];

/** Only by `npm run test:full`, as it takes longer than anybody waits for a gate: every fault by hand, every part of the reference stack. */
const fullParts = ["{src,fixtures/*/src}/**/*.full.test.ts", "fixtures/*/src/**/*.integration.test.ts"];

/** And every scenario. */
const fullSet = ["scenarios/full.test.ts"];

/** Only says that something hangs: how long a test takes on a busy machine is no result. */
const testTimeout = 60_000;

export default defineConfig({
  test: {
    // What the programs under test log is of interest where something failed.
    silent: "passed-only",
    // Run one after the other: what is timed should not share the machine with what is not.
    projects: [
      {
        test: {
          name: "unit",
          testTimeout,
          hookTimeout: testTimeout,
          // Pure functions: nothing to keep apart, and importing everything anew for each file is most of the time.
          isolate: false,
          // A third of its time it waits.
          maxWorkers: 3,
          include: ["{src,docs}/**/*.test.ts", "scripts/**/*.test.ts", "fixtures/*/src/**/*.test.ts"],
          exclude: [
            ...[...needsEngine, ...needsStacks, ...proofs, ...fullParts, ...fullSet],
            ...["docs/examples/**", "**/node_modules/**"],
          ],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "engine",
          testTimeout,
          hookTimeout: testTimeout,
          include: needsEngine,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "stacks",
          testTimeout,
          hookTimeout: testTimeout,
          include: needsStacks,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "scenarios",
          testTimeout,
          hookTimeout: testTimeout,
          include: proofs,
          exclude: [...fullSet, "**/node_modules/**"],
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: "full-parts",
          testTimeout,
          hookTimeout: testTimeout,
          include: fullParts,
          exclude: [independent, "**/node_modules/**"],
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          name: "full",
          testTimeout,
          hookTimeout: testTimeout,
          include: fullSet,
          // What is timed has the machine for itself.
          fileParallelism: false,
          sequence: { groupOrder: 5 },
        },
      },
    ],
  },
});
