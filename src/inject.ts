import { randomBytes, randomInt } from "node:crypto";
import type Dockerode from "dockerode";
import type { Scene } from "./breakage.ts";
import { TrialClock } from "./clock.ts";
import { KnownError } from "./errors.ts";
import type { AnyFault } from "./fault/define.ts";
import { Hands } from "./fault/hand/hands.ts";
import { startHand } from "./fault/hand/start.ts";
import type { Host } from "./fault/host.ts";
import { refuseUnmet } from "./fault/needs.ts";
import { Wires } from "./fault/wire/wires.ts";
import type { FaultOrder } from "./fault-order.ts";
import { FaultSchedule } from "./fault-schedule.ts";
import type { Fact } from "./journal.ts";
import { findKeptStack, type KeptStack, type Wanted } from "./kept-stacks.ts";
import { stretched, within } from "./limit.ts";
import { bootLimit, witnessLimit } from "./phase-limits.ts";
import { seeded } from "./random.ts";
import { connectEngine } from "./stack/engine.ts";
import { ensureHelperImage } from "./stack/helper-image.ts";
import { label, ownerMark, projectPrefix } from "./stack/labels.ts";
import { Project } from "./stack/project.ts";
import type { StartedStack } from "./stack/stack.ts";
import { type Duration, formatDuration, ms, seconds } from "./time.ts";

/**
 * One fault by hand, on a stack that stays: announced, injected, witnessed and undone by the very code of a trial. Its undo is on
 * the disk before anything is broken, so that `healproof clean` puts it back if this process is killed.
 */

type FaultFact = Extract<Fact, { kind: "fault" }>;

export interface Happening {
  readonly stage: FaultFact["stage"];
  /** Since `startedAt`. */
  readonly when: FaultFact["when"];
  readonly detail: string;
}

export interface Injection extends KeptStack {
  readonly fault: string;
  /** `crash of app`, for people. */
  readonly what: string;
  readonly startedAt: Date;
  /** `interrupted`: it was put back before its time was over. */
  readonly outcome: "undone" | "missed" | "interrupted";
  readonly happenings: readonly Happening[];
}

export interface InjectOptions extends Wanted {
  readonly faults: readonly AnyFault[];
  /** Where the stack is in the lab. */
  readonly host?: Host | undefined;
  readonly interrupted: AbortSignal;
  /** Told of the stack that is meant, before it is touched. */
  readonly found: (stack: KeptStack) => void;
  readonly tell: (happening: Happening, startedAt: Date) => void;
}

/** Nobody looks at it for longer. */
const longest = seconds(24 * 60 * 60);

export async function inject(order: FaultOrder, options: InjectOptions): Promise<Injection> {
  const { docker } = await connectEngine();
  const kept = await findKeptStack(docker, options);
  options.found(kept);
  const image = await ensureHelperImage(docker, { signal: options.interrupted });
  await refuseUnmet(docker, image, [order.fault]);
  const name = `${projectPrefix}inject-${process.pid}`;
  const labels = { [label.run]: kept.run, [label.owner]: ownerMark(), [label.role]: "hand" };
  const { capabilities } = order.fault;
  await using hands = await Hands.start((nth) =>
    startHand(docker, { image, name: nth > 1 ? `${name}-${nth}` : name, labels, capabilities }),
  );
  await using wires = new Wires(docker, { image, name: `${name}-wire`, labels: { ...labels, [label.role]: "wire" } });
  return await new ByHand(order, options, kept).run(docker, hands, wires);
}

/** Nobody looks at a stack that is broken by hand; whoever breaks it is gone with its engine, and is needed again. */
export const whoLooksByHand = (host: Host, hands: Pick<Hands, "renew">) => ({
  mayGo: async () => undefined,
  async comeBack() {
    await host.engineIsBack(bootLimit);
    await hands.renew();
  },
});

class ByHand {
  readonly #order: FaultOrder;
  readonly #options: InjectOptions;
  readonly #kept: KeptStack;
  readonly #clock = new TrialClock();
  readonly #happenings: Happening[] = [];
  readonly #over = Promise.withResolvers<void>();
  #schedule: FaultSchedule | undefined;

  constructor(order: FaultOrder, options: InjectOptions, kept: KeptStack) {
    this.#order = order;
    this.#options = options;
    this.#kept = kept;
    // Whoever waits for it hears; an error that comes after that must not crash the process by itself.
    this.#over.promise.catch(() => undefined);
  }

  async run(docker: Dockerode, hands: Pick<Hands, "now" | "renew">, wires: Wires): Promise<Injection> {
    const { interrupted } = this.#options;
    const schedule = new FaultSchedule({
      scene: await this.#scene(docker, hands, wires),
      act: { id: "main", faults: [this.#call()] },
      faults: this.#options.faults,
      random: seeded(randomInt(2 ** 31)),
      witnessWithin: stretched(witnessLimit),
    });
    this.#schedule = schedule;
    let bitten = false;
    try {
      interrupted.throwIfAborted();
      await inTime(
        "the injection",
        schedule.limits.inject,
        schedule.announceFirst().then(() => schedule.injectFirst()),
      );
      bitten = await inTime("the witness", schedule.limits.witness, schedule.witnessFirst());
      if (bitten) {
        schedule.start(this.#over.reject);
        await this.#untilOver();
      }
    } catch (thrown) {
      if (thrown !== interrupted.reason || !interrupted.aborted) throw thrown;
    } finally {
      await inTime("the undo", schedule.limits.undo, schedule.putBack());
    }
    return this.#result(bitten);
  }

  #call() {
    const { fault, params, for: lasts } = this.#order;
    return { kind: fault.kind, params: { ...params }, at: ms(0), for: lasts ?? longest };
  }

  async #scene(docker: Dockerode, hands: Pick<Hands, "now" | "renew">, wires: Wires): Promise<Scene> {
    const { project, run } = this.#kept;
    const { host } = this.#options;
    const containers = new Project(docker, project, [`${label.run}=${run}`]);
    const stack: StartedStack = {
      project,
      services: [...new Set((await containers.look()).map((it) => it.service))],
      networks: await containers.networks(),
      containers,
      again: () => Promise.reject(new Error("a stack that is kept goes on")),
      down: () => Promise.reject(new Error("a stack that is kept stays")),
    };
    return {
      stack,
      get hand() {
        return hands.now;
      },
      wire: wires.to,
      ...(host ? { host, observers: whoLooksByHand(host, hands) } : {}),
      clock: this.#clock,
      run,
      trial: "by hand",
      project,
      mark: randomBytes(4).toString("hex"),
      write: (fact) => this.#note(fact),
      changed: () => this.#look(),
      lost: this.#over.reject,
    };
  }

  #note(fact: Fact): void {
    if (fact.kind !== "fault") return;
    const { stage, when, detail } = fact;
    const happening = { stage, when, detail };
    this.#happenings.push(happening);
    this.#options.tell(happening, this.#clock.originWall);
  }

  /** Over once its time is, or once nothing of it is left to hold. */
  #look(): void {
    if (this.#schedule?.over || this.#happenings.some((it) => it.stage === "ended")) this.#over.resolve();
  }

  async #untilOver(): Promise<void> {
    const { interrupted } = this.#options;
    const stop = () => this.#over.reject(interrupted.reason);
    if (interrupted.aborted) stop();
    interrupted.addEventListener("abort", stop, { once: true });
    await this.#over.promise.finally(() => interrupted.removeEventListener("abort", stop));
  }

  #result(bitten: boolean): Injection {
    const { fault, params } = this.#order;
    return {
      fault: fault.kind,
      what: fault.describe(params),
      ...this.#kept,
      startedAt: this.#clock.originWall,
      outcome: this.#options.interrupted.aborted ? "interrupted" : bitten ? "undone" : "missed",
      happenings: this.#happenings,
    };
  }
}

function inTime<T>(what: string, limit: Duration, work: Promise<T>): Promise<T> {
  return within(
    limit,
    work,
    (waited) =>
      new KnownError("phase-overrun", `${what} did not end within ${formatDuration(waited)}`, {
        facts: { try: "healproof doctor; is the machine or the engine overloaded? Then healproof clean" },
      }),
  );
}
