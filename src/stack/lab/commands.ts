import { setTimeout as sleep } from "node:timers/promises";
import { exitCode, KnownError } from "../../errors.ts";
import { type Duration, minutes, ms } from "../../time.ts";
import type { Executed } from "../exec.ts";
import { runOnHost } from "../host-command.ts";

/** Programs of this machine that the lab is handled with. Each has a limit, and its failure is one error with what it said. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** What they say is read here, so it is said in no other language. */
const untranslated: Environment = { LC_ALL: "C.UTF-8" };

/** Runs one that must succeed. `environment`: on top of ours; undefined takes a variable away. `signal` interrupts it. */
export async function must(
  command: readonly string[],
  within: Duration,
  folder: string,
  environment: Environment = {},
  signal?: AbortSignal,
): Promise<string> {
  const { exitCode: code, out, err } = await run(command, within, folder, environment, signal);
  if (code === 0) return out;
  throw new KnownError("lab-failed", `the lab cannot be used: ${command.slice(0, 2).join(" ")} failed (exit ${code})`, {
    facts: {
      command: command.join(" "),
      "it printed": `${out}${err}`.trim().slice(-2000) || "nothing",
      try: "healproof doctor --target vagrant, which says what lacks; npm run lab, which sets it up; or vagrant up by hand",
    },
  });
}

export function run(
  command: readonly string[],
  within: Duration,
  folder: string,
  environment: Environment = {},
  signal?: AbortSignal,
): Promise<Executed> {
  return runOnHost(command, within, folder, signal, { ...untranslated, ...environment });
}

/** Vagrant's word for how the machine is: running, shutoff, not_created. */
export async function stateOf(folder: string, signal?: AbortSignal): Promise<string | undefined> {
  return /,state,(\w+)$/m.exec(await vagrant(["status", "--machine-readable"], minutes(2), folder, {}, signal))?.[1];
}

/** As Vagrant says that another one is at work on the machine. One of ours that was killed leaves it to end by itself. */
const isLocked = /another process is already executing an action|lock is being held|it is locked/;
const askAgainMs = 1000;

/** What `vagrant` prints, once no other one is at work on the machine; where there is no such program, an error that says how to get it. */
export async function vagrant(
  args: readonly string[],
  within: Duration,
  folder: string,
  environment: Environment = {},
  signal?: AbortSignal,
): Promise<string> {
  const until = performance.now() + within;
  for (;;) {
    const left = ms(until - performance.now());
    try {
      return await must(["vagrant", ...args], left, folder, environment, signal);
    } catch (thrown) {
      if (!(thrown instanceof KnownError)) throw thrown;
      if (/ENOENT|exit 127/.test(thrown.message)) throw noVagrant(thrown);
      if (!isLocked.test(thrown.facts["it printed"] ?? "") || until - performance.now() < 2 * askAgainMs) throw thrown;
    }
    await sleep(askAgainMs);
  }
}

const noVagrant = (cause: Error) =>
  new KnownError("no-vagrant", "the lab needs Vagrant, and this machine has none", {
    facts: { try: "docs/lab.md, which says what to install" },
    exitCode: exitCode.usage,
    cause,
  });
