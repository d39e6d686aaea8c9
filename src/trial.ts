import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Changes } from "./changes.ts";
import { hostNow, TrialClock } from "./clock.ts";
import { KnownError, messageOf } from "./errors.ts";
import { saveEvidence } from "./evidence.ts";
import type { AnyFault } from "./fault/define.ts";
import type { Hand } from "./fault/hand/hand.ts";
import { type Journal, journalVersion, type Phase } from "./journal.ts";
import { JournalWriter } from "./journal-file.ts";
import { progressOf, steadyOf } from "./judge/live.ts";
import { type Observation, observe } from "./observe/observe.ts";
import type { Act, TrialPlan } from "./plan.ts";
import { seeded } from "./random.ts";
import { startContainers } from "./stack/containers.ts";
import type { Engine } from "./stack/engine.ts";
import { ownerMark } from "./stack/labels.ts";
import type { StartedStack } from "./stack/stack.ts";
import { type Duration, formatDuration, ms, seconds } from "./time.ts";
import { forgetUndo, writeUndo } from "./undo.ts";
import { healproofVersion } from "./version.ts";

/**
 * One trial: one scenario, or one of its controls, executed once on a stack of its own.
 *
 *   up            the stack is started and every healthcheck passes; then the observers start to look
 *   steady        every condition holds for a while; a stack that is sick before the fault proves nothing
 *   inject        the undo is written to the disk, a random delay passes, the fault is injected
 *   witness       the fault is seen to bite
 *   observe       until everything recovered and stays so, or patience ends
 *   undo          whatever the fault itself still holds is put back
 *   steady-again  nothing is left over
 *   evidence      logs and states are saved before anything is removed
 *   down          the stack is removed
 *
 * inject to observe are repeated for each act of the plan. Other stacks start and go while nothing is measured: before the injection,
 * in the stability window, and throughout a control, which only waits. Whatever goes wrong in the trial itself is written to its journal
 * and never thrown: judging says what it means. Nothing here decides whether something recovered; judge/ does.
 */

/** What the trials of a run share. */
export interface TrialTools {
  readonly engine: Engine;
  readonly hand: Hand;
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

const limits = {
  up: seconds(90),
  witness: seconds(5),
  steadyAgain: seconds(30),
  /** What a recovery may still need after patience ended on it: its stability window and its corroborations are added. */
  grace: seconds(2),
  maxDelay: seconds(1),
} as const;

export async function runTrial(plan: TrialPlan, tools: TrialTools): Promise<Journal> {
  mkdirSync(tools.folder, { recursive: true });
  const clock = new TrialClock();
  using journal = new JournalWriter(join(tools.folder, "journal.ndjson"), () => clock.now());
  writeHeader(journal, clock, plan, tools);
  const trial = new Trial(plan, tools, clock, journal);
  const outcome = await trial.run();
  if (trial.unwritten !== undefined)
    throw new KnownError(
      "journal-not-written",
      `the journal of ${plan.id} could not be written, so nothing is known of it`,
      {
        facts: {
          file: journal.file,
          reason: messageOf(trial.unwritten),
          try: "healproof clean, should anything be left",
        },
        cause: trial.unwritten,
      },
    );
  journal.write({ kind: "end", outcome }, { flush: true });
  return journal.records;
}

function writeHeader(journal: JournalWriter, clock: TrialClock, plan: TrialPlan, tools: TrialTools): void {
  const { engine, hand, run, seed } = tools;
  journal.write({
    kind: "header",
    version: journalVersion,
    healproof: healproofVersion,
    run,
    origin: clock.originWall.toISOString(),
    seed,
    plan,
    machine: {
      cpus: engine.cpus,
      memoryMiB: engine.memoryMiB,
      platform: `${process.platform} ${process.arch}`,
      node: process.version,
      engine: engine.version,
      bootId: hand.bootId,
    },
  });
}

/** A fault that was announced and is not undone yet. */
interface Broken {
  readonly act: Act["id"];
  readonly fault: AnyFault;
  readonly aim: unknown;
  readonly undoId: string;
  readonly watching: AbortController;
  readonly watched: Promise<void>;
}

class Trial {
  readonly #plan: TrialPlan;
  readonly #tools: TrialTools;
  readonly #clock: TrialClock;
  readonly #journal: JournalWriter;
  readonly #changes = new Changes();
  readonly #random: () => number;
  /** Aborted when the trial cannot go on: interrupted, or one of its observers was lost. */
  readonly #trouble = new AbortController();
  readonly #signal: AbortSignal;
  #phase: Phase = "up";
  #act: Act["id"] = "main";
  #broken: Broken | undefined;
  #healerOff = false;
  /** Why the journal could not be written (a full disk, say). The trial then ends, and puts back what it did. */
  unwritten: unknown;

  constructor(plan: TrialPlan, tools: TrialTools, clock: TrialClock, journal: JournalWriter) {
    this.#plan = plan;
    this.#tools = tools;
    this.#clock = clock;
    this.#journal = journal;
    this.#random = seeded(tools.seed);
    this.#signal = AbortSignal.any([tools.interrupted, this.#trouble.signal]);
  }

  async run(): Promise<"completed" | "interrupted" | "failed"> {
    let stack: StartedStack | undefined;
    let observation: Observation | undefined;
    let failed = false;
    try {
      const loud = await this.#tools.noise(this.#signal);
      try {
        await this.#in("up", async () => {
          const { docker } = this.#tools.engine;
          const { run, owner, project } = this.#tools;
          const order = { docker, plan: this.#plan, run, owner, project, within: limits.up };
          stack = await startContainers(order, this.#signal);
        });
        if (stack) observation = await this.#observe(stack);
      } finally {
        loud();
      }
      if (!stack || !observation) throw new Error("a stack that came up is there");
      await this.#breakAndObserve(stack, observation);
      await this.#putBack(stack);
      await this.#in("steady-again", () => this.#awaitSteady(limits.steadyAgain, "not-steady-again"));
    } catch (thrown) {
      failed = true;
      this.#noteError(thrown);
    }
    if (stack) await this.#windUp(stack, observation);
    if (!failed) return "completed";
    return this.#tools.interrupted.aborted ? "interrupted" : "failed";
  }

  /** Puts back, saves, removes. Each step is tried whatever became of the one before. */
  async #windUp(stack: StartedStack, observation: Observation | undefined): Promise<void> {
    const attempt = async (step: () => Promise<unknown>) => {
      try {
        await step();
      } catch (thrown) {
        this.#noteError(thrown);
      }
    };
    if (this.#broken) await attempt(() => this.#putBack(stack));
    if (this.#healerOff && this.#tools.keep) await attempt(() => this.#switchHealerOn(stack));
    if (!this.#tools.interrupted.aborted)
      await attempt(() => this.#in("evidence", () => saveEvidence(stack, this.#tools.folder, this.#journal)));
    await attempt(async () => observation?.[Symbol.asyncDispose]());
    if (!this.#tools.keep) await attempt(() => this.#takeDown(stack));
  }

  async #takeDown(stack: StartedStack): Promise<void> {
    // Whoever interrupts does not wait for another trial's measurement to end.
    const loud = await this.#tools.noise(this.#tools.interrupted).catch(() => () => undefined);
    try {
      await this.#in("down", () => stack.down());
    } finally {
      loud();
    }
  }

  async #observe(stack: StartedStack): Promise<Observation> {
    const { engine, hand, helperImage, run, owner } = this.#tools;
    const observation = await observe({
      engine,
      stack,
      plan: this.#plan,
      helperImage,
      hostBootId: hand.bootId,
      run,
      owner,
      journal: this.#journal,
      clock: this.#clock,
      changed: this.#changes.notify,
    });
    observation.lost.catch((thrown: unknown) => this.#trouble.abort(thrown));
    return observation;
  }

  async #breakAndObserve(stack: StartedStack, observation: Observation): Promise<void> {
    await this.#switchHealerOff(stack);
    await this.#in("steady", () => this.#awaitSteady(this.#plan.steady.within, "sick-baseline"));
    await this.#look(stack, observation);
    for (const act of this.#plan.acts) {
      this.#act = act.id;
      if (act.fault && this.#broken) {
        await this.#putBack(stack);
        await this.#in("steady", () => this.#awaitSteady(this.#plan.steady.within, "sick-baseline"));
      }
      // Where nothing is expected to recover, or the stack is broken on purpose, there is nothing to time.
      const measured = act.expect === "recovered" && this.#plan.variant === undefined;
      const done = measured ? await this.#tools.quiet(this.#signal) : () => undefined;
      try {
        if (!act.fault) await this.#switchHealerOn(stack);
        else if (!(await this.#inject(stack, act))) return;
        const recovered = await this.#in("observe", () => this.#awaitRecovery(act, done));
        await this.#look(stack, observation);
        // What comes next builds on this act having gone as expected; judging says that it was not reached.
        if (recovered !== (act.expect === "recovered")) return;
      } finally {
        done();
      }
    }
  }

  /** Whether the fault was seen to bite. */
  async #inject(stack: StartedStack, { id, fault: call }: Act): Promise<boolean> {
    const fault = this.#tools.faults.find(({ kind }) => kind === call?.kind);
    if (!fault || !call) throw new KnownError("unknown-fault", `there is no fault "${call?.kind}"`);
    const tools = { stack, hand: this.#tools.hand };
    const what = fault.describe(call.params);
    const note = (stage: "announced" | "injected" | "bitten" | "missed", from: number, to: number, detail: string) =>
      this.#write(
        {
          kind: "fault",
          act: id,
          stage,
          ...(stage === "announced" ? { ends: fault.ends } : {}),
          fault: fault.kind,
          when: this.#clock.span({ from, to }),
          detail,
        },
        { flush: true },
      );

    const [aim, broken] = await this.#in("inject", async () => {
      const aim = await fault.aim(tools, call.params);
      const delay = ms(this.#random() * limits.maxDelay);
      const undoId = `${this.#tools.project}-${id}`;
      const { run, project } = this.#tools;
      writeUndo({ id: undoId, owner: ownerMark(), run, trial: this.#plan.id, project, fault: fault.kind, aim, what });
      const watching = new AbortController();
      const broken = { act: id, fault, aim, undoId, watching };
      this.#broken = { ...broken, watched: Promise.resolve() };
      const now = hostNow();
      note("announced", now, now, `${what}; its undo is on disk; a random delay of ${formatDuration(delay)} follows`);
      await sleep(delay, undefined, { signal: this.#signal });
      const { from, to } = await fault.inject(tools, aim);
      note("injected", from, to, what);
      return [aim, broken] as const;
    });

    return this.#in("witness", async () => {
      const bite = await fault.witness(tools, aim, limits.witness);
      const now = hostNow();
      if (!bite) {
        note("missed", now, now, `${what} was not seen to bite within ${formatDuration(limits.witness)}`);
        return false;
      }
      note("bitten", bite.from, bite.to, `${what} has bitten`);
      const watched = fault.watch(tools, aim, (it) => this.#noteLook(id, fault, it), broken.watching.signal);
      watched.catch((thrown: unknown) => this.#trouble.abort(thrown));
      this.#broken = { ...broken, watched };
      return true;
    });
  }

  #noteLook(act: Act["id"], fault: AnyFault, look: Parameters<Parameters<AnyFault["watch"]>[2]>[0]): void {
    const ended =
      look.state === "in-force" ? ({ stage: "held" } as const) : ({ stage: "ended", how: look.state } as const);
    const when = this.#clock.span(look.when);
    this.#write({ kind: "fault", act, ...ended, fault: fault.kind, when, detail: look.why });
    this.#changes.notify();
  }

  /** Undoes the fault in force, once. */
  async #putBack(stack: StartedStack): Promise<void> {
    const broken = this.#broken;
    if (!broken) return;
    await this.#in("undo", async () => {
      broken.watching.abort();
      await broken.watched.catch(() => undefined);
      const from = hostNow();
      const detail = await broken.fault.undo({ stack, hand: this.#tools.hand }, broken.aim);
      const when = this.#clock.span({ from, to: hostNow() });
      this.#write({ kind: "fault", act: broken.act, stage: "undone", fault: broken.fault.kind, when, detail });
      forgetUndo(broken.undoId);
      this.#broken = undefined;
      if (this.#healerOff) await this.#switchHealerOn(stack);
    });
  }

  async #switchHealerOff(stack: StartedStack): Promise<void> {
    const stop = this.#plan.control?.stop ?? [];
    if (stop.length === 0) return;
    this.#healerOff = true;
    await this.#switchHealer("off", `stopped ${stop.join(", ")}`, stop, (service) => stack.stopService(service));
  }

  async #switchHealerOn(stack: StartedStack): Promise<void> {
    const stop = this.#plan.control?.stop ?? [];
    await this.#switchHealer("on", `started ${stop.join(", ")}`, stop, (service) => stack.startService(service));
    this.#healerOff = false;
  }

  async #switchHealer(
    state: "off" | "on",
    how: string,
    services: readonly string[],
    act: (service: string) => Promise<void>,
  ): Promise<void> {
    const from = hostNow();
    await Promise.all(services.map(act));
    const when = this.#clock.span({ from, to: hostNow() });
    this.#write({ kind: "healer", healer: this.#plan.control?.without ?? "unknown", state, when, how });
  }

  async #awaitSteady(within: Duration, code: "sick-baseline" | "not-steady-again"): Promise<void> {
    const began = this.#clock.now();
    for (;;) {
      const steady = steadyOf(this.#journal.records, this.#plan.steady, this.#clock.now());
      if (steady.holds) return;
      const left = ms(began + within - this.#clock.now());
      if (left <= 0)
        throw new KnownError(code, `the stack was not steady within ${formatDuration(within)}`, {
          facts: { wanted: steady.wanted, "last seen": steady.lastSeen, see: "evidence/" },
        });
      await this.#changes.next(left, this.#signal);
    }
  }

  /** Whether the act recovered (for good: stability window and corroborations are in), or its patience ended. `timed` is called as soon as it is back. */
  async #awaitRecovery(act: Act, timed: () => void): Promise<boolean> {
    const { patience, stableFor, corroboratedBy } = act.recovery;
    const began = this.#clock.now();
    const mayTake = patience + stableFor + Math.max(0, ...corroboratedBy.map((it) => it.within)) + limits.grace;
    for (;;) {
      const { state, origin } = progressOf(this.#journal.records, act);
      if (state !== "waiting") timed();
      if (state === "settled") return true;
      const since = origin?.latest ?? began;
      const wait = state === "waiting" ? patience : mayTake;
      const left = ms(since + wait - this.#clock.now());
      if (left <= 0) return state !== "waiting";
      await this.#changes.next(left, this.#signal);
    }
  }

  async #look(stack: StartedStack, observation: Observation): Promise<void> {
    const from = hostNow();
    const looks = await stack.look();
    const when = this.#clock.span({ from, to: hostNow() });
    for (const { pid: _pid, running: _running, startedAtUnixMs, ...look } of looks)
      this.#write({
        kind: "container",
        when,
        ...look,
        ...(startedAtUnixMs === undefined
          ? {}
          : { startedAt: this.#clock.span(observation.engineClock.toHost(startedAtUnixMs)) }),
      });
  }

  async #in<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    this.#phase = phase;
    this.#tools.tell({ trial: this.#plan.id, phase, text: this.#act });
    this.#write({ kind: "phase", act: this.#act, phase, edge: "begin" });
    const result = await work();
    this.#write({ kind: "phase", act: this.#act, phase, edge: "end" });
    return result;
  }

  /** A journal that cannot be written ends the trial at its next wait; it never keeps anything from being put back. */
  #write(...args: Parameters<JournalWriter["write"]>): void {
    try {
      this.#journal.write(...args);
    } catch (thrown) {
      this.unwritten ??= thrown;
      this.#trouble.abort(thrown);
    }
  }

  #noteError(thrown: unknown): void {
    const cause = this.#trouble.signal.aborted ? this.#trouble.signal.reason : thrown;
    // The end that was asked for is no error; what goes wrong while everything is put back is.
    const { aborted, reason } = this.#tools.interrupted;
    if (aborted && (cause === reason || (cause instanceof Error && cause.name === "AbortError"))) return;
    this.#write({
      kind: "error",
      phase: this.#phase,
      code: cause instanceof KnownError ? cause.code : "unexpected",
      message: messageOf(cause),
      facts:
        cause instanceof KnownError ? { ...cause.facts } : { stack: cause instanceof Error ? (cause.stack ?? "") : "" },
    });
  }
}
