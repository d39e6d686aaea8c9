import type Dockerode from "dockerode";
import { type HostSpan, hostNow, hostOfWall, wallReadingUncertaintyMs } from "../clock.ts";
import { KnownError } from "../errors.ts";
import { answered } from "../limit.ts";
import { followEvents } from "../stack/events.ts";
import { healthcheckOf } from "../stack/healthcheck.ts";
import type { StartedStack } from "../stack/stack.ts";
import { commandIn, noteCommands } from "./commands.ts";
import type { ObserverTools } from "./series.ts";
import type { EngineNews } from "./watch-containers.ts";

/** Maps the engine's wall clock to the host's monotonic clock. */
export interface EngineClock {
  readonly sameKernel: boolean;
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
  readonly method: string;
  toHost(unixMs: number): HostSpan;
}

/** Requests to compare clocks by; the one with the shortest round trip counts. */
const exchanges = 5;

/** Compares clocks: none is needed on the same kernel, else the engine's SystemTime is asked for, half the round trip being the uncertainty. */
export async function engineClock(docker: Dockerode, sameKernel: boolean): Promise<EngineClock> {
  if (sameKernel) return clockWith(true, 0, wallReadingUncertaintyMs, "same kernel (equal boot_id)");
  let best = { offset: 0, half: Number.POSITIVE_INFINITY };
  for (let i = 0; i < exchanges; i++) {
    const before = hostNow();
    const { SystemTime } = await answered("for its time", docker.info());
    const half = (hostNow() - before) / 2;
    const offset = Date.parse(SystemTime) - (Date.now() - half);
    if (half < best.half) best = { offset, half };
  }
  return clockWith(false, best.offset, best.half + wallReadingUncertaintyMs, "the engine's SystemTime, exchanged");
}

function clockWith(sameKernel: boolean, offsetMs: number, uncertaintyMs: number, method: string): EngineClock {
  return {
    sameKernel,
    offsetMs,
    uncertaintyMs,
    method,
    toHost(unixMs) {
      const host = hostOfWall(unixMs - offsetMs);
      return { from: host - uncertaintyMs, to: host + uncertaintyMs };
    },
  };
}

/** What is told of an event: the rest of its attributes are the image's and Compose's labels. */
const telling = ["exitCode", "signal", "execDuration"] as const;
/** Healthchecks are exec'd every second; their three events each would drown the rest. What others exec is noted by itself. */
const noise = /^exec_/;

/** Streams the engine's events on the stack's containers into the journal, and tells whoever looks at these containers. */
export async function observeEngineEvents(
  docker: Dockerode,
  stack: StartedStack,
  engine: EngineClock,
  tools: ObserverTools,
  heard: (news: EngineNews) => void = () => undefined,
): Promise<{ readonly lost: Promise<never> }> {
  const { journal, clock, changed, until } = tools;
  const { sameKernel, offsetMs, uncertaintyMs, method } = engine;
  journal.write({ kind: "clock", source: "engine", sameKernel, offsetMs, uncertaintyMs, method });
  const { promise: lost, reject } = Promise.withResolvers<never>();
  lost.catch(() => undefined);
  const note = noteCommands((id) => healthcheckOf(docker, id), engine, tools);
  const following = await followEvents(docker, stack.project, {
    tell({ Action, Actor, timeNano }) {
      const service = Actor.Attributes["com.docker.compose.service"];
      if (service === undefined || until.aborted) return;
      const command = commandIn(Action);
      // A container that is gone by now cannot be asked for its healthcheck: then nobody knows whose command it was.
      if (command !== undefined)
        note({ service, container: Actor.ID, command, unixMs: timeNano / 1e6 }).catch(() => undefined);
      if (noise.test(Action)) return;
      const attributes = Object.fromEntries(
        telling.flatMap((key) => (Actor.Attributes[key] === undefined ? [] : [[key, Actor.Attributes[key]]])),
      );
      const when = clock.span(engine.toHost(timeNano / 1e6));
      journal.write({ kind: "engine", when, service, container: Actor.ID, action: Action, attributes });
      changed();
      heard({ service, action: Action, unixMs: timeNano / 1e6 });
    },
    lost: (why) => reject(new KnownError("events-lost", `the engine's event stream broke: ${why}`)),
  });
  until.addEventListener("abort", () => following[Symbol.dispose](), { once: true });
  return { lost };
}
