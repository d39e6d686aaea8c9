import type { AnyFault } from "../fault/define.ts";
import { needsTheLab } from "../fault/lab-of.ts";
import { stretchLimits } from "../limit.ts";
import type { TrialPlan } from "../plan.ts";
import { slowed } from "../plan-slowed.ts";
import type { LeftOut } from "../scenario/left-out.ts";
import type { LoadedScenario } from "../scenario/load.ts";
import { everyWrittenFault } from "../scenario/misfits.ts";
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
  const labs = found.filter(({ scenario }) => everyWrittenFault(scenario).some(({ kind }) => takesTheMachine(kind)));
  const names = labs.map(({ scenario }) => scenario.name);
  if (labs.length > 0 && labs.length === found.length) throw needsTheLab(names);
  return {
    loaded: found.filter((it) => !labs.includes(it)),
    elsewhere: names.map((what) => ({ what, why: "it breaks a whole machine: healproof run --target vagrant" })),
  };
}

interface LabRun extends Disposable {
  readonly plans: readonly TrialPlan[];
}

/** The lab, where that is the target; opened only then, as it takes programs that are rarely there. */
export async function labAt(target: Target, tell: (what: string) => void): Promise<Lab | undefined> {
  if (target !== "vagrant") return undefined;
  const { openLab } = await import("../stack/lab/lab.ts");
  return openLab({ folder: process.cwd(), tell });
}

/** The lab that something may have been left in: where there is none, none is made. */
export async function labToClean(tell: (what: string) => void): Promise<Lab | undefined> {
  const { isThere, openLab } = await import("../stack/lab/lab.ts");
  const folder = process.cwd();
  return (await isThere(folder)) ? openLab({ folder, tell }) : undefined;
}

/** Plans as they are in the lab, with all that they need brought there, and limits as it is fast. */
export async function movedTo(lab: Lab, planned: readonly TrialPlan[], tell: (what: string) => void): Promise<LabRun> {
  const plans = planned.map((it) => ({
    ...it,
    stack: { ...it.stack, variables: { ...lab.variables, ...it.stack.variables } },
  }));
  const images = await Promise.all(
    plans.map(async ({ stack }) => {
      const { model, services } = await checkedStack(stack);
      refuseFilesOutside(model, services, process.cwd());
      const chosen = services.flatMap((it) => [stack.overrides[it]?.image, model.services[it]?.image]);
      return chosen.filter((it) => it !== undefined);
    }),
  );
  await lab.bring([...new Set(images.flat())]);
  const by = await lab.slowness();
  if (by > 1)
    tell(
      `the lab is emulated, and ${by.toFixed(1)} times slower than this machine: so much longer are budgets and limits`,
    );
  const stretching = stretchLimits(by);
  return { plans: plans.map((it) => slowed(it, by)), [Symbol.dispose]: () => stretching[Symbol.dispose]() };
}
