import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { KnownError, messageOf } from "../../errors.ts";
import { type Duration, formatDuration, ms, seconds } from "../../time.ts";

const firstLimit = seconds(60);
const tryLimit = seconds(10);
const againMs = 100;

/** A socket here that leads to the engine in the VM, for as long as it is not disposed of. */
export class Tunnel implements Disposable {
  readonly socket: string;
  readonly #config: string;
  #ssh: ChildProcess | undefined;

  private constructor(config: string, socket: string) {
    this.#config = config;
    this.socket = socket;
  }

  /** Opens it, and returns once the engine answers. `config`: what `vagrant ssh-config` printed, as a file. */
  static async open(config: string, socket: string, signal?: AbortSignal): Promise<Tunnel> {
    const tunnel = new Tunnel(config, socket);
    await tunnel.#open(firstLimit, "once", signal);
    return tunnel;
  }

  /** Opens it anew, however often that takes, after the machine at its other end was away; returns once the engine answers. */
  reopen(within: Duration): Promise<void> {
    return this.#open(within, "again and again");
  }

  async #open(within: Duration, tries: "once" | "again and again", signal?: AbortSignal): Promise<void> {
    const began = performance.now();
    let last: string;
    do {
      const said = this.#connect();
      const why = await this.#untilAnswered(began + within, signal);
      if (signal?.aborted) this[Symbol.dispose]();
      signal?.throwIfAborted();
      if (why === undefined) return;
      last = [why, said().trim()].filter((it) => it !== "").join(": ");
      this[Symbol.dispose]();
      if (tries === "once") break;
      await sleep(againMs);
    } while (performance.now() - began < within);
    throw new KnownError("no-tunnel", "the engine in the lab does not answer through the SSH tunnel", {
      facts: {
        waited: formatDuration(ms(performance.now() - began)),
        "last seen": last,
        try: "vagrant ssh -c 'systemctl status docker'",
      },
    });
  }

  [Symbol.dispose](): void {
    this.#ssh?.kill("SIGKILL");
    this.#ssh = undefined;
    rmSync(this.socket, { force: true });
  }

  #connect(): () => string {
    this[Symbol.dispose]();
    const options = ["ExitOnForwardFailure=yes", "ServerAliveInterval=5", "ServerAliveCountMax=2", "ConnectTimeout=5"];
    const forward = [...options.flatMap((it) => ["-o", it]), "-L", `${this.socket}:/var/run/docker.sock`];
    // Its input is ours: it ends with us, however we end.
    const ssh = spawn("ssh", ["-F", this.#config, ...forward, "default", "cat > /dev/null"], {
      stdio: ["pipe", "ignore", "pipe"],
      // A Ctrl-C at the terminal is ours to answer: what must then be put back is behind this tunnel.
      detached: true,
    });
    ssh.stdin.on("error", () => undefined);
    let said = "";
    ssh.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2000);
    });
    this.#ssh = ssh;
    return () => said;
  }

  /** Why nothing answers, once it is clear that nothing will; undefined once something does. */
  async #untilAnswered(until: number, signal: AbortSignal | undefined): Promise<string | undefined> {
    const ssh = this.#ssh;
    if (!ssh) return "it is closed";
    const ended = new Promise<string>((resolve) => {
      ssh.once("error", (thrown) => resolve(thrown.message));
      // Its last words come before this.
      ssh.once("close", (code, signal) => resolve(`ssh ended (${signal ?? `exit ${code}`})`));
    });
    let over: string | undefined;
    ended.then((why) => {
      over = why;
    });
    let last = "no answer";
    while (performance.now() < until && !signal?.aborted) {
      const why = await Promise.race([ended, ping(this.socket).then(() => undefined, messageOf)]);
      if (why === undefined) return undefined;
      if (over !== undefined) return over;
      last = why;
      await sleep(againMs);
    }
    return last;
  }
}

function ping(socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, path: "/_ping", timeout: tryLimit }, (answer) => {
      answer.resume();
      if (answer.statusCode === 200) resolve();
      else reject(new Error(`the engine answered ${answer.statusCode}`));
    });
    asking.once("timeout", () => asking.destroy(new Error(`no answer within ${formatDuration(tryLimit)}`)));
    asking.once("error", reject);
    asking.end();
  });
}
