import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { allDone, throwAll } from "./all-done.ts";
import { Breakage, type Scene } from "./breakage.ts";
import { hostNow } from "./clock.ts";
import { KnownError } from "./errors.ts";
import type { AnyFault } from "./fault/define.ts";
import { limitsOf } from "./phase-limits.ts";
import type { Act, FaultCall } from "./plan.ts";
import type { Duration } from "./time.ts";

export interface ScheduleOrder {
  readonly scene: Scene;
  readonly act: Pick<Act, "id" | "faults">;
  readonly faults: readonly AnyFault[];
  /** The trial's own, by its recorded seed. */
  readonly random: () => number;
  /** How long each fault has to be seen to bite. */
  readonly witnessWithin: Duration;
  /** What the trial's later acts break. */
  readonly afterwards?: readonly FaultCall[];
}

interface Planned {
  readonly nth: number;
  readonly call: FaultCall;
  readonly fault: AnyFault;
}

/** The faults of one act: each injected at its time, seen to bite, and lifted when its time is over. */
export class FaultSchedule {
  readonly #order: ScheduleOrder;
  readonly #planned: readonly Planned[];
  readonly #inForce = new Map<number, Breakage>();
  readonly #end = new AbortController();
  #rest: Promise<unknown> = Promise.resolve();
  #began = 0;
  #open: number;

  constructor(order: ScheduleOrder) {
    this.#order = order;
    this.#planned = order.act.faults.map((call, nth) => ({ nth, call, fault: known(order.faults, call.kind) }));
    this.#open = this.#planned.filter((it) => it.call.at > 0 || it.call.for !== undefined).length;
  }

  /** How long it may take in all to inject these faults, or to put them back. */
  get limits() {
    return limitsOf(this.#planned.map((it) => it.fault));
  }

  /** Whether nothing is still to be injected or lifted. */
  get over(): boolean {
    return this.#open === 0;
  }

  /**
   * Refuses what comes later and cannot be, then aims the first, and all that come at the same time, and puts their undo on the disk.
   * Nothing is broken yet.
   */
  async announceFirst(): Promise<void> {
    const { scene, faults, afterwards = [] } = this.#order;
    const first = this.#first();
    const later = this.#planned.filter((it) => !first.includes(it)).map((it) => it.call);
    await Promise.all(
      [...later, ...afterwards].map((it) => Breakage.refuseWrong(scene, known(faults, it.kind), it.params)),
    );
    await allDone(first.map((it) => this.#announce(it)));
  }

  /** Injects what was announced. */
  async injectFirst(): Promise<void> {
    this.#began = hostNow();
    await allDone([...this.#inForce.values()].map((it) => it.inject()));
  }

  /** Whether all that were injected first were seen to bite. */
  async witnessFirst(): Promise<boolean> {
    const { witnessWithin } = this.#order;
    const bites = await Promise.all([...this.#inForce.values()].map((it) => it.witness(witnessWithin)));
    return bites.every((it) => it);
  }

  /** Carries out the rest beside the observation: what comes later, and what ends. `failed` is told of what goes wrong with it. */
  start(failed: (why: unknown) => void): void {
    const first = new Set(this.#first());
    const tasks = this.#planned.map(async (it) => {
      try {
        if (!first.has(it)) await this.#breakLater(it);
        if (it.call.for !== undefined) await this.#liftLater(it, it.call.for);
      } catch (why) {
        if (!this.#end.signal.aborted) failed(why);
      }
    });
    this.#rest = Promise.all(tasks);
  }

  /**
   * Puts back whatever is still in force, the last first. Nothing is injected after that. One that cannot be put back does not keep the
   * others from it, and is tried again when this is called again.
   */
  async putBack(): Promise<void> {
    this.#end.abort();
    await this.#rest;
    const failed: unknown[] = [];
    for (const nth of [...this.#inForce.keys()].toSorted((a, b) => b - a))
      try {
        await this.#inForce.get(nth)?.putBack();
        this.#inForce.delete(nth);
      } catch (thrown) {
        failed.push(thrown);
      }
    throwAll(failed);
  }

  #first(): Planned[] {
    const earliest = Math.min(...this.#planned.map((it) => it.call.at));
    return this.#planned.filter((it) => it.call.at === earliest);
  }

  async #announce({ nth, call, fault }: Planned): Promise<Breakage> {
    const { scene, act, random } = this.#order;
    const params = await drawn(call.params, scene, random);
    const breakage = await Breakage.announce(scene, { act: act.id, nth }, fault, params);
    this.#inForce.set(nth, breakage);
    return breakage;
  }

  async #breakLater(it: Planned): Promise<void> {
    await this.#until(this.#began + it.call.at);
    const breakage = await this.#announce(it);
    await breakage.inject();
    await breakage.witness(this.#order.witnessWithin);
    if (it.call.for === undefined) this.#open--;
    this.#order.scene.changed();
  }

  async #liftLater({ nth, call }: Planned, lasts: Duration): Promise<void> {
    await this.#until(this.#began + call.at + lasts);
    await this.#inForce.get(nth)?.lift();
    this.#inForce.delete(nth);
    this.#open--;
    this.#order.scene.changed();
  }

  async #until(host: number): Promise<void> {
    // A timer may go off a little before its time by this clock.
    do await sleep(Math.max(0, host - hostNow()), undefined, { signal: this.#end.signal });
    while (hostNow() < host);
  }
}

function known(faults: readonly AnyFault[], kind: string): AnyFault {
  const fault = faults.find((it) => it.kind === kind);
  if (fault) return fault;
  throw new KnownError("unknown-fault", `there is no fault "${kind}"`, {
    facts: { "known faults": faults.map((it) => it.kind).join(", ") },
  });
}

const anyReplica = z.looseObject({ service: z.string(), replica: z.literal("any") });

/** A parameter `replica: any` as the number of one of the service's containers. */
async function drawn(
  params: Readonly<Record<string, unknown>>,
  { stack }: Scene,
  random: () => number,
): Promise<Readonly<Record<string, unknown>>> {
  const open = anyReplica.safeParse(params);
  if (!open.success) return params;
  const replicas = await stack.containers.replicas(open.data.service);
  return { ...params, replica: replicas[Math.floor(random() * replicas.length)] ?? 1 };
}
