import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Scene } from "./breakage.ts";
import { Changes } from "./changes.ts";
import { hostNow, TrialClock } from "./clock.ts";
import { saveEvidence } from "./evidence.ts";
import type { AnyFault } from "./fault/define.ts";
import type { Hands } from "./fault/hand/hands.ts";
import type { Host } from "./fault/host.ts";
import { Wires } from "./fault/wire/wires.ts";
import { FaultSchedule } from "./fault-schedule.ts";
import { HealerSwitch } from "./healer-switch.ts";
import { delayBefore } from "./injection-delay.ts";
import type { Journal, Phase } from "./journal.ts";
import { acknowledgedAfter, progressOf, steadyOf } from "./judge/live.ts";
import { askLedger } from "./ledger.ts";
import { stretched } from "./limit.ts";
import { observe } from "./observe/observe.ts";
import type { WallClock } from "./observe/wall-clock.ts";
import { seriesWanted } from "./observe/wanted.ts";
import { Observers } from "./observers.ts";
import { downLimit, evidenceLimit, overrun, upLimit, witnessLimit } from "./phase-limits.ts";
import type { Act, TrialPlan } from "./plan.ts";
import { seeded } from "./random.ts";
import { beginsInSilence, isTimed, leavesRoom } from "./room.ts";
import type { StackStart } from "./stack/containers.ts";
import type { Engine } from "./stack/engine.ts";
import { label } from "./stack/labels.ts";
import type { ContainerLook, ContainerRemains, StartedStack } from "./stack/stack.ts";
import { untilSteady } from "./steady-wait.ts";
import { type Duration, ms, seconds } from "./time.ts";
import { TrialJournal } from "./trial-journal.ts";

/**
 * One trial: one scenario, or one of its controls, executed once on a stack of its own.
 *
 *   up            the stack is started and every healthcheck passes; then the observers start to look
 *   steady        every condition holds for a while, and still does after a random delay; a stack that is sick before the fault
 *                 proves nothing
 *   inject        the undo is written to the disk, the fault is injected
 *   witness       the fault is seen to bite
 *   observe       until everything recovered and stays so, or patience ends
 *   undo          whatever the fault itself still holds is put back
 *   steady-again  nothing is left over, where the stack is not one that was changed so as not to heal
 *   ledger        whatever was acknowledged is still there, if the stack has a ledger to say so
 *   evidence      logs and states are saved before anything is removed
 *   down          the stack is removed
 *
 * inject to observe are repeated for each act of the plan. Each phase has a limit, and ends with an error when that is over.
 * Other stacks start and go while nothing is measured: before the injection, in the stability window, and throughout a control, which
 * only waits. Whatever goes wrong in the trial itself is written to its journal and never thrown: judging says what it means. Nothing
 * here decides whether something recovered; judge/ does.
 */

/** What the trials of a run share. */
export interface TrialTools {
  readonly engine: Engine;
  /** Has the plan's stack come up. */
  readonly start: StackStart;
  readonly hands: Pick<Hands, "now" | "renew">;
  /** Of the lab alone. */
  readonly host?: Host | undefined;
  readonly helperImage: string;
  readonly faults: readonly AnyFault[];
  readonly run: string;
  readonly owner: string;
  /** The trial's own folder: made here, must not exist. */
  readonly folder: string;
  readonly project: string;
  readonly seed: number;
  /** Awaited before a stack is started or removed; call what it returns afterwards. */
  readonly noise: (signal: AbortSignal) => Promise<() => void>;
  /** Awaited before what is measured; call what it returns once it is. */
  readonly quiet: (signal: AbortSignal) => Promise<() => void>;
  /** Called once nothing but removing the stack remains, or it waits for long, to come up too: the next one may start meanwhile. */
  readonly makeRoom: () => void;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
  readonly keep: boolean;
  readonly tell: (progress: TrialProgress) => void;
}

export interface TrialProgress {
  readonly trial: string;
  readonly phase: Phase;
  readonly text: string;
}

/** After a look at how far an act is, so many times as long as that took nothing is looked at: a twentieth of a core at most. */
const restsPerLook = 19;

const limits = {
  up: seconds(90),
  /** A start that takes longer mostly waits for healthchecks, which keeps nobody from measuring, nor another stack from starting. */
  loud: seconds(20),
  steadyAgain: seconds(30),
  /** What a recovery may still need after patience ended on it: its stability window and its corroborations are added. */
  grace: seconds(2),
} as const;

export async function runTrial(plan: TrialPlan, tools: TrialTools): Promise<Journal> {
  mkdirSync(tools.folder, { recursive: true });
  const clock = new TrialClock();
  using journal = new TrialJournal(plan, tools, clock);
  return journal.end(await new Trial(plan, tools, clock, journal).run());
}

class Trial {
  readonly #plan: TrialPlan;
  readonly #tools: TrialTools;
  readonly #clock: TrialClock;
  readonly #journal: TrialJournal;
  readonly #changes = new Changes();
  readonly #random: () => number;
  readonly #trouble = new AbortController();
  /** Aborted when it cannot go on: one of its observers was lost, or its journal. */
  readonly #lost: AbortSignal;
  /** The same, or interrupted. */
  readonly #signal: AbortSignal;
  #broken: FaultSchedule | undefined;
  #healer: HealerSwitch | undefined;
  #wires: Wires | undefined;

  constructor(plan: TrialPlan, tools: TrialTools, clock: TrialClock, journal: TrialJournal) {
    this.#plan = plan;
    this.#tools = tools;
    this.#clock = clock;
    this.#journal = journal;
    this.#random = seeded(tools.seed);
    this.#lost = AbortSignal.any([this.#trouble.signal, journal.unwritable]);
    this.#signal = AbortSignal.any([tools.interrupted, this.#lost]);
  }

  async run(): Promise<"completed" | "interrupted" | "failed"> {
    let stack: StartedStack | undefined;
    let observers: Observers | undefined;
    let failed = false;
    try {
      const quiet = await this.#tools.noise(this.#signal);
      const longStart = setTimeout(() => {
        quiet();
        this.#tools.makeRoom();
      }, limits.loud);
      try {
        await this.#journal.phase("up", upLimit(limits.up, this.#tools.host !== undefined), async () => {
          const { docker } = this.#tools.engine;
          const { run, owner, project } = this.#tools;
          const failed = (remains: ContainerRemains) => this.#saveEvidence(remains);
          const order = { docker, plan: this.#plan, run, owner, project, within: limits.up, failed };
          stack = await this.#tools.start(order, this.#signal);
        });
        if (stack) {
          observers = this.#observersOf(stack);
          await observers.attach();
        }
      } finally {
        clearTimeout(longStart);
        quiet();
      }
      if (!stack || !observers) throw new Error("a stack that came up is there");
      await this.#breakAndObserve(this.#sceneOf(stack, observers), observers);
      await this.#putBack();
      if (heals(this.#plan)) await this.#awaitSteady("steady-again", stretched(limits.steadyAgain));
      await this.#askLedger(stack, observers);
    } catch (thrown) {
      failed = true;
      this.#noteError(thrown);
    }
    if (stack) await this.#windUp(stack, observers);
    if (!failed) return "completed";
    return this.#tools.interrupted.aborted ? "interrupted" : "failed";
  }

  async #askLedger(stack: StartedStack, { engineClock }: Observers): Promise<void> {
    const { ledger } = this.#plan;
    if (!ledger) return;
    await this.#journal.phase("ledger", ms(ledger.within + overrun), async () => {
      const after = acknowledgedAfter(this.#journal.records)?.at;
      const times = { clock: this.#clock, toHost: (unixMs: number) => engineClock.toHost(unixMs), after };
      this.#journal.write(await askLedger(stack.containers, ledger, times));
    });
  }

  /** Puts back, saves, removes. Each step is tried whatever became of the one before. */
  async #windUp(stack: StartedStack, observers: Observers | undefined): Promise<void> {
    const attempt = async (step: () => Promise<unknown>) => {
      try {
        await step();
      } catch (thrown) {
        this.#noteError(thrown);
      }
    };
    if (this.#broken) await attempt(() => this.#putBack());
    if (this.#tools.keep || this.#healer?.outlivesStack) await attempt(async () => this.#healer?.on());
    if (!this.#tools.interrupted.aborted)
      await attempt(() => this.#journal.phase("evidence", evidenceLimit, () => this.#saveEvidence(stack.containers)));
    await attempt(async () => observers?.[Symbol.asyncDispose]());
    await attempt(async () => this.#wires?.[Symbol.asyncDispose]());
    if (!this.#tools.keep) await attempt(() => this.#takeDown(stack));
  }

  #saveEvidence(remains: ContainerRemains): Promise<void> {
    return saveEvidence(remains, this.#tools.folder, this.#journal.writer);
  }

  async #takeDown(stack: StartedStack): Promise<void> {
    this.#tools.makeRoom();
    // Whoever interrupts does not wait for another trial's measurement to end.
    const loud = await this.#tools.noise(this.#tools.interrupted).catch(() => () => undefined);
    try {
      await this.#journal.phase("down", downLimit, () => stack.down());
      this.#healer?.forget();
    } finally {
      loud();
    }
  }

  #observersOf(stack: StartedStack): Observers {
    const { engine, helperImage, run, owner, hands, host } = this.#tools;
    const shared = { engine, stack, plan: this.#plan, helperImage, run, owner, changed: this.#changes.notify };
    const written = { journal: this.#journal.writer, clock: this.#clock };
    return new Observers({
      attach: (by, nth) => observe({ ...shared, ...written, hand: by, nth }),
      hands,
      host,
      containers: stack.containers,
      addresses: seriesWanted(this.#plan).addresses,
      ...written,
      act: () => this.#journal.act,
      lost: (why) => this.#trouble.abort(why),
    });
  }

  #sceneOf(stack: StartedStack, observers: Observers): Scene {
    const { engine, helperImage, owner, run, hands, host } = this.#tools;
    const { project } = stack;
    const labels = { [label.run]: run, [label.trial]: this.#plan.id, [label.owner]: owner, [label.role]: "wire" };
    this.#wires = new Wires(engine.docker, { image: helperImage, name: `${project}-wire`, labels });
    return {
      stack,
      get hand() {
        return hands.now;
      },
      observers,
      host,
      wire: this.#wires.to,
      clock: this.#clock,
      run,
      trial: this.#plan.id,
      project,
      write: (...args) => this.#journal.write(...args),
      changed: this.#changes.notify,
      lost: (why) => this.#trouble.abort(why),
    };
  }

  async #breakAndObserve(scene: Scene, observers: Observers): Promise<void> {
    const healer = new HealerSwitch(scene, this.#plan.control);
    this.#healer = healer;
    // Before all: a unit that is not there is an error by its name, not a stack that is never steady.
    await this.#lookAtUnits(observers.engineClock);
    await healer.off();
    await this.#awaitSteady("steady", this.#plan.steady.within);
    let looks = await this.#look(scene.stack, observers);
    for (const act of this.#plan.acts) {
      this.#journal.act = act.id;
      if (act.faults.length > 0 && this.#broken) {
        await this.#putBack();
        await this.#awaitSteady("steady", this.#plan.steady.within);
      }
      const done = beginsInSilence(act) ? await this.#tools.quiet(this.#signal) : () => undefined;
      try {
        if (act.faults.length === 0) await healer.on();
        else {
          const schedule = await this.#announce(scene, act);
          // Again, for what it waited through until now was not quiet. The delay keeps the fault out of step with scrapes and checks.
          const delay = delayBefore(act, { journal: this.#journal.records, looks }, this.#random);
          await this.#awaitSteady("steady", this.#plan.steady.within, delay);
          if (!(await this.#break(schedule))) return;
        }
        if (!isTimed(this.#plan, act)) done();
        if (leavesRoom(this.#plan, act)) this.#tools.makeRoom();
        const recovered = await this.#awaitRecovery(act);
        looks = await this.#look(scene.stack, observers);
        // What comes next builds on this act having gone as expected; judging says that it was not reached.
        if (recovered !== (act.expect === "recovered")) return;
      } finally {
        done();
      }
    }
  }

  /** Before the last look at the steady state, so that the fault follows on that at once: to aim may take a busy engine a second. */
  async #announce(scene: Scene, act: Act): Promise<FaultSchedule> {
    const { faults } = this.#tools;
    const { acts } = this.#plan;
    const schedule = new FaultSchedule({
      scene,
      act,
      faults,
      random: this.#random,
      witnessWithin: stretched(witnessLimit),
      afterwards: acts.slice(acts.indexOf(act) + 1).flatMap((it) => it.faults),
    });
    this.#broken = schedule;
    await this.#journal.phase("inject", schedule.limits.inject, () => schedule.announceFirst());
    return schedule;
  }

  /** Whether the faults were seen to bite; those that come later are injected beside the observation. */
  async #break(schedule: FaultSchedule): Promise<boolean> {
    await this.#journal.phase("inject", schedule.limits.inject, () => schedule.injectFirst());
    const bitten = await this.#journal.phase("witness", schedule.limits.witness, () => schedule.witnessFirst());
    if (bitten) schedule.start((why) => this.#trouble.abort(why));
    return bitten;
  }

  /** Undoes the faults in force, once, and lets the healer that was off clear up. */
  async #putBack(): Promise<void> {
    const broken = this.#broken;
    if (!broken) return;
    await this.#journal.phase("undo", broken.limits.undo, async () => {
      await broken.putBack();
      this.#broken = undefined;
      await this.#healer?.on();
    });
  }

  async #awaitSteady(phase: "steady" | "steady-again", within: Duration, delay?: Duration): Promise<void> {
    // What is waited on purpose is not taken from the time that the stack has.
    const limit = ms(within + (delay ?? 0));
    const work = () =>
      untilSteady({
        look: () => steadyOf(this.#journal.records, this.#plan.steady, this.#clock.now()),
        now: () => this.#clock.now(),
        change: (atMost) => this.#changes.next(atMost, this.#signal),
        limit,
        code: phase === "steady" ? "sick-baseline" : "not-steady-again",
        ...(delay === undefined ? {} : { delay: () => sleep(delay, undefined, { signal: this.#signal }) }),
      });
    const drawn = delay === undefined ? {} : { delayMs: Math.round(delay) };
    await this.#journal.phase(phase, ms(limit + (delay ?? 0) + overrun), work, drawn);
  }

  /**
   * Whether the act reached its goal (for good: stability window, corroborations and all that must happen meanwhile are in), or its
   * patience ended; that counts from the origin, and not before the last fault's time is over.
   */
  async #awaitRecovery(act: Act): Promise<boolean> {
    const { patience, stableFor, corroboratedBy } = act.recovery;
    const after = Math.max(0, ...corroboratedBy.map((it) => it.within), ...act.during.map((it) => it.within));
    const mayTake = ms(patience + stableFor + after + limits.grace);
    const { inject, undo } = this.#broken?.limits ?? { inject: 0, undo: 0 };
    const lasts = Math.max(0, ...act.faults.map((it) => it.at + (it.for ?? 0) + inject + undo));
    return this.#journal.phase("observe", ms(lasts + mayTake + overrun), async () => {
      let began = this.#clock.now();
      for (;;) {
        const over = this.#broken?.over ?? true;
        const looked = hostNow();
        const { state, origin } = progressOf(this.#journal.records, act);
        const took = hostNow() - looked;
        if (over && state === "settled") return true;
        if (!over) began = this.#clock.now();
        const since = Math.max(origin?.latest ?? began, began);
        const wait = state === "waiting" ? patience : mayTake;
        const left = ms(since + wait - this.#clock.now());
        if (left <= 0) return state !== "waiting";
        await this.#changes.next(left, this.#signal);
        // A look goes through all that was seen until now: after minutes it would be all that is done here, to notice the end a bit sooner.
        await sleep(Math.min(took * restsPerLook, left), undefined, { signal: this.#signal }).catch(() => undefined);
        this.#signal.throwIfAborted();
      }
    });
  }

  async #look(stack: StartedStack, { engineClock }: Observers): Promise<readonly ContainerLook[]> {
    const from = hostNow();
    const looks = await stack.containers.look();
    const when = this.#clock.span({ from, to: hostNow() });
    for (const {
      pid: _pid,
      running: _running,
      paused: _paused,
      checkedEveryMs: _every,
      startedAtUnixMs,
      ...look
    } of looks)
      this.#journal.write({
        kind: "container",
        when,
        ...look,
        ...(startedAtUnixMs === undefined ? {} : { startedAt: this.#clock.span(engineClock.toHost(startedAtUnixMs)) }),
      });
    await this.#lookAtUnits(engineClock);
    return looks;
  }

  async #lookAtUnits(machineClock: WallClock): Promise<void> {
    const { host } = this.#tools;
    const { units } = this.#plan;
    if (!host || !units) return;
    const from = hostNow();
    const looks = await host.units(units);
    const when = this.#clock.span({ from, to: hostNow() });
    for (const { startedAt, ...look } of looks)
      this.#journal.write({
        kind: "unit",
        when,
        ...look,
        ...(startedAt === undefined ? {} : { startedAt: this.#clock.span(machineClock.toHost(startedAt)) }),
      });
  }

  #noteError(thrown: unknown): void {
    const cause = this.#lost.aborted ? this.#lost.reason : thrown;
    // The end that was asked for is no error; what goes wrong while everything is put back is.
    const { aborted, reason } = this.#tools.interrupted;
    if (aborted && (cause === reason || (cause instanceof Error && cause.name === "AbortError"))) return;
    this.#journal.error(cause);
  }
}

/** Whether the stack is one that comes back: a control or a variant that changes it may leave it as it is for good. */
const heals = ({ control, variant }: TrialPlan): boolean =>
  variant === undefined && (control === undefined || control.stop.length > 0 || control.disable !== undefined);
