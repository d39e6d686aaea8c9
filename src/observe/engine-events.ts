import type Dockerode from "dockerode";
import { KnownError } from "../errors.ts";
import { answered } from "../limit.ts";
import { followEvents } from "../stack/events.ts";
import { healthcheckOf } from "../stack/healthcheck.ts";
import type { StartedStack } from "../stack/stack.ts";
import { commandIn, noteCommands } from "./commands.ts";
import type { ObserverTools } from "./series.ts";
import { OtherWall, sameWall, type WallClock } from "./wall-clock.ts";
import type { EngineNews } from "./watch-containers.ts";

/** The engine's wall clock: this kernel's, or compared with its SystemTime until the end. */
export async function engineClock(docker: Dockerode, sameKernel: boolean, until: AbortSignal): Promise<WallClock> {
  if (sameKernel) return sameWall();
  const ask = async () => Date.parse((await answered("for its time", docker.info())).SystemTime);
  const clock = await OtherWall.compared({ ask, method: "the engine's SystemTime, exchanged", until });
  if (!clock) throw new Error("the observation ended before the engine's clock was compared");
  return clock;
}

/** What is told of an event: the rest of its attributes are the image's and Compose's labels. */
const telling = ["exitCode", "signal", "execDuration"] as const;
/** Healthchecks are exec'd every second; their three events each would drown the rest. What others exec is noted by itself. */
const noise = /^exec_/;

/** Streams the engine's events on the stack's containers into the journal, and tells whoever looks at these containers. */
export async function observeEngineEvents(
  docker: Dockerode,
  stack: StartedStack,
  engine: WallClock,
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
