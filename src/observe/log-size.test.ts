import { expect, test } from "vitest";
import { eventually } from "../stack/testing/playground.ts";
import { observeLogSize } from "./log-size.ts";
import { runningContainer } from "./testing/running-container.ts";
import { Observed } from "./testing/tools.ts";

test("what the engine keeps is a sample; a container that is gone, or goes meanwhile, gives none", async () => {
  using observed = new Observed();
  const looks = [undefined, runningContainer];
  const sizes = [undefined, 4096];
  const containers = {
    lookAt: async () => (looks.length > 0 ? looks.shift() : runningContainer),
    logSize: async () => (sizes.length > 1 ? sizes.shift() : sizes[0]),
  };
  const done = observeLogSize(containers, { id: "size", service: "app" }, observed.tools);
  await eventually("a sample", () => observed.values().length > 0, 10_000);
  observed.end();
  await done;
  expect(observed.values()[0]).toBe(4096);
  expect(observed.journal.records[0]).toMatchObject({ kind: "series", observer: "log", everyMs: 2000 });
});
