import { type HostSpan, hostNow, type TrialClock } from "./clock.ts";
import { exitCode, KnownError } from "./errors.ts";
import type { AnyFault, FaultLook, FaultTools } from "./fault/define.ts";
import type { Hand } from "./fault/hand/hand.ts";
import type { Fact } from "./journal.ts";
import type { Act } from "./plan.ts";
import { ownerMark } from "./stack/labels.ts";
import type { StartedStack } from "./stack/stack.ts";
import { type Duration, formatDuration } from "./time.ts";
import { forgetUndo, undoOf, writeUndo } from "./undo.ts";

/** What a trial does to its stack, and writes down as it does it. */
export interface Scene {
  readonly stack: StartedStack;
  readonly hand: Hand;
  readonly wire: FaultTools["wire"];
  /** Of the lab alone. */
  readonly host?: FaultTools["host"];
  /** Who looks at the stack, and is gone while its engine is. */
  readonly observers?: {
    /** From now on their loss is no trouble. */
    mayGo(): Promise<void>;
    /** They are attached anew, once the engine answers. `dark`: nothing in there can have answered anybody, throughout or for a moment of it. */
    comeBack(dark: HostSpan, lasted: "throughout" | "for a moment"): Promise<void>;
  };
  readonly clock: TrialClock;
  readonly run: string;
  readonly trial: string;
  readonly project: string;
  /** Tells its undos from those of others that break the same stack. */
  readonly mark?: string;
  readonly write: (fact: Fact, options?: { flush?: boolean }) => void;
  /** Called when a later look at a fault was written. */
  readonly changed: () => void;
  /** Called if a fault can no longer be watched. */
  readonly lost: (why: unknown) => void;
}

/** Which fault of which act. */
export interface Place {
  readonly act: Act["id"];
  /** Its number among the act's faults, from 0. */
  readonly nth: number;
}

type Stage = Extract<Fact, { kind: "fault" }>["stage"];

const toolsOf = ({ stack, hand, wire, host }: Scene): FaultTools => ({ stack: stack.containers, hand, wire, host });

/** The life of one fault in a trial: announced (its undo is on disk), injected, seen to bite, watched, put back. */
export class Breakage {
  readonly #scene: Scene;
  readonly #of: Place;
  readonly #fault: AnyFault;
  readonly #aim: unknown;
  readonly #what: string;
  readonly #undoId: string;
  readonly #watching = new AbortController();
  #watched: Promise<void> = Promise.resolve();
  /** Nothing is touched before. */
  #begun = false;
  /** When it was injected: in force for certain at the end of that. */
  #injected: HostSpan = { from: 0, to: 0 };

  private constructor(scene: Scene, of: Place, fault: AnyFault, aim: unknown, what: string) {
    this.#scene = scene;
    this.#of = of;
    this.#fault = fault;
    this.#aim = aim;
    this.#what = what;
    this.#undoId = [scene.project, of.act, of.nth, ...(scene.mark ? [scene.mark] : [])].join("-");
  }

  /**
   * Refuses a fault that comes later, where what it names is wrong: there is no such link, no such container. It is aimed again when its
   * time comes, so whatever else is in its way now does not count: a service that does not run yet may run by then.
   */
  static async refuseWrong(scene: Scene, fault: AnyFault, params: unknown): Promise<void> {
    try {
      await fault.aim(toolsOf(scene), params);
    } catch (thrown) {
      if (thrown instanceof KnownError && thrown.exitCode === exitCode.usage) throw thrown;
    }
  }

  /** Finds out what will be touched and puts its undo on the disk. Nothing is broken yet. */
  static async announce(scene: Scene, of: Place, fault: AnyFault, params: unknown): Promise<Breakage> {
    const { run, trial, project } = scene;
    const what = fault.describe(params);
    const aim = await fault.aim(toolsOf(scene), params);
    const breakage = new Breakage(scene, of, fault, aim, what);
    writeUndo({ id: breakage.#undoId, owner: ownerMark(), run, trial, project, undo: undoOf(fault, aim), what });
    return breakage;
  }

  async inject(): Promise<void> {
    const now = hostNow();
    this.#note("announced", { from: now, to: now }, `${this.#what}; its undo is on disk`);
    const { observers } = this.#scene;
    if (this.#fault.takesEngine) await observers?.mayGo();
    this.#begun = true;
    const injected = await this.#fault.inject(toolsOf(this.#scene), this.#aim);
    this.#note("injected", injected, this.#what);
    this.#injected = injected;
    if (this.#fault.takesEngine && this.#fault.ends === "at-once")
      await observers?.comeBack({ from: injected.from, to: hostNow() }, "for a moment");
  }

  /** Whether the fault was seen to bite. If so it is watched from then on. */
  async witness(within: Duration): Promise<boolean> {
    const { lost } = this.#scene;
    const bite = await this.#fault.witness(toolsOf(this.#scene), this.#aim, within);
    if (!bite) {
      const now = hostNow();
      const detail = `${this.#what} was not seen to bite within ${formatDuration(within)}`;
      this.#note("missed", { from: now, to: now }, detail);
      return false;
    }
    // What is over at once may have bitten, and have been healed, before anybody could look: a restart returns when all is back.
    const from = this.#fault.ends === "at-once" ? Math.min(bite.from, this.#injected.from) : bite.from;
    this.#note("bitten", { from, to: bite.to }, `${this.#what} has bitten`);
    const tell = (look: FaultLook) => this.#noteLook(look);
    this.#watched = this.#fault.watch(toolsOf(this.#scene), this.#aim, tell, this.#watching.signal);
    this.#watched.catch(lost);
    return true;
  }

  /** Puts back whatever is still held, for the trial ends, and forgets the undo. */
  putBack(): Promise<void> {
    return this.#undo("undone");
  }

  /** The same because the fault's time is over: the trial goes on. */
  lift(): Promise<void> {
    return this.#undo("lifted");
  }

  async #undo(stage: "undone" | "lifted"): Promise<void> {
    this.#watching.abort();
    await this.#watched.catch(() => undefined);
    const from = hostNow();
    const detail = this.#begun
      ? await this.#fault.undo(toolsOf(this.#scene), this.#aim)
      : `${this.#what} was not injected; nothing to put back`;
    this.#note(stage, { from, to: hostNow() }, detail);
    forgetUndo(this.#undoId);
    const { takesEngine, ends } = this.#fault;
    if (takesEngine && ends !== "at-once")
      await this.#scene.observers?.comeBack({ from: this.#injected.to, to: from }, "throughout");
  }

  #noteLook({ state, when, why }: FaultLook): void {
    const { write, clock, changed } = this.#scene;
    const ended = state === "in-force" ? ({ stage: "held" } as const) : ({ stage: "ended", how: state } as const);
    const fault = this.#fault.kind;
    write({ kind: "fault", ...this.#of, ...ended, fault, when: clock.span(when), detail: why });
    changed();
  }

  #note(stage: Stage, when: { from: number; to: number }, detail: string): void {
    const { kind: fault, ends } = this.#fault;
    const facts = { kind: "fault", ...this.#of, stage, fault, when: this.#scene.clock.span(when), detail } as const;
    this.#scene.write(stage === "announced" ? { ...facts, ends } : facts, { flush: true });
  }
}
