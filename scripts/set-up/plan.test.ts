import { expect, test } from "vitest";
import { SetUpError } from "./machine.mjs";
import { type Step, setUp } from "./plan.mjs";
import { scriptedMachine } from "./scripted-machine.ts";

const log: string[] = [];

function step(name: string, lack: string | undefined, more: Partial<Step> = {}): Step {
  return {
    name,
    check: async () => {
      log.push(`check ${name}`);
      return lack;
    },
    commands: () => [`get ${name}`],
    run: async () => {
      log.push(`run ${name}`);
      return "got it";
    },
    ...more,
  };
}

async function outcome(steps: Step[], env = {}) {
  log.length = 0;
  const { machine, said } = scriptedMachine({ env });
  const error = await setUp(machine, steps, { clock: () => 0 }).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  return { said, error };
}

test("a machine that lacks nothing is left alone, without a word", async () => {
  const { said, error } = await outcome([step("engine", undefined), step("images", undefined, { needs: ["engine"] })]);
  expect({ said, error, log }).toEqual({ said: [], error: undefined, log: ["check engine", "check images"] });
});

test("only what lacks is done, and what needs it is looked at afterwards", async () => {
  const { said } = await outcome([
    step("engine", "none"),
    step("compose", undefined),
    step("images", "none", { needs: ["engine"] }),
  ]);
  expect(log).toEqual(["check engine", "check compose", "run engine", "check images", "run images"]);
  expect(said).toEqual(["set-up: engine: got it (0.0 s)", "set-up: images: got it (0.0 s)", "set-up: done in 0.0 s"]);
});

test("steps that do not need one another run side by side", async () => {
  const { promise: bothStarted, resolve } = Promise.withResolvers<void>();
  let started = 0;
  const run = async () => {
    started += 1;
    if (started === 2) resolve();
    await bothStarted; // for ever, if one waited for the other
    return "got it";
  };
  const { error } = await outcome([step("npm", "none", { run }), step("apt", "none", { run })]);
  expect(error).toBeUndefined();
});

test("a refused set-up changes nothing, and names what lacks with the commands for it", async () => {
  const { error } = await outcome(
    [step("engine", "no docker command"), step("images", "none", { needs: ["engine"] }), step("npm", undefined)],
    { HEALPROOF_SETUP: "no" },
  );
  expect(log).toEqual(["check engine", "check npm"]);
  expect(error).toBeInstanceOf(SetUpError);
  expect(error?.message).toContain("engine: no docker command");
  expect(error?.message).toContain("get engine");
  expect(error?.message).not.toContain("npm");
});

test("a failed step stops what needs it, lets the others end, and is told with its reason", async () => {
  const run = () => Promise.reject(new SetUpError("no space left"));
  const { error } = await outcome([
    step("engine", "none", { run }),
    step("images", "none", { needs: ["engine"] }),
    step("files", "none", { needs: ["images"] }),
    step("npm", "none"),
  ]);
  expect(log).toEqual(["check engine", "check npm", "run npm"]);
  expect(error?.message).toContain("engine: no space left");
});

test("a defect of the set-up itself is no advice to a person: it goes up as it is", async () => {
  const defect = new TypeError("undefined is not a function");
  const { error } = await outcome([step("engine", "none", { run: () => Promise.reject(defect) })]);
  expect(error).toBe(defect);
});
