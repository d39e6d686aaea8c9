import { defineConfig } from "vitest/config";

const needsEngine = ["{src,docs}/**/*.{integration,e2e}.test.ts", "fixtures/*/src/**/*.integration.test.ts"];

export default defineConfig({
  test: {
    // Run one after the other: what is timed should not share the machine with what is not.
    projects: [
      {
        test: {
          name: "unit",
          // Pure functions: nothing to keep apart, and importing everything anew for each file is most of the time.
          isolate: false,
          maxWorkers: 2,
          include: ["{src,docs}/**/*.test.ts", "scripts/**/*.test.ts", "fixtures/*/src/**/*.test.ts"],
          exclude: [...needsEngine, "**/node_modules/**"],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "engine",
          include: needsEngine,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "scenarios",
          include: ["scenarios/**/*.test.ts"],
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
