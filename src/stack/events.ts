import type Dockerode from "dockerode";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import { answered } from "../limit.ts";
import { eachLine } from "./lines.ts";

const event = z.looseObject({
  Action: z.string(),
  /** The engine's wall clock, ns since 1970. */
  timeNano: z.number(),
  Actor: z.looseObject({ ID: z.string(), Attributes: z.record(z.string(), z.string()).default({}) }),
});
export type EngineEvent = z.output<typeof event>;

export interface EventListener {
  readonly tell: (event: EngineEvent) => void;
  /** Told why, once, when the stream breaks: nothing comes any more. */
  readonly lost: (why: string) => void;
}

/** Tells each event on the containers of a Compose project as it comes, until disposed of. */
export async function followEvents(
  docker: Dockerode,
  project: string,
  { tell, lost }: EventListener,
): Promise<Disposable> {
  const filters = JSON.stringify({ type: ["container"], label: [`com.docker.compose.project=${project}`] });
  const opening = docker.getEvents({ filters });
  let stream: NodeJS.ReadableStream;
  try {
    stream = await answered(`for the events of ${project}`, opening);
  } catch (thrown) {
    opening.then(destroy, () => undefined);
    throw thrown;
  }
  let over = false;
  const end = () => {
    over = true;
    destroy(stream);
  };
  const breaks = (why: string) => {
    if (over) return;
    end();
    lost(why);
  };
  eachLine(stream, (line) => {
    if (over) return;
    try {
      tell(event.parse(JSON.parse(line)));
    } catch (thrown) {
      breaks(messageOf(thrown));
    }
  });
  stream.on("error", (thrown: Error) => breaks(thrown.message));
  stream.on("end", () => breaks("it ended"));
  return { [Symbol.dispose]: end };
}

function destroy(stream: NodeJS.ReadableStream): void {
  if ("destroy" in stream && typeof stream.destroy === "function") stream.destroy();
}
