import { messageOf } from "../../errors.ts";
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
  readonly #tell: (what: string) => void;
  readonly #start: StackStart;
  /** How many trials are still to come that need the same. */
  readonly #toCome = new Map<string, number>();
  #kept: { readonly key: string; readonly stack: StartedStack } | undefined;
  /** Also where keeping it failed. */
  #mayHaveSnapshot = false;
  /** Whether the machine was, or may have been, put back, and nobody was told yet. */
  #putBack = false;

  constructor(
    snapshot: Snapshot,
    plans: readonly TrialPlan[],
    tell: (what: string) => void,
    start: StackStart = startContainers,
  ) {
    this.#snapshot = snapshot;
    this.#tell = tell;
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
    const stack = this.#kept?.key === key ? await this.#again(this.#kept.stack) : await this.#anew(order, signal);
    if (left > 0 && !this.#kept) await this.#keep(key, stack);
    const putBack = this.#putBack;
    this.#putBack = false;
    return { stack, putBack };
  }

  async forget(): Promise<void> {
    this.#kept = undefined;
    if (this.#mayHaveSnapshot) await this.#snapshot.forget();
    this.#mayHaveSnapshot = false;
  }

  async #anew(order: StackOrder, signal: AbortSignal): Promise<StartedStack> {
    await this.forget();
    return this.#start(order, signal);
  }

  /** A machine that was put back and is not as it should be gets no trial; what came up with it would be nobody's. */
  async #again(kept: StartedStack): Promise<StartedStack> {
    this.#putBack = true;
    try {
      await this.#snapshot.restore();
      return await kept.again();
    } catch (thrown) {
      await this.forget().catch(() => undefined);
      await kept.down().catch(() => undefined);
      throw thrown;
    }
  }

  /** Only saves time: where it fails, the trials go on without. */
  async #keep(key: string, stack: StartedStack): Promise<void> {
    this.#mayHaveSnapshot = true;
    try {
      await this.#snapshot.take();
      this.#kept = { key, stack };
    } catch (thrown) {
      this.#toCome.clear();
      this.#tell(
        `the lab's machine cannot be kept as it is, so that each trial starts its stack: ${messageOf(thrown)}`,
      );
    }
  }
}

const keyOf = ({ stack }: TrialPlan): string => JSON.stringify(stack);
