import { exitCode, KnownError } from "../errors.ts";
import type { AnyFault } from "../fault/define.ts";
import type { Host } from "../fault/host.ts";
import { stretchLimits } from "../limit.ts";
import type { TrialPlan } from "../plan.ts";
import { slowed } from "../plan-slowed.ts";
import { planTrials } from "../plan-trials.ts";
import type { Progress } from "../progress.ts";
import type { LeftOut } from "../scenario/left-out.ts";
import type { LoadedScenario } from "../scenario/load.ts";
import { checkedStack } from "../stack/containers.ts";
import { refuseFilesOutside } from "../stack/lab/files.ts";
import type { Lab } from "../stack/lab/lab.ts";
import type { Target } from "./target.ts";

/** What of a run is different in the lab. */

/** The scenarios that this target can run; the others, with the reason. An error where that is none. */
export function forTarget(
  target: Target,
  found: readonly LoadedScenario[],
  faults: readonly AnyFault[],
): { readonly loaded: readonly LoadedScenario[]; readonly elsewhere: readonly LeftOut[] } {
  if (target === "vagrant") return { loaded: found, elsewhere: [] };
  const takesTheMachine = (kind: string) => faults.find((it) => it.kind === kind)?.takesEngine === true;
  const isForTheLab = (loaded: LoadedScenario) =>
    planTrials(loaded, { control: false }).some(({ acts }) =>
      acts.some((act) => act.faults.some(({ kind }) => takesTheMachine(kind))),
    );
  const labs = found.filter(isForTheLab);
  const names = labs.map(({ scenario }) => scenario.name);
  if (labs.length > 0 && labs.length === found.length)
    throw new KnownError("needs-the-lab", "this breaks a whole machine, and does so in the lab alone", {
      facts: { in: names.join(", "), try: "--target vagrant; docs/lab.md says what that takes" },
      exitCode: exitCode.usage,
    });
  return {
    loaded: found.filter((it) => !labs.includes(it)),
    elsewhere: names.map((what) => ({ what, why: "it breaks a whole machine: healproof run --target vagrant" })),
  };
}

export interface LabRun extends AsyncDisposable {
  readonly plans: readonly TrialPlan[];
  readonly host: Host;
}

/** The lab, with all that these plans need in it, and the plans as they are there. */
export async function labFor(planned: readonly TrialPlan[], progress: Progress): Promise<LabRun> {
  const { openLab } = await import("../stack/lab/lab.ts");
  const folder = process.cwd();
  const lab = await openLab({ folder, tell: (what) => progress.line(what) });
  const plans = planned.map((it) => ({
    ...it,
    stack: { ...it.stack, variables: { ...lab.variables, ...it.stack.variables } },
  }));
  try {
    const images = await Promise.all(
      plans.map(async ({ stack }) => {
        const { model, services } = await checkedStack(stack);
        refuseFilesOutside(model, services, folder);
        const chosen = services.flatMap((it) => [stack.overrides[it]?.image, model.services[it]?.image]);
        return chosen.filter((it) => it !== undefined);
      }),
    );
    await lab.bring([...new Set(images.flat())]);
    const by = await lab.slowness();
    if (by === 1) return labOf(lab, plans);
    progress.line(
      `the lab is emulated, and ${by.toFixed(1)} times slower than this machine: so much longer are budgets and limits`,
    );
    const stretching = stretchLimits(by);
    return labOf(
      lab,
      plans.map((it) => slowed(it, by)),
      stretching,
    );
  } catch (thrown) {
    await lab[Symbol.asyncDispose]();
    throw thrown;
  }
}

const labOf = (lab: Lab, plans: readonly TrialPlan[], stretching?: Disposable): LabRun => ({
  plans,
  host: lab.host,
  async [Symbol.asyncDispose]() {
    stretching?.[Symbol.dispose]();
    await lab[Symbol.asyncDispose]();
  },
});
