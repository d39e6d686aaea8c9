import type { Machine, Result } from "./machine.mjs";

/** What a command answers: an exit code of 0 with this output, or anything else in full. */
type Answer = string | Partial<Result>;

/** A machine whose commands answer from a script, and that remembers what was run, asked and said. */
export function scriptedMachine(
  facts: Partial<Machine> & { commands?: readonly string[]; yes?: boolean },
  answer: (line: string) => Answer | Promise<Answer> = () => "",
) {
  const ran: string[] = [];
  const asked: string[] = [];
  const said: string[] = [];
  const limits: Record<string, number | undefined> = {};
  const { commands = ["apt-get", "docker", "dockerd"], yes = false, ...rest } = facts;
  const machine: Machine = {
    root: "/nowhere",
    home: "/nowhere/home",
    platform: "linux",
    arch: "x64",
    uid: 0,
    nodeVersion: "20.0.0",
    env: {},
    isTerminal: false,
    async run(command, args, options) {
      const line = [command, ...args].join(" ");
      ran.push(line);
      limits[line] = options.firstOutputMs;
      const given = await answer(line);
      return { code: 0, stdout: "", stderr: "", ...(typeof given === "string" ? { stdout: given } : given) };
    },
    has: (command) => commands.includes(command),
    async ask(question) {
      asked.push(question);
      return yes;
    },
    say: (line) => said.push(line),
    ...rest,
  };
  return { machine, ran, asked, said, limits };
}

/** For a step that is run by itself, where what it tells is not looked at. */
export const silently = (_doing: string): void => {};
