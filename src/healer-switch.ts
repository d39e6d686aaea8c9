import { allDone } from "./all-done.ts";
import type { Scene } from "./breakage.ts";
import { hostNow } from "./clock.ts";
import type { TrialPlan } from "./plan.ts";
import { ownerMark } from "./stack/labels.ts";
import { forgetUndo, writeUndo } from "./undo.ts";

/** A control's healer that is switched off, and perhaps on again, by stopping and starting its services. */
export class HealerSwitch {
  readonly #scene: Scene;
  readonly #healer: string;
  readonly #services: readonly string[];
  readonly #undoId: string;
  #off = false;

  constructor(scene: Scene, control: TrialPlan["control"]) {
    this.#scene = scene;
    this.#healer = control?.without ?? "unknown";
    this.#services = control?.stop ?? [];
    this.#undoId = `${scene.project}-healer`;
  }

  /** Nothing where the control changes the Compose file instead. */
  async off(): Promise<void> {
    if (this.#services.length === 0) return;
    const { run, trial, project, stack } = this.#scene;
    const what = `stop of ${this.#services.join(", ")}`;
    writeUndo({
      id: this.#undoId,
      owner: ownerMark(),
      run,
      trial,
      project,
      undo: { start: [...this.#services] },
      what,
    });
    this.#off = true;
    await this.#turn("off", "stopped", (service) => stack.containers.stopService(service));
  }

  /** Nothing where it is on. */
  async on(): Promise<void> {
    if (!this.#off) return;
    await this.#turn("on", "started", (service) => this.#scene.stack.containers.startService(service));
    forgetUndo(this.#undoId);
    this.#off = false;
  }

  /** Its stack is gone: there is nothing to put back. */
  forget(): void {
    if (this.#off) forgetUndo(this.#undoId);
    this.#off = false;
  }

  async #turn(state: "off" | "on", done: string, act: (service: string) => Promise<void>): Promise<void> {
    const { clock, write } = this.#scene;
    const from = hostNow();
    await allDone(this.#services.map(act));
    const when = clock.span({ from, to: hostNow() });
    write({ kind: "healer", healer: this.#healer, state, when, how: `${done} ${this.#services.join(", ")}` });
  }
}
