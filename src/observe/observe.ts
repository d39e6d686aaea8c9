import type { TrialClock } from "../clock.ts";
import type { JournalWriter } from "../journal-file.ts";
import { answered } from "../limit.ts";
import { conditionsOf, type TrialPlan } from "../plan.ts";
import { seriesOf } from "../scenario/conditions.ts";
import type { Engine } from "../stack/engine.ts";
import { label } from "../stack/labels.ts";
import type { StartedStack } from "../stack/stack.ts";
import { type EngineClock, engineClock, observeEngineEvents } from "./engine-events.ts";
import { startProbe } from "./probe/start.ts";
import { observeProbe } from "./probing.ts";
import { observePrometheus, type WatchedSeries } from "./prometheus/observe.ts";

/** Everything that looks at one stack while its trial lasts. */
export interface Observation extends AsyncDisposable {
  /** Rejects if an observer is lost: what it would have seen is not known, so the trial cannot go on. */
  readonly lost: Promise<never>;
  /** Maps the engine's times to the host's clock. */
  readonly engineClock: EngineClock;
}

export interface ObserveOrder {
  readonly engine: Engine;
  readonly stack: StartedStack;
  readonly plan: TrialPlan;
  readonly helperImage: string;
  readonly hostBootId: string;
  readonly run: string;
  readonly owner: string;
  readonly journal: JournalWriter;
  readonly clock: TrialClock;
  readonly changed: () => void;
}

/** Starts every observer that the plan needs. They write to the journal until disposed of. */
export async function observe(order: ObserveOrder): Promise<Observation> {
  const { engine, stack, plan, run, owner, journal, clock, changed } = order;
  const end = new AbortController();
  const tools = { journal, clock, changed, until: end.signal };
  const [network, ...others] = stack.networks;
  if (network === undefined) throw new Error(`the stack ${stack.project} has no network`);
  const name = `${stack.project}-probe`;
  const labels = { [label.run]: run, [label.trial]: plan.id, [label.owner]: owner, [label.role]: "probe" };
  const probe = await startProbe(engine.docker, { image: order.helperImage, network, name, labels });
  try {
    await Promise.all(
      others.map((other) =>
        answered(`to connect ${name} to ${other}`, engine.docker.getNetwork(other).connect({ Container: name })),
      ),
    );
    const clockOfEngine = await engineClock(engine.docker, probe.clock.sameKernel);
    const events = await observeEngineEvents(engine.docker, stack, clockOfEngine, tools);
    const { urls, metrics } = seriesWanted(plan);
    observeProbe(probe, urls, tools);
    const prometheus = plan.stack.prometheus
      ? observePrometheus(probe, plan.stack.prometheus, metrics, tools)
      : Promise.resolve();
    const lost = Promise.race([probe.lost, events.lost, prometheus.then(() => new Promise<never>(() => undefined))]);
    lost.catch(() => undefined);
    return {
      lost,
      engineClock: clockOfEngine,
      async [Symbol.asyncDispose]() {
        end.abort();
        await probe[Symbol.asyncDispose]();
        // A question that was under way when the probe ended fails; before that, `lost` would have told.
        await prometheus.catch(() => undefined);
      },
    };
  } catch (thrown) {
    end.abort();
    await probe[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** What the plan's conditions read: addresses to probe and selectors to follow, each once. */
export function seriesWanted(plan: TrialPlan): { urls: string[]; metrics: WatchedSeries[] } {
  const conditions = conditionsOf(plan);
  const counters = plan.acts.flatMap((act) => act.recovery.corroboratedBy);
  const urls = conditions.flatMap((it) => ("probe" in it ? [it.probe] : []));
  const selectors = new Map<string, WatchedSeries>();
  for (const it of conditions) if ("metric" in it) selectors.set(seriesOf(it), { selector: seriesOf(it), sum: false });
  for (const it of counters) selectors.set(seriesOf(it), { selector: seriesOf(it), sum: true });
  return { urls: [...new Set(urls)], metrics: [...selectors.values()] };
}
