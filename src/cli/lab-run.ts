import { exitCode, KnownError } from "../errors.ts";
import type { AnyFault } from "../fault/define.ts";
import { needsTheLab } from "../fault/lab-of.ts";
import { stretchLimits } from "../limit.ts";
import type { TrialPlan } from "../plan.ts";
import { slowed } from "../plan-slowed.ts";
import type { LeftOut } from "../scenario/left-out.ts";
import type { LoadedScenario } from "../scenario/load.ts";
import { hasMachine } from "../scenario/machine.ts";
import { everyWrittenFault } from "../scenario/written-faults.ts";
import { checkedStack } from "../stack/containers.ts";
import { refuseFilesOutside } from "../stack/lab/files.ts";
import type { Lab, LabOrder } from "../stack/lab/lab.ts";
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
  const labs = found.filter(
    ({ scenario }) => hasMachine(scenario) || everyWrittenFault(scenario).some(({ kind }) => takesTheMachine(kind)),
  );
  const names = labs.map(({ scenario }) => scenario.name);
  if (labs.length > 0 && labs.length === found.length) throw needsTheLab(names);
  return {
    loaded: found.filter((it) => !labs.includes(it)),
    elsewhere: names.map((what) => ({ what, why: "it breaks a whole machine: healproof run --target vagrant" })),
  };
}

/** A run in the lab, for as long as it is not disposed of. */
export interface LabRun extends AsyncDisposable {
  readonly plans: readonly TrialPlan[];
  readonly lab: { readonly host: Lab["host"]; readonly stacks: ReturnType<Lab["stacksOf"]> };
}

type Order = Pick<LabOrder, "tell" | "signal">;

/** The lab that something may have been left in: where there is none, none is made. */
export async function labToClean(order: Order): Promise<Lab | undefined> {
  const { openLabThatIsThere } = await loadLab();
  return openLabThatIsThere({ ...order, folder: process.cwd() });
}

/** The lab where that is the target: what stays in it can be broken by hand and taken down. An error where there is none. */
export async function labOfKeptStacks(target: Target, order: Order): Promise<Lab | undefined> {
  if (target !== "vagrant") return undefined;
  const lab = await labToClean(order);
  if (lab) return lab;
  throw new KnownError("no-lab", "there is no lab, so nothing stays in it", {
    facts: { "looked in": process.cwd(), try: "healproof run --keep --target vagrant" },
    exitCode: exitCode.usage,
  });
}

/** Opens the lab, and has all that the plans need brought there: plans as they are in there, and limits as it is fast. */
export async function moveToLab(planned: readonly TrialPlan[], order: Order): Promise<LabRun> {
  const { openLab } = await loadLab();
  await using opened = new AsyncDisposableStack();
  const lab = opened.use(await openLab({ ...order, folder: process.cwd() }));
  await lab.refuseFilesInMemory();
  const moved = planned.map((it) => ({
    ...it,
    stack: { ...it.stack, variables: { ...lab.variables, ...it.stack.variables } },
  }));
  const images = await Promise.all(
    moved.map(async ({ stack }) => {
      const { model, services } = await checkedStack(stack);
      refuseFilesOutside(model, services, process.cwd());
      const chosen = services.flatMap((it) => [stack.overrides[it]?.image, model.services[it]?.image]);
      return chosen.filter((it) => it !== undefined);
    }),
  );
  await lab.bring([...new Set(images.flat())]);
  const by = await lab.slowness();
  if (by > 1)
    order.tell(
      `the lab is emulated, and ${by.toFixed(1)} times slower than this machine: so much longer are budgets and limits`,
    );
  opened.use(stretchLimits(by));
  const plans = moved.map((it) => slowed(it, by));
  const stacks = lab.stacksOf(plans);
  const all = opened.move();
  return { plans, lab: { host: lab.host, stacks }, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** Only where it is the target, as it takes programs that are rarely there. */
const loadLab = () => import("../stack/lab/lab.ts");
