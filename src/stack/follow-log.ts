import { PassThrough } from "node:stream";
import type Dockerode from "dockerode";
import { KnownError, messageOf } from "../errors.ts";
import { answered } from "../limit.ts";
import { eachLine } from "./lines.ts";
import { statusOf } from "./remove.ts";

/** A line that a container wrote: when, by the engine's wall clock, and what. Stamps sort as they are. */
export interface LogLine {
  readonly stamp: string;
  readonly unixMs: number;
  readonly text: string;
}

export interface LogListener {
  readonly line: (line: LogLine) => void;
  /** Nothing more comes: the container ended, or is gone. */
  readonly ended: () => void;
}

/** Tells each line of a container's log from a time of the engine's clock on, as it is written, until the container ends or it is disposed of. */
export async function followLog(
  docker: Dockerode,
  id: string,
  sinceUnixMs: number,
  { line, ended }: LogListener,
): Promise<Disposable> {
  const container = docker.getContainer(id);
  const what = `for the log of ${id.slice(0, 12)}`;
  let stream: NodeJS.ReadableStream;
  let tty: boolean;
  try {
    tty = (await answered(what, container.inspect())).Config.Tty;
    const options = { stdout: true, stderr: true, timestamps: true, since: Math.floor(sinceUnixMs) / 1000 };
    stream = await answered(what, container.logs({ ...options, follow: true }));
  } catch (thrown) {
    if (statusOf(thrown) !== 404) throw unreadable(id, thrown);
    ended();
    return { [Symbol.dispose]: () => undefined };
  }
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    ended();
  };
  const tell = (written: string) => {
    const parsed = over ? undefined : lineOf(written);
    if (parsed) line(parsed);
  };
  if (tty) eachLine(stream, tell);
  else {
    const [out, err] = [new PassThrough(), new PassThrough()];
    container.modem.demuxStream(stream, out, err);
    for (const it of [out, err]) eachLine(it, tell);
  }
  // What it wrote last is still on its way through the two streams.
  stream.once("end", () => setImmediate(end));
  stream.once("error", () => setImmediate(end));
  return {
    [Symbol.dispose]: () => {
      over = true;
      if ("destroy" in stream && typeof stream.destroy === "function") stream.destroy();
    },
  };
}

const stamped = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d+)Z ?([^\r]*)/;

/** The engine puts its time before each line: `2026-01-01T00:00:00.123456789Z text`. What has none is the rest of a very long line. */
export function lineOf(written: string): LogLine | undefined {
  const [whole, second, fraction, text = ""] = stamped.exec(written) ?? [];
  if (whole === undefined) return undefined;
  return { stamp: `${second}.${fraction}`, unixMs: Date.parse(`${second}Z`) + Number(`0.${fraction}`) * 1000, text };
}

const unreadable = (id: string, thrown: unknown) =>
  new KnownError("log-unreadable", `the log of the container ${id.slice(0, 12)} cannot be followed`, {
    facts: { reason: messageOf(thrown), wanted: "a logging driver that can be read: json-file, local or journald" },
    cause: thrown,
  });
