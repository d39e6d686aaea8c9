import { allDone } from "./all-done.ts";
import type { Scene } from "./breakage.ts";
import { hostNow } from "./clock.ts";
import { labOf } from "./fault/lab-of.ts";
import type { TrialPlan } from "./plan.ts";
import { ownerMark } from "./stack/labels.ts";
import { forgetUndo, outlivesStack, type UndoEntry, writeUndo } from "./undo.ts";

/** How a healer is switched off and on again. */
interface Way {
  readonly what: string;
  readonly undo: UndoEntry["undo"];
  readonly off: { readonly done: string; readonly act: () => Promise<unknown> };
  readonly on: { readonly done: string; readonly act: () => Promise<unknown> };
}

/** A control's healer that is switched off, and perhaps on again: by stopping its services, or by disabling units of the lab's machine. */
export class HealerSwitch {
  readonly #scene: Scene;
  readonly #healer: string;
  /** None where the control changes the Compose file instead. */
  readonly #way: Way | undefined;
  readonly #undoId: string;
  #off = false;

  constructor(scene: Scene, control: TrialPlan["control"]) {
    this.#scene = scene;
    this.#healer = control?.without ?? "unknown";
    this.#way = control && wayOf(scene, control);
    this.#undoId = `${scene.project}-healer`;
  }

  /** Whether what is off stays so when its stack goes. */
  get outlivesStack(): boolean {
    return this.#off && this.#way !== undefined && outlivesStack(this.#way);
  }

  async off(): Promise<void> {
    if (!this.#way) return;
    const { run, trial, project } = this.#scene;
    const { undo, what, off } = this.#way;
    if (outlivesStack(this.#way)) labOf(this.#scene);
    writeUndo({ id: this.#undoId, owner: ownerMark(), run, trial, project, undo, what });
    this.#off = true;
    await this.#turn("off", off);
  }

  /** Nothing where it is on. */
  async on(): Promise<void> {
    if (!this.#off || !this.#way) return;
    await this.#turn("on", this.#way.on);
    forgetUndo(this.#undoId);
    this.#off = false;
  }

  /** Its stack is gone: there is nothing to put back, but what outlives it. */
  forget(): void {
    if (this.outlivesStack) return;
    if (this.#off) forgetUndo(this.#undoId);
    this.#off = false;
  }

  async #turn(state: "off" | "on", { done, act }: Way["off"]): Promise<void> {
    const { clock, write } = this.#scene;
    const from = hostNow();
    await act();
    write({ kind: "healer", healer: this.#healer, state, when: clock.span({ from, to: hostNow() }), how: done });
  }
}

function wayOf(
  scene: Scene,
  { stop, disable = [] }: Pick<NonNullable<TrialPlan["control"]>, "stop" | "disable">,
): Way | undefined {
  const { containers } = scene.stack;
  const units = disable.join(", ");
  if (disable.length > 0)
    return {
      what: `disabling of ${units}`,
      undo: { enable: [...disable] },
      off: { done: `disabled ${units}`, act: () => labOf(scene).disable(disable) },
      on: { done: `enabled ${units}`, act: () => labOf(scene).enable(disable) },
    };
  const services = stop.join(", ");
  if (stop.length > 0)
    return {
      what: `stop of ${services}`,
      undo: { start: [...stop] },
      off: { done: `stopped ${services}`, act: () => allDone(stop.map((it) => containers.stopService(it))) },
      on: { done: `started ${services}`, act: () => allDone(stop.map((it) => containers.startService(it))) },
    };
  return undefined;
}
