import { isOurs } from "../stack/exec.ts";
import type { ObserverTools } from "./series.ts";
import type { WallClock } from "./wall-clock.ts";

/** A command that was run in a container from outside (docker exec), as the engine tells of it. */
export interface ToldCommand {
  readonly service: string;
  readonly container: string;
  readonly command: string;
  /** The engine's wall clock. */
  readonly unixMs: number;
}

/** The command that an event tells of; undefined of any other event. */
export const commandIn = (action: string): string | undefined => /^exec_create: (.*)$/s.exec(action)?.[1]?.trim();

const longest = 200;

/**
 * Writes down what others run in the stack's containers, as a runbook or a person does. Healthchecks are run in the same way, each second:
 * they are left out, and so is what we run ourselves.
 */
export function noteCommands(
  checkOf: (container: string) => Promise<string | undefined>,
  engine: WallClock,
  { journal, clock, until }: ObserverTools,
): (told: ToldCommand) => Promise<void> {
  const checks = new Map<string, ReturnType<typeof checkOf>>();
  return async ({ service, container, command, unixMs }) => {
    if (isOurs(container, command)) return;
    const check = checks.get(container) ?? checkOf(container);
    checks.set(container, check);
    if ((await check) === command || until.aborted) return;
    const when = clock.span(engine.toHost(unixMs));
    journal.write({ kind: "command", when, service, container, command: command.slice(0, longest) });
  };
}
