import { z } from "zod";
import { type HostSpan, spanOf } from "../clock.ts";
import { exitCode, KnownError, printable } from "../errors.ts";
import type { Executed } from "../stack/exec.ts";
import { type Duration, ms, seconds } from "../time.ts";
import type { FaultLook } from "./define.ts";
import { keepLooking, seenWithin } from "./looking.ts";

/** What the faults share that are a person's own commands, wherever these run. */

const command = z.array(z.string()).min(1);

export const commands = {
  run: command.meta({
    description:
      "The command that breaks it: a program and its arguments, without a shell. It must end; what it leaves running must let go of its output. Should healproof be killed while it runs, it goes on: let `undo` reckon with that",
  }),
  witness: command.meta({
    description: "The command that tells whether it has bitten: exit code 0 if so; asked again until the limit",
  }),
  undo: command.meta({
    description: "The command that puts it back; run again after a crash, so twice must be harmless",
  }),
  watch: command.optional().meta({
    description: "The command that tells whether it is still in force: exit code 0 if so; the witness unless told",
  }),
};

export const commandsAim = {
  run: command,
  witness: command,
  undo: command,
  watch: command,
};
type Commands = z.output<z.ZodObject<typeof commandsAim>>;

/** Runs a command to its end, in the place that the fault is about; undefined where none can be run there just now. */
export type Runner = (command: readonly string[], within: Duration) => Promise<Executed | undefined>;

/** Below the limits that a trial has for an injection and for an undo. */
const limits = { run: seconds(25), undo: seconds(45), ask: seconds(5) } as const;

const tryEvery = ms(100);
/** A command in a container costs the engine some 50 ms of CPU. */
const watchEvery = ms(700);

export const breakBy = (runner: Runner, { run }: Commands): Promise<HostSpan> =>
  spanOf(async () => {
    const done = await runner(run, limits.run);
    if (done?.exitCode !== 0) throw failed("exec-failed", "the command that breaks it failed", run, done);
  });

export const seenBy = (runner: Runner, { witness }: Commands, within: Duration): Promise<HostSpan | undefined> =>
  seenWithin(async () => (await says(runner, witness)) === true, within, tryEvery);

export function watchedBy(
  runner: Runner,
  { watch }: Commands,
  tell: (look: FaultLook) => void,
  until: AbortSignal,
): Promise<void> {
  const look = async () => {
    const yes = await says(runner, watch);
    if (yes === undefined) return { state: "in-force", why: "there is nothing to ask just now" } as const;
    return yes
      ? ({ state: "in-force", why: `${shown(watch)} says so` } as const)
      : ({ state: "healed", why: `${shown(watch)} no longer says so` } as const);
  };
  return keepLooking(look, tell, until, watchEvery);
}

export async function undoneBy(runner: Runner, { undo }: Commands): Promise<void> {
  const done = await runner(undo, limits.undo);
  if (done?.exitCode !== 0) throw failed("exec-undo-failed", "the command that puts it back failed", undo, done);
}

/** Whether a command says yes. One that is not there says nothing, whatever its exit code. */
async function says(runner: Runner, asked: readonly string[]): Promise<boolean | undefined> {
  const done = await runner(asked, limits.ask);
  if (done && (done.exitCode === 126 || done.exitCode === 127))
    throw failed("exec-failed", "the command that is asked cannot be run", asked, done);
  return done && done.exitCode === 0;
}

/** The last of it says why. */
const mostPrinted = 2000;

function failed(code: string, what: string, command: readonly string[], done: Executed | undefined): KnownError {
  const printed = printable(`${done?.out ?? ""}${done?.err ?? ""}`.trim()).slice(-mostPrinted);
  return new KnownError(code, what, {
    facts: {
      command: command.join(" "),
      ...(done
        ? { "exit code": `${done.exitCode}`, "it printed": printed || "nothing" }
        : { why: "its container does not run" }),
      try: "running it by hand, where the fault runs it: of a container by docker exec, after healproof up",
    },
    exitCode: exitCode.inconclusive,
  });
}

const longestShown = 60;

/** A command in a few words. */
export function shown(command: readonly string[]): string {
  const text = command.join(" ").replaceAll(/\s+/g, " ");
  return text.length > longestShown ? `${text.slice(0, longestShown - 1)}…` : text;
}
