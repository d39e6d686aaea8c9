import { type ChildProcess, spawn } from "node:child_process";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { KnownError, messageOf } from "../../errors.ts";
import { formatDuration, ms, seconds } from "../../time.ts";

const limit = seconds(60);
const tryLimit = seconds(10);
const againMs = 100;

/** A socket here that leads to the engine in the VM, for as long as it is not disposed of. */
export interface Tunnel extends Disposable {
  readonly socket: string;
}

/** Opens it, and returns once the engine answers. `config`: what `vagrant ssh-config` printed, as a file. */
export async function openTunnel(config: string, socket: string): Promise<Tunnel> {
  const forward = ["-N", "-o", "ExitOnForwardFailure=yes", "-o", "ServerAliveInterval=5"];
  const ssh = spawn("ssh", ["-F", config, ...forward, "-L", `${socket}:/var/run/docker.sock`, "default"], {
    stdio: ["ignore", "ignore", "pipe"],
    // A Ctrl-C at the terminal is ours to answer: what must then be put back is behind this tunnel.
    detached: true,
  });
  let said = "";
  ssh.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2000);
  });
  const close = () => void ssh.kill();
  try {
    await untilAnswered(ssh, socket, () => said);
    return { socket, [Symbol.dispose]: close };
  } catch (thrown) {
    close();
    throw thrown;
  }
}

async function untilAnswered(ssh: ChildProcess, socket: string, said: () => string): Promise<void> {
  const began = performance.now();
  const ended = new Promise<string>((resolve) => {
    ssh.once("error", (thrown) => resolve(thrown.message));
    ssh.once("exit", (code, signal) => resolve(`ssh ended (${signal ?? `exit ${code}`})`));
  });
  let last = "nothing yet";
  while (performance.now() - began < limit) {
    const why = await Promise.race([ended, ping(socket).then(() => undefined, messageOf)]);
    if (why === undefined) return;
    last = why;
    if (ssh.exitCode !== null || ssh.signalCode !== null) break;
    await sleep(againMs);
  }
  throw new KnownError("no-tunnel", "the engine in the lab does not answer through the SSH tunnel", {
    facts: {
      waited: formatDuration(ms(performance.now() - began)),
      "last seen": last,
      "ssh said": said().trim() || "nothing",
      try: "vagrant ssh -c 'systemctl status docker'",
    },
  });
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
