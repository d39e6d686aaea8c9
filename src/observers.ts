import { allDone } from "./all-done.ts";
import { type HostSpan, hostNow, type TrialClock } from "./clock.ts";
import type { Hand } from "./fault/hand/hand.ts";
import type { Hands } from "./fault/hand/hands.ts";
import type { Host, LastBoot } from "./fault/host.ts";
import type { JournalWriter } from "./journal-file.ts";
import { within } from "./limit.ts";
import type { Observation } from "./observe/observe.ts";
import type { WatchedAddress } from "./observe/probing.ts";
import type { WallClock } from "./observe/wall-clock.ts";
import { attachLimit, bootLimit } from "./phase-limits.ts";
import type { Act } from "./plan.ts";
import type { ContainerLook, StackContainers } from "./stack/stack.ts";
import { overran } from "./trial-journal.ts";

export interface ObserversOrder {
  /** Attaches them, the `nth` time; the hand may be there only later. */
  readonly attach: (hand: Promise<Hand>, nth: number) => Promise<Observation>;
  readonly hands: Pick<Hands, "now" | "renew">;
  readonly host: Host | undefined;
  readonly containers: Pick<StackContainers, "look" | "lookAt">;
  readonly addresses: readonly WatchedAddress[];
  readonly journal: JournalWriter;
  readonly clock: TrialClock;
  /** The act that is under way. */
  readonly act: () => Act["id"];
  /** Told that one was lost that was not expected to go. */
  readonly lost: (why: unknown) => void;
}

/** Who looks at one stack: attached once it is up, and anew whenever its engine was away and took them with it. */
export class Observers implements AsyncDisposable {
  readonly #order: ObserversOrder;
  #now: Observation | undefined;
  #times = 0;
  #mayGo = false;
  #goneAt = 0;
  /** When each service's container was started, as it was before they went. */
  #before: ReadonlyMap<string, number | undefined> = new Map();

  constructor(order: ObserversOrder) {
    this.#order = order;
  }

  get engineClock(): WallClock {
    if (!this.#now) throw new Error("the observers are attached only once the stack is up");
    return this.#now.engineClock;
  }

  async attach(hand = Promise.resolve(this.#order.hands.now)): Promise<void> {
    const { attach, lost } = this.#order;
    this.#times++;
    const attached = await within(attachLimit, attach(hand, this.#times), (waited) =>
      overran("attaching the observers", waited),
    );
    this.#now = attached;
    this.#mayGo = false;
    attached.lost.catch((why: unknown) => {
      if (this.#now === attached && !this.#mayGo) lost(why);
    });
  }

  /** From now on their loss is no trouble. */
  async mayGo(): Promise<void> {
    const looks = await this.#order.containers.look();
    this.#before = new Map(looks.map((it) => [it.service, it.startedAtUnixMs]));
    this.#mayGo = true;
    this.#goneAt = hostNow();
  }

  /**
   * Attaches them anew, once the engine answers. Nobody looked meanwhile, and yet it is known that nothing answered: throughout
   * `dark`, or, of what was only started anew (`for a moment`), at some moment in it; and just before its container was started.
   */
  async comeBack(dark: HostSpan, lasted: "throughout" | "for a moment"): Promise<void> {
    const { host, hands, journal, clock, act } = this.#order;
    const putBack = hostNow();
    // What is left of them cannot be asked to end, and takes its time to see that.
    const ended = Promise.allSettled([this.#now?.[Symbol.asyncDispose]()]);
    this.#now = undefined;
    try {
      await host?.engineIsBack(bootLimit);
    } finally {
      await ended;
    }
    // Side by side: where the machine has just come up, to start one takes long, and until then nobody looks.
    const hand = hands.renew().then(() => hands.now);
    await allDone([hand, this.attach(hand)]);
    const when = clock.span({ from: this.#goneAt, to: hostNow() });
    const boot = await host?.lastBoot();
    await this.#noteDark(dark, lasted, boot);
    if (boot && lasted === "throughout") await this.#noteBoot(boot, { from: dark.to, to: putBack });
    journal.write({
      kind: "absence",
      act: act(),
      when,
      why: "the engine was away, and what looks at its containers with it",
      ...(boot ? { engine: clock.span(this.engineClock.toHost(boot.engine)) } : {}),
    });
  }

  async #noteDark(
    dark: HostSpan,
    lasted: "throughout" | "for a moment",
    boot: Pick<LastBoot, "systemd"> | undefined,
  ): Promise<void> {
    const { addresses, journal, clock, containers } = this.#order;
    for (const { id, url } of addresses) {
      const look = await containers.lookAt(new URL(url).hostname);
      // An engine that leaves its containers running while it restarts takes nothing away, nor what is none of its containers.
      if (lasted === "for a moment" && (!look || !this.#hasChanged(look))) continue;
      const began =
        look?.startedAtUnixMs === undefined
          ? boot && { at: this.engineClock.toHost(boot.systemd).from, notYet: "its machine's systemd had not begun" }
          : { at: this.engineClock.toHost(look.startedAtUnixMs).from, notYet: "its container was not started yet" };
      const known = lasted === "throughout" ? wasOff(dark, began) : wasStopped(dark, began);
      journal.write({
        kind: "samples",
        series: id,
        items: known.map(({ from, to, why }) => [clock.at(from), clock.at(to), 0, why]),
      });
    }
  }

  /** `powered`: when its power came back. */
  async #noteBoot(boot: LastBoot, powered: HostSpan): Promise<void> {
    const { journal, clock, act, containers } = this.#order;
    const looks = await containers.look();
    const last = Math.max(...looks.flatMap((it) => (it.running ? (it.startedAtUnixMs ?? []) : [])));
    const theirs = (unixMs: number) => clock.span(this.engineClock.toHost(unixMs));
    const steps = [
      { step: "power", when: clock.span(powered) },
      { step: "kernel", when: theirs(boot.kernel) },
      { step: "systemd", when: theirs(boot.systemd) },
      { step: "engine", when: theirs(boot.engine) },
      ...(last > boot.kernel ? [{ step: "containers" as const, when: theirs(last) }] : []),
    ] as const;
    // An engine starts its containers before it calls itself started.
    journal.write({ kind: "boot", act: act(), steps: steps.toSorted((a, b) => a.when.earliest - b.when.earliest) });
  }

  /** Whether a container was started since the last look at it, or is not running. */
  #hasChanged(now: ContainerLook): boolean {
    return !now.running || this.#before.get(now.service) !== now.startedAtUnixMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#mayGo = true;
    await this.#now?.[Symbol.asyncDispose]();
  }
}

/** What must have begun before it could answer: its container's last start, or else its machine's last one. */
interface Began {
  readonly at: number;
  /** Why it did not answer just before. */
  readonly notYet: string;
}

/** When nothing can have answered. */
type WhenDown = (dark: HostSpan, began: Began | undefined) => readonly (HostSpan & { readonly why: string })[];

const wasOff: WhenDown = (dark, began) => {
  const off = "its machine was off";
  const ends = [instantly(dark.from, off), instantly(dark.to, off)];
  return began && began.at > dark.to ? [...ends, instantly(began.at, began.notYet)] : ends;
};

/** It ended at some moment, and did not run when it was started again: that moment is known, and certainly after the injection. */
const wasStopped: WhenDown = (dark, began) =>
  began && began.at > dark.from ? [instantly(began.at, began.notYet)] : [{ ...dark, why: "its engine was restarted" }];

const instantly = (host: number, why: string) => ({ from: host, to: host, why });
