import { randomBytes, randomInt } from "node:crypto";
import { join } from "node:path";
import { hostNow } from "./clock.ts";
import { type AnyFault, capabilitiesOf } from "./fault/define.ts";
import { type Capability, diskUseCapabilities } from "./fault/hand/hand.ts";
import { Hands } from "./fault/hand/hands.ts";
import { startHand } from "./fault/hand/start.ts";
import { type Host, labMachine } from "./fault/host.ts";
import { needsTheLab } from "./fault/lab-of.ts";
import { refuseUnmet } from "./fault/needs.ts";
import type { Journal } from "./journal.ts";
import { costOf, timingsOf } from "./judge/cost.ts";
import type { TrialJudgement } from "./judge/judgement.ts";
import { judgeRun } from "./judge/run.ts";
import { judgeTrial } from "./judge/trial.ts";
import { seriesWanted } from "./observe/wanted.ts";
import { Places } from "./places.ts";
import type { TrialPlan } from "./plan.ts";
import type { PlannedMatrix } from "./plan-matrix.ts";
import { claimsIn } from "./planned.ts";
import { QuietTime } from "./quiet-time.ts";
import type { RunRecord, TrialRecord } from "./report/run-record.ts";
import { leavesRoom } from "./room.ts";
import { notePlanned } from "./run-folder.ts";
import { checkedStack, type StackOrder, startContainers } from "./stack/containers.ts";
import { connectEngine, type Engine } from "./stack/engine.ts";
import { ensureHelperImage } from "./stack/helper-image.ts";
import type { LabStacks } from "./stack/lab/stacks.ts";
import { kept, label, ownerMark, projectPrefix } from "./stack/labels.ts";
import { removeLabelled } from "./stack/remove.ts";
import { refuseMissingReplicas } from "./stack/replicas.ts";
import type { StartedStack } from "./stack/stack.ts";
import { ms } from "./time.ts";
import { runTrial, type TrialProgress } from "./trial.ts";
import { healproofVersion } from "./version.ts";

/**
 * All trials of one invocation, and the one scheduler: `workers` recoveries are measured at a time. Meanwhile controls wait for
 * nothing to happen; in between, the next stacks start and the last ones go.
 */

export interface RunOptions {
  readonly faults: readonly AnyFault[];
  /** What it will run: the hand is allowed what these need, and no more. All unless told. */
  readonly plans?: readonly TrialPlan[];
  /** The folder that run folders are made in. */
  readonly out: string;
  readonly workers: number;
  readonly keep?: boolean;
  /** Where the stacks run in it. Its machine may be broken as a whole, so then there is one stack at a time. */
  readonly lab?: { readonly host: Host; readonly stacks: LabStacks } | undefined;
  /** Aborted to stop early; every trial then puts back what it did. */
  readonly interrupted?: AbortSignal;
  readonly tell?: (progress: TrialProgress) => void;
}

export interface FinishedTrial {
  readonly plan: TrialPlan;
  readonly journal: Journal;
  readonly judgement: TrialJudgement;
  readonly record: TrialRecord;
}

/** What the hand must be allowed for these plans. */
function allowedFor(plans: readonly TrialPlan[], faults: readonly AnyFault[]): readonly Capability[] {
  const looksAtDisks = plans.some((it) => seriesWanted(it).disks.length > 0);
  const kinds = faultsIn(plans, faults).map((it) => it.kind);
  return [...capabilitiesOf(faults, kinds), ...(looksAtDisks ? diskUseCapabilities : [])];
}

function faultsIn(plans: readonly TrialPlan[], faults: readonly AnyFault[]): AnyFault[] {
  const kinds = new Set(plans.flatMap((plan) => plan.acts.flatMap((act) => act.faults.map((it) => it.kind))));
  return faults.filter((it) => kinds.has(it.kind));
}

/** Stacks beside those that are measured: one that starts, waits as a control, or goes. */
const stacksAhead = 1;
/** Those that wait for long take little, most of them at real timing. */
const stacksWaiting = 2;
const stacksLeaving = 1;

export class Run implements AsyncDisposable {
  readonly id: string;
  readonly folder: string;
  readonly #began: number;
  readonly #startedAt = new Date();
  readonly #options: RunOptions;
  readonly #engine: Engine;
  readonly #hands: Hands;
  readonly #helperImage: string;
  readonly #owner: string;
  readonly #interrupted: AbortSignal;
  readonly #time: QuietTime;
  readonly #places: Places;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #plans: TrialPlan[] = [];

  private constructor(
    id: string,
    began: number,
    options: RunOptions,
    engine: Engine,
    helperImage: string,
    hands: Hands,
  ) {
    this.#began = began;
    this.id = id;
    this.folder = join(options.out, id);
    this.#options = options;
    this.#engine = engine;
    this.#hands = hands;
    this.#helperImage = helperImage;
    this.#owner = options.keep ? kept : ownerMark();
    this.#interrupted = options.interrupted ?? new AbortController().signal;
    // A start is mostly waiting for healthchecks, so two beside each other cost each other little; three keep two cores from all else.
    this.#time = new QuietTime({ noise: Math.max(2, options.workers), quiet: options.workers });
    this.#places = new Places(
      options.lab
        ? { midst: 1, waiting: 0, leaving: 0 }
        : { midst: options.workers + stacksAhead, waiting: stacksWaiting, leaving: stacksLeaving },
    );
  }

  static async start(options: RunOptions): Promise<Run> {
    const began = hostNow();
    const id = newRunId();
    const engine = await connectEngine();
    const { interrupted: signal } = options;
    const helperImage = await ensureHelperImage(engine.docker, signal && { signal });
    await refuseUnmet(engine.docker, helperImage, faultsIn(options.plans ?? [], options.faults));
    const handOf = (nth: number) =>
      startHand(engine.docker, {
        image: helperImage,
        name: `${projectPrefix}${id}-hand${nth > 1 ? `-${nth}` : ""}`,
        labels: { [label.run]: id, [label.owner]: ownerMark(), [label.role]: "hand" },
        capabilities: options.plans
          ? allowedFor(options.plans, options.faults)
          : [...options.faults.flatMap((it) => it.capabilities), ...diskUseCapabilities],
      });
    return new Run(id, began, options, engine, helperImage, await Hands.start(handOf));
  }

  /** Runs one trial when there is a place for it. What goes wrong in it is in its judgement; it rejects only if it never began or its journal could not be written. */
  trial(plan: TrialPlan): Promise<FinishedTrial> {
    const number = this.#plans.push(plan);
    notePlanned(this.folder, plan);
    const { promise: finished, resolve, reject } = Promise.withResolvers<FinishedTrial>();
    const waitsForLong = plan.acts.some((act) => leavesRoom(plan, act));
    void this.#places.enter({ waitsForLong }).then((place) => {
      this.#run(plan, number, place.makeRoom).finally(place.leave).then(resolve, reject);
    });
    this.#underWay.add(finished);
    return finished;
  }

  async #run(plan: TrialPlan, number: number, makeRoom: () => void): Promise<FinishedTrial> {
    this.#interrupted.throwIfAborted();
    await this.#refuse(plan);
    const folder = plan.id.replaceAll("/", "-");
    const began = hostNow();
    const journal = await runTrial(plan, {
      engine: this.#engine,
      start: (order, signal) => this.#start(order, signal),
      hands: this.#hands,
      host: this.#options.lab?.host,
      helperImage: this.#helperImage,
      faults: this.#options.faults,
      run: this.id,
      owner: this.#owner,
      folder: join(this.folder, folder),
      project: `${projectPrefix}${this.id}-${number}`,
      seed: randomInt(2 ** 31),
      noise: (signal) => this.#time.noise(signal),
      quiet: (signal) => this.#time.quiet(signal),
      makeRoom,
      interrupted: this.#interrupted,
      keep: this.#options.keep ?? false,
      tell: this.#options.tell ?? (() => undefined),
    });
    const { up } = timingsOf(journal);
    const record = { id: plan.id, folder, up, total: ms(hostNow() - began) };
    return { plan, journal, judgement: judgeTrial(journal), record };
  }

  /** What this target, this stack or this machine cannot do is refused before a stack is started. The command line asks for all plans first. */
  async #refuse(plan: TrialPlan): Promise<void> {
    const { lab, faults } = this.#options;
    if (!lab && plan.stack.shares.includes(labMachine)) throw needsTheLab([plan.scenario]);
    refuseMissingReplicas(plan, (await checkedStack(plan.stack)).model);
    await refuseUnmet(this.#engine.docker, this.#helperImage, faultsIn([plan], faults));
  }

  async #start(order: StackOrder, signal: AbortSignal): Promise<StartedStack> {
    const { lab } = this.#options;
    if (!lab) return startContainers(order, signal);
    const { stack, putBack } = await lab.stacks.start(order, signal);
    if (!putBack) return stack;
    // The one that ran then is there again, and nobody has hold of it.
    await removeLabelled(this.#engine.docker, [`${label.run}=${this.id}`, `${label.role}=hand`]);
    await this.#hands.renew();
    return stack;
  }

  /**
   * The run's result, once its trials are over. A scenario's trial comes with its controls, as planned; a matrix with its trials. What it
   * was asked for and is not among the finished leaves its claim open.
   */
  record(finished: readonly FinishedTrial[], notRun: RunRecord["notRun"] = [], matrix?: PlannedMatrix): RunRecord {
    const judged = judgeRun(
      finished.map((it) => it.judgement),
      { claims: claimsIn(this.#plans), matrix },
    );
    return {
      version: 1,
      healproof: healproofVersion,
      id: this.id,
      startedAt: this.#startedAt.toISOString(),
      ...judged,
      notRun,
      trials: finished.map((it) => it.record),
      cost: {
        wall: ms(hostNow() - this.#began),
        floor: costOf(
          finished.map((it) => it.judgement),
          finished.map((it) => it.record),
        ),
      },
    };
  }

  /** Waits for the trials that are under way: they need the hand to put back what they did. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.#hands[Symbol.asyncDispose]();
  }
}

function newRunId(): string {
  const stamp = new Date().toISOString().replaceAll(/[-:]/g, "").slice(0, 15).replace("T", "-");
  return `${stamp}-${randomBytes(2).toString("hex")}`;
}
