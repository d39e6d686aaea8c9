import type { TrialClock } from "../clock.ts";
import { KnownError } from "../errors.ts";
import type { Hand } from "../fault/hand/hand.ts";
import type { JournalWriter } from "../journal-file.ts";
import { answered } from "../limit.ts";
import type { TrialPlan } from "../plan.ts";
import type { Engine } from "../stack/engine.ts";
import { label } from "../stack/labels.ts";
import type { StartedStack } from "../stack/stack.ts";
import { observeDisk } from "./disk.ts";
import { engineClock, observeEngineEvents } from "./engine-events.ts";
import { observeInbox } from "./inbox.ts";
import { observeLogSize } from "./log-size.ts";
import { watchLog } from "./logs.ts";
import { onTheMachine } from "./machine-address.ts";
import { startProbe } from "./probe/start.ts";
import { observeProbe } from "./probing.ts";
import { observePrometheus } from "./prometheus/observe.ts";
import { watchHealth, watchStarts, watchState } from "./states.ts";
import { observeUnit } from "./units.ts";
import type { WallClock } from "./wall-clock.ts";
import { seriesWanted } from "./wanted.ts";
import { ContainerWatch } from "./watch-containers.ts";

/** Everything that looks at one stack while its trial lasts. */
export interface Observation extends AsyncDisposable {
  /** Rejects if an observer is lost: what it would have seen is not known, so the trial cannot go on. */
  readonly lost: Promise<never>;
  /** Maps the engine's times to the host's clock. */
  readonly engineClock: WallClock;
}

export interface ObserveOrder {
  readonly engine: Engine;
  readonly stack: StartedStack;
  readonly plan: TrialPlan;
  readonly helperImage: string;
  /** Sees how full the disks of containers are, once it is there. */
  readonly hand: Promise<Pick<Hand, "identify" | "disk">>;
  readonly run: string;
  readonly owner: string;
  readonly journal: JournalWriter;
  readonly clock: TrialClock;
  readonly changed: () => void;
  /** The how manieth time that this stack gets observers: those of the first may still have the first's name. */
  readonly nth?: number;
}

/** Starts every observer that the plan needs. They write to the journal until disposed of. */
export async function observe(order: ObserveOrder): Promise<Observation> {
  const { engine, stack, plan, run, owner, journal, clock, changed } = order;
  const end = new AbortController();
  const tools = { journal, clock, changed, until: end.signal };
  const [network, ...others] = stack.networks;
  if (network === undefined)
    throw new KnownError("no-network", `the stack ${stack.project} has no network from which it could be looked at`, {
      facts: {
        wanted: "one service at least that is on a network of containers",
        try: "networks in the Compose file, instead of network_mode: host or none",
      },
    });
  const name = `${stack.project}-probe${order.nth && order.nth > 1 ? `-${order.nth}` : ""}`;
  const labels = { [label.run]: run, [label.trial]: plan.id, [label.owner]: owner, [label.role]: "probe" };
  const probe = await startProbe(engine.docker, { image: order.helperImage, network, name, labels });
  try {
    await Promise.all(
      others.map((other) =>
        answered(`to connect ${name} to ${other}`, engine.docker.getNetwork(other).connect({ Container: name })),
      ),
    );
    const clockOfEngine = await engineClock(engine.docker, probe.clock.sameKernel, end.signal);
    const { promise: failed, reject: fail } = Promise.withResolvers<never>();
    const wanted = seriesWanted(plan);
    const watch = new ContainerWatch([
      ...wanted.states.map((it) => watchState(it, tools)),
      ...wanted.healths.map((it) => watchHealth(it, tools)),
      ...wanted.starts.map((it) => watchStarts(it, clockOfEngine, tools)),
      ...wanted.logs.map((it) => watchLog(it, stack.containers, clockOfEngine, tools, fail)),
    ]);
    const events = await observeEngineEvents(engine.docker, stack, clockOfEngine, tools, watch.tell);
    observeProbe(probe, await onTheMachine(engine.docker, network, wanted.addresses), tools);
    const { prometheus } = plan.stack;
    const looking = [
      watch.run(stack.containers, end.signal),
      ...(prometheus === undefined ? [] : [observePrometheus(probe, prometheus, wanted, tools)]),
      ...wanted.inboxes.map((it) => observeInbox(probe, it, tools)),
      ...wanted.disks.map(async (it) => observeDisk(stack.containers, await order.hand, it, tools)),
      ...wanted.logSizes.map((it) => observeLogSize(stack.containers, it, tools)),
      ...wanted.units.map((it) => observeUnit(stack.containers, it, tools)),
    ];
    // Those that look by asking end with the trial; before that only an error ends them.
    for (const it of looking) it.catch(fail);
    const lost = Promise.race([probe.lost, events.lost, failed]);
    lost.catch(() => undefined);
    return {
      lost,
      engineClock: clockOfEngine,
      async [Symbol.asyncDispose]() {
        end.abort();
        await probe[Symbol.asyncDispose]();
        // A question that was under way when the probe ended fails; before that, `lost` would have told.
        await Promise.allSettled(looking);
      },
    };
  } catch (thrown) {
    end.abort();
    await probe[Symbol.asyncDispose]();
    throw thrown;
  }
}
