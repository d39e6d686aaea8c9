import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectEngine } from "../../stack/engine.ts";
import { label } from "../../stack/labels.ts";

/** healproof as a user starts it: a process of its own, with folders of its own. */

const limitMs = 120_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export class Healproof implements Disposable {
  /** Run folders and undo entries of this test alone. */
  readonly folder = mkdtempSync(join(tmpdir(), "hp-test-"));
  readonly #started: ChildProcess[] = [];

  /** Starts a command. `until` resolves once its standard error matches; `ended` once it is over. */
  start(args: readonly string[], env: Record<string, string> = {}): Started {
    const child = spawn(process.execPath, ["src/cli.ts", ...args], {
      env: { ...process.env, XDG_STATE_HOME: join(this.folder, "state"), NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#started.push(child);
    return new Started(child, args.join(" "));
  }

  async run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  /** Undo entries that are on the disk. */
  undoEntries(): string[] {
    const undo = join(this.folder, "state", "healproof", "undo");
    return existsSync(undo) ? readdirSync(undo) : [];
  }

  [Symbol.dispose](): void {
    for (const child of this.#started) child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Started {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #command: string;
  #err = "";

  constructor(child: ChildProcess, command: string) {
    this.#child = child;
    this.#command = command;
    let out = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      out += chunk.toString("utf8");
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#err += chunk.toString("utf8");
    });
    this.ended = new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(this.#failure(`did not end within ${limitMs / 1000} s`)), limitMs);
      child.once("error", reject);
      child.once("close", (code, signal) => {
        clearTimeout(late);
        resolve({ code, signal, out, err: this.#err });
      });
    });
    this.ended.catch(() => undefined);
  }

  /** What it has said on standard error so far. */
  get err(): string {
    return this.#err;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** From now on nobody reads what it says, as when a terminal is closed or a pipe's reader ends. */
  stopReading(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  until(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(this.#failure(`did not say ${pattern} within ${limitMs / 1000} s`)),
        limitMs,
      );
      const look = () => {
        if (!pattern.test(this.#err)) return;
        clearTimeout(late);
        resolve();
      };
      this.#child.stderr?.on("data", look);
      this.#child.once("close", () => {
        clearTimeout(late);
        reject(this.#failure(`ended before it said ${pattern}`));
      });
      look();
    });
  }

  #failure(what: string): Error {
    return new Error(`healproof ${this.#command} ${what}; its standard error:\n${this.#err}`);
  }
}

/**
 * A stack of one service without Prometheus or healthcheck, and a scenario that breaks it: all that a run needs, up in a second.
 * Returns the scenario's file.
 */
export function smallStack(folder: string, scenario: string): string {
  const serve = "require('node:http').createServer((_, answer) => answer.end('ok')).listen(8080)";
  const compose = { services: { api: { image: nodeImage(), command: ["node", "-e", serve], restart: "always" } } };
  writeFileSync(join(folder, "compose.yaml"), JSON.stringify(compose));
  const file = join(folder, "scenario.yaml");
  writeFileSync(file, scenario);
  return file;
}

/** An image with Node that the set-up has put here. */
export function nodeImage(): string {
  const env = readFileSync("fixtures/stack/.env", "utf8");
  const image = /^NODE_IMAGE=(.+)$/m.exec(env)?.[1];
  if (image === undefined) throw new Error("the set-up writes NODE_IMAGE into fixtures/stack/.env: npm run setup");
  return image;
}

/** The id that a run announced. */
export function runIdIn(err: string): string {
  const id = /run (\d{8}-\d{6}-[0-9a-f]{4})/.exec(err)?.[1];
  if (id === undefined) throw new Error(`no run was announced in:\n${err}`);
  return id;
}

/** What a run has in the engine: names of containers, networks and volumes. */
export async function leftOf(run: string): Promise<string[]> {
  const { docker } = await connectEngine();
  const filters = JSON.stringify({ label: [`${label.run}=${run}`] });
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.flatMap((it) => it.Names),
    ...networks.map((it) => it.Name),
    ...(volumes ?? []).map((it) => it.Name),
  ];
}
