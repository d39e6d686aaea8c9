import { type ExitCode, exitCode, printable } from "../errors.ts";
import { builtInFaults } from "../fault/registry.ts";
import { readOrder } from "../fault-order.ts";
import { type Happening, type Injection, inject } from "../inject.ts";
import { stretchLimits } from "../limit.ts";
import { formatDuration, ms } from "../time.ts";
import { listFaults } from "./faults.ts";
import { interruptSignal } from "./interrupt.ts";
import { labOfKeptStacks } from "./lab-run.ts";
import { print } from "./print.ts";
import type { Target } from "./target.ts";

export interface InjectFlags {
  readonly param?: readonly string[];
  readonly for?: string;
  readonly run?: string;
  readonly project?: string;
  readonly target: Target;
  readonly json: boolean;
}

/** `healproof inject`: everything is checked before anything is touched, and put back when its time is over or by Ctrl-C. */
export async function injectCommand(kind: string | undefined, flags: InjectFlags): Promise<ExitCode> {
  if (kind === undefined) return listFaults(flags);
  const order = readOrder({ kind, params: flags.param ?? [], for: flags.for }, builtInFaults);
  using interrupt = interruptSignal();
  const say = (text: string) => process.stderr.write(`${printable(text)}\n`);
  await using lab = await labOfKeptStacks(flags.target, { tell: say, signal: interrupt.signal });
  // Our helpers alone: a stack that stays has its images.
  await lab?.bring([]);
  using _ = stretchLimits((await lab?.slowness()) ?? 1);
  const injection = await inject(order, {
    host: lab?.host,
    faults: builtInFaults,
    ...(flags.run === undefined ? {} : { run: flags.run }),
    ...(flags.project === undefined ? {} : { project: flags.project }),
    interrupted: interrupt.signal,
    found: ({ project }) => say(`breaking ${project}: ${order.fault.describe(order.params)}`),
    tell: (it, startedAt) => {
      if (it.stage === "held") return;
      say(lineOf(it, startedAt));
      if (it.stage === "bitten")
        say(order.for ? `for ${formatDuration(order.for)}; Ctrl-C ends it sooner` : "until Ctrl-C");
    },
  });
  print(flags, asData(injection), () => `${summaryOf(injection)}\n`);
  return exits[injection.outcome];
}

const exits = {
  undone: exitCode.proven,
  missed: exitCode.inconclusive,
  interrupted: exitCode.interrupted,
} as const;

/** `10:21:33.120  bitten     hang of app has bitten` */
function lineOf({ stage, when, detail }: Happening, startedAt: Date): string {
  const at = new Date(startedAt.getTime() + when.latest).toISOString().slice(11, 23);
  return `${at}  ${stage.padEnd(9)}  ${detail}`;
}

function summaryOf({ what, project, outcome, happenings }: Injection): string {
  const at = (stage: Happening["stage"]) => happenings.find((it) => it.stage === stage);
  const [injected, bitten, ended] = [at("injected"), at("bitten"), at("ended")];
  const back = at("lifted") ?? at("undone");
  const parts = [
    bitten && injected && `bitten after ${formatDuration(ms(bitten.when.latest - injected.when.earliest))}`,
    outcome === "missed" && "not seen to bite",
    ended && `ended by itself: ${ended.detail}`,
    back && bitten && `put back after ${formatDuration(ms(back.when.latest - bitten.when.latest))}`,
    back?.detail,
  ].filter((it) => typeof it === "string");
  return printable(`${what} in ${project}: ${parts.join("; ")}`);
}

/** For programs: times are ms since `startedAt`. */
function asData({ startedAt, happenings, ...rest }: Injection) {
  return {
    ...rest,
    startedAt: startedAt.toISOString(),
    happenings: happenings.map(({ stage, when, detail }) => ({ stage, from: when.earliest, to: when.latest, detail })),
  };
}
