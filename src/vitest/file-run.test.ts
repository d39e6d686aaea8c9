import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { builtInFaults } from "../fault/registry.ts";
import type { TrialPlan } from "../plan.ts";
import type { PlannedMatrix } from "../plan-matrix.ts";
import type { RunRecord } from "../report/run-record.ts";
import { matrixRun } from "../report/testing/sample-runs.ts";
import type { RunOptions } from "../run.ts";
import { loadScenarios } from "../scenario/load.ts";
import { FileRun, type GateOptions, type Runner } from "./file-run.ts";
import { trialOf } from "./testing/finished.ts";

/** The one run of a test file, with trials that are over before they began. */

const { run: record, journals } = matrixRun();
const folders: string[] = [];

afterEach(() => {
  vi.restoreAllMocks();
  for (const it of folders.splice(0)) rmSync(it, { recursive: true });
});

interface Seen {
  started: number;
  readonly run: string[];
  recorded?: { readonly trials: readonly string[]; readonly notRun: RunRecord["notRun"] };
  matrix?: PlannedMatrix | undefined;
  ended: number;
}

function fileRun(reject?: string, options: GateOptions = {}): { file: FileRun; seen: Seen } {
  const out = mkdtempSync(join(tmpdir(), "file-run-"));
  folders.push(out);
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const seen: Seen = { started: 0, run: [], ended: 0 };
  const start = async (options: RunOptions): Promise<Runner> => {
    seen.started++;
    return {
      folder: join(options.out, "this-run"),
      trial: async (plan) => {
        seen.run.push(plan.id);
        const journal = journals.get(plan.id);
        if (plan.id === reject || !journal) throw new Error("it never began");
        return { ...trialOf(journal), plan };
      },
      record: (finished, notRun = [], matrix) => {
        seen.recorded = { trials: finished.map((it) => it.plan.id), notRun };
        if (matrix) seen.matrix = matrix;
        return { ...record, notRun };
      },
      [Symbol.asyncDispose]: async () => {
        seen.ended++;
      },
    };
  };
  return { file: new FileRun({ ...options, out }, start), seen };
}

const planOf = (id: string): TrialPlan => {
  const journal = journals.get(id);
  if (!journal) throw new Error(`there is no sample called ${id}`);
  return trialOf(journal).plan;
};

test("nothing is started for a file that runs nothing", async () => {
  const { file, seen } = fileRun();
  await file.close();
  expect(seen).toEqual({ started: 0, run: [], ended: 0 });
});

test("all trials of a file share one run, which ends once they are over, with its reports written", async () => {
  const { file, seen } = fileRun();
  const trials = Promise.all([file.trial(planOf("app-crash")), file.trial(planOf("app-hang"))]);
  await file.close();
  expect(seen).toMatchObject({ started: 1, ended: 1, recorded: { trials: ["app-crash", "app-hang"], notRun: [] } });
  const [first] = await trials;
  expect(await file.journalOf(first)).toMatch(/this-run\/app-crash\/journal\.ndjson$/);
  expect(readFileSync(join(folders[0] ?? "", "latest", "index.html"), "utf8")).toContain("app-hang");
});

test("a retry gets what has become of the trial: nothing is run twice", async () => {
  const { file, seen } = fileRun("app-crash");
  const first = file.trial(planOf("app-crash"));
  await expect(first).rejects.toThrow("it never began");
  await expect(file.trial(structuredClone(planOf("app-crash")))).rejects.toThrow("it never began");
  expect(seen.run).toEqual(["app-crash"]);
});

test("another scenario of the same name is refused", async () => {
  const { file } = fileRun();
  await file.trial(planOf("app-crash"));
  expect(() => file.trial({ ...planOf("app-crash"), claim: "Something else" })).toThrow(
    'another scenario of this test file is called "app-crash"',
  );
});

test("a trial that failed is in the report as not run, and others are not hurt by it", async () => {
  const { file, seen } = fileRun("app-crash");
  await Promise.allSettled([file.trial(planOf("app-crash")), file.trial(planOf("app-hang"))]);
  await file.close();
  expect(seen.recorded).toEqual({ trials: ["app-hang"], notRun: [{ what: "app-crash", why: "it never began" }] });
});

test("a scenario is run with its controls; left out, they are in the report as not run", async () => {
  const [loaded] = await loadScenarios(["scenarios/process/app-crash.yaml"], { faults: builtInFaults });
  if (!loaded) throw new Error("there is no such scenario");
  const control = "app-crash/without-restart-policy";
  const whole = fileRun();
  const { judgement, trials } = await whole.file.scenario(loaded);
  expect(whole.seen.run).toEqual(["app-crash", control]);
  expect([judgement.trial.id, judgement.controls.map((it) => it.id), trials.length]).toEqual([
    "app-crash",
    [control],
    2,
  ]);
  const half = fileRun();
  await half.file.scenario(loaded, { control: false });
  await half.file.close();
  expect(half.seen.run).toEqual(["app-crash"]);
  expect(half.seen.recorded?.notRun).toEqual([{ what: control, why: "control: false" }]);
});

test("what is broken on purpose is in no report", async () => {
  const { file, seen } = fileRun();
  await file.trial({ ...planOf("app-crash"), variant: "lame" });
  await file.close();
  expect(seen.recorded?.trials).toEqual([]);
});

describe("against broken healers", () => {
  const cells = record.matrix?.cells ?? [];
  const matrix: PlannedMatrix = {
    healers: record.matrix?.healers ?? [],
    scenarios: record.matrix?.scenarios ?? [],
    cells,
  };
  const scenarios = ["app-crash", "app-hang", "watchdog-crash"];
  const start = (reject?: string) => {
    const { file, seen } = fileRun(reject);
    for (const it of scenarios) file.trial(planOf(it)).catch(() => undefined);
    file.against({ matrix, trials: cells.flatMap((it) => (it.trial === undefined ? [] : planOf(it.trial))) });
    return { file, seen };
  };

  test("their trials are run besides, once each, and are in the report with their matrix", async () => {
    const { file, seen } = start();
    await file
      .trial({ ...planOf("app-crash"), id: "app-crash/variant-toothless", variant: "toothless" })
      .catch(() => undefined);
    await file.close();
    const tried = cells.flatMap((it) => it.trial ?? []);
    expect(seen.run.slice(0, scenarios.length)).toEqual(scenarios);
    expect(seen.run.toSorted()).toEqual([...scenarios, ...tried, "app-crash/variant-toothless"].toSorted());
    expect(seen.recorded?.trials).toEqual([...scenarios, ...tried]);
    expect(seen.matrix).toEqual(matrix);
  });

  test("each is judged once the trials against them are over", async () => {
    const { file } = start();
    expect(await file.brokenHealer("watchdog-blind")).toMatchObject({
      outcome: "proven",
      explanation: "caught by app-hang",
    });
    expect((await file.brokenHealer("watchdog-timid-runbook")).outcome).toBe("refuted");
    expect((await file.brokenHealer("watchdog-wrong")).outcome).toBe("inconclusive");
    expect((await file.brokenHealer("host-units-stay-dead")).explanation).toContain("no scenario is concerned by it");
  });

  test.each(["app-hang/variant-watchdog-blind", "app-hang"])(
    "one is not caught for sure where %s never began",
    async (reject) => {
      const { file } = start(reject);
      expect((await file.brokenHealer("watchdog-blind")).outcome).toBe("inconclusive");
    },
  );
});

test("what is left out on purpose is in the report as not run", async () => {
  const leftOut = [{ what: "host-power-loss", why: "left out: tagged lab" }];
  const { file, seen } = fileRun(undefined, { leftOut });
  await file.trial(planOf("app-crash"));
  await file.close();
  expect(seen.recorded?.notRun).toEqual(leftOut);
});

test("a run that cannot start is told by each trial, and there is nothing to close", async () => {
  const file = new FileRun({}, () => Promise.reject(new Error("no container engine answers")));
  await expect(file.trial(planOf("app-crash"))).rejects.toThrow("no container engine answers");
  await file.close();
});
