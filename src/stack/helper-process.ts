import { PassThrough } from "node:stream";
import type Dockerode from "dockerode";
import * as z from "zod/mini";
import { type HostSpan, hostNow } from "../clock.ts";
import { KnownError, messageOf } from "../errors.ts";
import { answered, within } from "../limit.ts";
import { type Duration, formatDuration, ms, seconds } from "../time.ts";
import { type ClockExchange, type ClockMap, hostBootId, mapClock, toHost } from "./helper-clock.ts";
import { type Answer, answer, type Request } from "./helper-wire.ts";
import { eachLine } from "./lines.ts";
import { gone } from "./remove.ts";

/** The harness' side of a helper program: its container, its standard streams, its requests, its clock. */

export interface HelperOrder {
  readonly program: "probe" | "hand" | "wire";
  readonly image: string;
  /** The container's name. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  /** On top of what every helper gets: no capability, nothing writable, no new privileges, little memory, few processes. */
  readonly host: Dockerode.HostConfig;
}

const startLimit = seconds(15);
const helloLimit = seconds(10);
const pingLimit = seconds(2);
const exitLimit = seconds(5);
const exitCodeLimit = seconds(1);
/** Longer than a start takes, or a start that fails. */
export const helperStartLimit = ms(3 * startLimit + helloLimit + 2 * exitLimit);
/** Another machine's clock is compared this often. */
const clockEvery = seconds(5);
const keptStderr = 2000;

interface Pending {
  readonly more: (data: unknown) => void;
  readonly done: (data: unknown) => void;
  readonly failed: (error: unknown) => void;
}

/** Starts a helper's container and waits until its program has said hello. Leaves nothing behind if that fails. */
export async function startHelper(engine: Dockerode, order: HelperOrder): Promise<HelperProcess> {
  let helper: HelperProcess | undefined;
  const creating = engine.createContainer(containerOf(order));
  try {
    const container = await inTime(startLimit, creating, "creating its container");
    const streams = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true };
    const stream = await inTime(startLimit, container.attach(streams), "attaching to it");
    helper = new HelperProcess(engine, container, stream, order);
    await inTime(startLimit, container.start(), "starting its container");
    await helper.greet();
    return helper;
  } catch (thrown) {
    await helper?.[Symbol.asyncDispose]().catch(() => undefined);
    // By what we created, never by its name: that may be another's, which is why we failed. Created late is removed late.
    const removing = creating.then((container) => gone(container.remove({ force: true })));
    await inTime(exitLimit, removing, "removing it").catch(() => undefined);
    if (thrown instanceof KnownError) throw thrown;
    throw new KnownError(`no-${order.program}`, `the ${order.program} could not be started`, {
      facts: { container: order.name, image: order.image, reason: messageOf(thrown), ...helper?.facts() },
      cause: thrown,
    });
  }
}

function containerOf({ program, image, name, labels, user, host }: HelperOrder): Dockerode.ContainerCreateOptions {
  const memory = 128 * 2 ** 20;
  return {
    name,
    Image: image,
    Entrypoint: ["node", "--max-old-space-size=64"],
    Cmd: [`/healproof/${program}.mjs`],
    Labels: { ...labels },
    User: user,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    // The engine closes the program's input when our connection ends, and that makes it exit.
    StdinOnce: true,
    Tty: false,
    HostConfig: {
      AutoRemove: true,
      // What it says is for us alone: no second copy on the engine's disk.
      LogConfig: { Type: "none", Config: {} },
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      PidsLimit: 64,
      Memory: memory,
      MemorySwap: memory,
      ...host,
    },
  };
}

export class HelperProcess implements AsyncDisposable {
  /** Rejects once if the program is lost. Never fulfils. */
  readonly lost: Promise<never>;
  readonly #lose: (error: unknown) => void;
  readonly #container: Dockerode.Container;
  readonly #stream: NodeJS.ReadWriteStream;
  readonly #order: HelperOrder;
  /** How it ended; not `told` where the engine could not say. */
  readonly #exited: Promise<{ readonly told: boolean; readonly text: string }>;
  readonly #hello = Promise.withResolvers<string>();
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #lastStderr = "";
  #failure: unknown;
  /** Whether our connection to it ended before we did: then nobody will tell that it has gone. */
  #isCut = false;
  #ending: Promise<void> | undefined;
  #bootId = "";
  #clock: ClockMap | undefined;
  #clockTimer: NodeJS.Timeout | undefined;

  constructor(engine: Dockerode, container: Dockerode.Container, stream: NodeJS.ReadWriteStream, order: HelperOrder) {
    this.#container = container;
    this.#stream = stream;
    this.#order = order;
    const { promise, reject } = Promise.withResolvers<never>();
    this.lost = promise;
    this.#lose = reject;
    // Whoever cares listens; an unheard loss must not crash the process by itself. It also ends every request.
    promise.catch(() => undefined);
    this.#hello.promise.catch(() => undefined);

    this.#exited = container.wait({ condition: "removed" }).then(
      (result) => ({ told: true, text: `exit code ${exitStatus.parse(result).StatusCode}` }),
      (thrown: unknown) => ({ told: false, text: messageOf(thrown) }),
    );
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    engine.modem.demuxStream(stream, stdout, stderr);
    eachLine(stdout, (line) => this.#hear(line));
    stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#lastStderr = (this.#lastStderr + text).slice(-keptStderr);
    });
    stream.once("error", (error) => void this.#broken(messageOf(error)));
    stream.once("end", () => void this.#broken("it ended"));
    stream.once("close", () => void this.#broken("its stream closed"));
  }

  /** The kernel that the program runs on. */
  get bootId(): string {
    return this.#bootId;
  }

  /** How its clock maps to the host's, at present. */
  get clock(): ClockMap {
    if (!this.#clock) throw new Error("the clock is known only after the greeting");
    return this.#clock;
  }

  /** A span of its clock on the host's, the uncertainty included. */
  toHost(from: number, to: number): HostSpan {
    return toHost(this.clock, from, to);
  }

  /** Waits for the program's first line and compares clocks. */
  async greet(): Promise<void> {
    this.#bootId = await this.#inTime(this.#hello.promise, helloLimit, "said nothing");
    await this.#compareClocks();
    if (this.clock.sameKernel) return;
    // Two machines' clocks drift apart: keep comparing.
    this.#clockTimer = setInterval(
      () => void this.#compareClocks().catch((thrown) => this.lose(thrown)),
      clockEvery,
    ).unref();
  }

  /** One request with one answer. */
  async ask(command: unknown, limit: Duration): Promise<unknown> {
    const { id, done } = this.#request((it) => ({ kind: "do", id: it, command }));
    return this.#inTime(done, limit, "did not answer").finally(() => this.#pending.delete(id));
  }

  /** A request whose answers are told one by one, until the program has no more or `until` is aborted. */
  async stream(command: unknown, tell: (data: unknown) => void, until: AbortSignal): Promise<void> {
    if (until.aborted) return;
    const { id, done } = this.#request((it) => ({ kind: "do", id: it, command }), tell);
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
    const onAbort = () => {
      this.#pending.delete(id);
      if (this.#failure === undefined && !this.#ending) this.#send({ kind: "stop", id });
      stop();
    };
    until.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.race([done, stopped]);
    } finally {
      until.removeEventListener("abort", onAbort);
    }
  }

  /** For whoever finds an answer that cannot be: the program is not to be trusted any more. */
  lose(thrown: unknown): void {
    if (this.#ending || this.#failure !== undefined) return;
    this.#failure =
      thrown instanceof KnownError
        ? thrown
        : this.#error(`the ${this.#order.program} said what it must not: ${messageOf(thrown)}`, thrown);
    this.#endRequests(this.#failure);
    this.#lose(this.#failure);
  }

  /** What is known about it, for an error. */
  facts(): Record<string, string> {
    return {
      container: this.#order.name,
      "last words": this.#lastStderr.trim() || "none on its standard error",
    };
  }

  /** Closes its input, waits until the engine has removed it, and removes it by force if that takes too long, or cannot be waited for. */
  [Symbol.asyncDispose](): Promise<void> {
    // One that could not be removed now, as while its engine is away, may be tried again.
    this.#ending ??= this.#end().catch((thrown: unknown) => {
      this.#ending = undefined;
      throw thrown;
    });
    return this.#ending;
  }

  async #end(): Promise<void> {
    clearInterval(this.#clockTimer);
    this.#endRequests(new KnownError(`${this.#order.program}-ended`, `the ${this.#order.program} has been ended`));
    if (this.#failure === undefined) this.#stream.end();
    const gracefully =
      !this.#isCut &&
      (await inTime(exitLimit, this.#exited, "its end").then(
        () => true,
        () => false,
      ));
    if (!gracefully) await answered(`to remove ${this.#order.name}`, gone(this.#container.remove({ force: true })));
    if ("destroy" in this.#stream && typeof this.#stream.destroy === "function") this.#stream.destroy();
  }

  async #compareClocks(): Promise<void> {
    const sameBoot = this.#bootId === hostBootId();
    const exchanges: ClockExchange[] = [];
    for (let left = sameBoot ? 2 : 8; left > 0; left--) {
      const sent = hostNow();
      const { done } = this.#request((id) => ({ kind: "ping", id }));
      const other = z.number().parse(await this.#inTime(done, pingLimit, "did not answer"));
      exchanges.push({ sent, other, answered: hostNow() });
    }
    this.#clock = mapClock(exchanges, sameBoot, clockEvery);
  }

  #request(of: (id: number) => Request, more: (data: unknown) => void = () => undefined) {
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise: done, resolve, reject } = Promise.withResolvers<unknown>();
    done.catch(() => undefined);
    if (this.#failure !== undefined) reject(this.#failure);
    else if (this.#ending) reject(this.#error(`the ${this.#order.program} has been ended already`));
    else {
      this.#pending.set(id, { more, done: resolve, failed: reject });
      this.#send(of(id));
    }
    return { id, done };
  }

  #send(request: Request): void {
    this.#stream.write(`${JSON.stringify(request)}\n`);
  }

  #hear(line: string): void {
    try {
      const heard = answer.parse(JSON.parse(line));
      if (heard.kind === "hello") this.#hello.resolve(heard.bootId);
      else this.#answer(heard);
    } catch (thrown) {
      this.lose(thrown);
    }
  }

  #answer(heard: Exclude<Answer, { kind: "hello" }>): void {
    const asked = this.#pending.get(heard.id);
    // None: the last words of a stream that nobody listens to any more.
    if (!asked) return;
    if (heard.kind !== "more") this.#pending.delete(heard.id);
    if (heard.kind === "more") asked.more(heard.data);
    else if (heard.kind === "done") asked.done(heard.data);
    else asked.failed(this.#error(`the ${this.#order.program} failed: ${heard.message}`));
  }

  async #broken(how: string): Promise<void> {
    if (this.#ending || this.#failure !== undefined) return;
    this.#isCut = true;
    // The exit code comes a moment after the stream's end.
    const exit = await inTime(exitCodeLimit, this.#exited, "its exit code").catch(() => undefined);
    // Where the engine tells of its end, its removal can be waited for.
    if (exit?.told) this.#isCut = false;
    this.lose(
      new KnownError(`${this.#order.program}-lost`, `the ${this.#order.program} was lost`, {
        facts: { how: exit === undefined ? how : `${how}, ${exit.text}`, ...this.facts() },
      }),
    );
  }

  #endRequests(reason: unknown): void {
    this.#hello.reject(reason);
    for (const { failed } of this.#pending.values()) failed(reason);
    this.#pending.clear();
  }

  #inTime<T>(work: Promise<T>, limit: Duration, how: string): Promise<T> {
    return within(limit, work, (waited) =>
      this.#error(`the ${this.#order.program} ${how} within ${formatDuration(waited)}`),
    );
  }

  #error(message: string, cause?: unknown): KnownError {
    return new KnownError(`${this.#order.program}-failed`, message, { facts: this.facts(), cause });
  }
}

const exitStatus = z.looseObject({ StatusCode: z.int() });

const inTime = <T>(limit: Duration, work: Promise<T>, what: string): Promise<T> =>
  within(limit, work, (waited) => new Error(`${what} took longer than ${formatDuration(waited)}`));
