import type { TrialPlan } from "../../plan.ts";
import { type StackOrder, type StackStart, startContainers } from "../containers.ts";
import type { StartedStack } from "../stack.ts";

/** The lab's machine as a whole, kept as it is at a moment: memory and disk. */
export interface Snapshot {
  /** An earlier one is forgotten. */
  take(): Promise<void>;
  /** The machine runs as it did then, its clock right; whoever was connected to it is not any more. */
  restore(): Promise<void>;
  /** Having none is a success. */
  forget(): Promise<void>;
}

/**
 * The stacks of trials that have the lab to themselves, one after the other. What a trial needs and the one before it had, too, is not
 * started anew, which takes minutes where the lab is emulated: the machine is put back to the moment when that stack had come up.
 */
export class LabStacks {
  readonly #snapshot: Snapshot;
  readonly #start: StackStart;
  /** How many trials are still to come that need the same. */
  readonly #toCome = new Map<string, number>();
  #kept: { readonly key: string; readonly stack: StartedStack } | undefined;

  constructor(snapshot: Snapshot, plans: readonly TrialPlan[], start: StackStart = startContainers) {
    this.#snapshot = snapshot;
    this.#start = start;
    for (const key of plans.map(keyOf)) this.#toCome.set(key, (this.#toCome.get(key) ?? 0) + 1);
  }

  /** `putBack`: the machine was, so that nothing is connected to it any more. */
  async start(
    order: StackOrder,
    signal: AbortSignal,
  ): Promise<{ readonly stack: StartedStack; readonly putBack: boolean }> {
    const key = keyOf(order.plan);
    const left = (this.#toCome.get(key) ?? 1) - 1;
    this.#toCome.set(key, left);
    if (this.#kept?.key === key) {
      const { stack } = this.#kept;
      await this.#snapshot.restore();
      return { stack: await stack.again(), putBack: true };
    }
    await this.forget();
    const stack = await this.#start(order, signal);
    if (left > 0) {
      await this.#snapshot.take();
      this.#kept = { key, stack };
    }
    return { stack, putBack: false };
  }

  async forget(): Promise<void> {
    if (this.#kept) await this.#snapshot.forget();
    this.#kept = undefined;
  }
}

const keyOf = ({ stack }: TrialPlan): string => JSON.stringify(stack);
