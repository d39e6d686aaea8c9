import { Command, InvalidArgumentError, Option } from "commander";
import { type ExitCode, exitCode } from "../errors.ts";
import { healproofVersion } from "../version.ts";
import { defaultWorkers } from "../workers.ts";
import { fromCaller, newFromCaller } from "./caller.ts";

/**
 * The commands and their flags. Each command is a function that returns its exit code, in a file that is read only once it is asked
 * for: who wants help, or a typo found, need not wait for the engine's libraries.
 */
export async function program(argv: readonly string[]): Promise<ExitCode> {
  let result: Promise<ExitCode> | undefined;
  const healproof = new Command("healproof")
    .description("Breaks a real stack on purpose and proves, with numbers, that it comes back by itself in time.")
    .version(healproofVersion)
    .showHelpAfterError("(healproof --help, or healproof COMMAND --help)")
    .exitOverride()
    .addHelpText(
      "after",
      `
Exit codes: 0 every scenario proven; 1 something was too slow, never recovered or was healed by the wrong healer, or a
control recovered, or a broken healer was not caught; 2 inconclusive; 64 bad arguments or a bad scenario; 70 internal error; 130 interrupted, everything put back.`,
    );

  healproof
    .command("run")
    .description("run scenarios, each with its controls, and write a report")
    .argument("[what...]", "scenario files, folders or tags; all of scenarios/ unless told")
    .option("--workers <n>", "how many trials are observed at a time", count, defaultWorkers())
    .option("--out <folder>", "where run folders are made", (it) => newFromCaller(it), "reports")
    .option("--no-control", "leave the controls out (what then remains unproven is reported as not run)")
    .option("--broken <file>", "also run them against the broken healers in this file; each must be caught", (it) =>
      fromCaller(it),
    )
    .option("--keep", "leave the stacks running; healproof down RUN removes them", false)
    .option("--json", "print run.json on standard output", false)
    .action((what, options) => {
      result = import("./run.ts").then((it) =>
        it.runCommand(
          what.map((path: string) => fromCaller(path)),
          options,
        ),
      );
    });
  healproof
    .command("validate")
    .description("check scenarios without running them")
    .argument("[what...]", "scenario files, folders or tags")
    .option("--broken <file>", "also check the broken healers in this file", (it) => fromCaller(it))
    .option(
      "--json",
      "print as JSON: how many { scenarios, trials }, with --broken { brokenHealers, against } too",
      false,
    )
    .action((what, options) => {
      result = import("./scenarios.ts").then((it) =>
        it.validateCommand(
          what.map((path: string) => fromCaller(path)),
          options,
        ),
      );
    });
  healproof
    .command("list")
    .description("list scenarios (or, with --faults, what can be broken)")
    .argument("[what...]", "scenario files, folders or tags")
    .option("--faults", "list the faults, with their parameters", false)
    .option("--markdown", "print as a page of Markdown: scenarios/README.md, or with --faults docs/faults.md", false)
    .option(
      "--json",
      "print as JSON: a list of scenarios, or with --faults [{ fault, summary, ends, lasts, capabilities, shares, parameters }]",
      false,
    )
    .action((what, options) => {
      result = import("./scenarios.ts").then((it) =>
        it.listCommand(
          what.map((path: string) => fromCaller(path)),
          options,
        ),
      );
    });
  healproof
    .command("show")
    .description("print a scenario as it is run, with all defaults and parts filled in")
    .argument("<scenario>", "its file", (it) => fromCaller(it))
    .option("--json", "print as JSON", false)
    .action((file, options) => {
      result = import("./scenarios.ts").then((it) => it.showCommand(file, options));
    });
  healproof
    .command("schema")
    .description("print the JSON Schema of scenario files, or of a file that goes with them")
    .option("--defaults", "of defaults.yaml, which holds what the scenarios of a folder have in common", false)
    .option("--broken-healers", "of broken-healers.yaml, which holds what the scenarios are run against", false)
    .option("--out <file>", "write it to a file", (it) => newFromCaller(it))
    .action((options) => {
      result = import("./scenarios.ts").then((it) => it.schemaCommand(options));
    });
  healproof
    .command("up")
    .description("start a stack by hand, with its published ports")
    .argument("[compose]", "a Compose file; the scenarios' own unless told")
    .option("--json", "print as JSON: [{ service, address }]", false)
    .action((file, options) => {
      result = import("./machine.ts").then((it) =>
        it.upCommand(file === undefined ? undefined : fromCaller(file), options),
      );
    });
  healproof
    .command("down")
    .description("remove what up started, or a run that was kept")
    .argument("[run]", "the run's id")
    .option(
      "--json",
      "print as JSON: how many { containers, networks, volumes } were removed, and the names of networks that are { stuck }",
      false,
    )
    .action((run, options) => {
      result = import("./machine.ts").then((it) => it.downCommand(run, options));
    });
  healproof
    .command("inject")
    .description("break a stack that is up by hand, and put it back when its time is over or by Ctrl-C")
    .argument("[fault]", "what to break it with; lists the faults unless told")
    .option("--param <key=value>", "a parameter of the fault, its value as in a scenario; repeatable", another)
    .option("--for <duration>", "after this time it is put back, such as 20s; by Ctrl-C unless told")
    .option("--run <id>", "the run whose stack is meant; the only one that is up unless told")
    .option("--project <name>", "the Compose project of the stack that is meant")
    .option("--json", "print as JSON: { fault, what, project, run, startedAt, outcome, happenings }", false)
    .action((fault, options) => {
      result = import("./inject.ts").then((it) => it.injectCommand(fault, options));
    });
  healproof
    .command("judge")
    .description("judge saved journals again")
    .argument("<path...>", "journal.ndjson files, or folders of runs")
    .option("--json", "print as JSON: { outcome, trials, notRun, matrices }", false)
    .action((paths, options) => {
      result = import("./saved.ts").then((it) =>
        it.judgeCommand(
          paths.map((path: string) => fromCaller(path)),
          options,
        ),
      );
    });
  healproof
    .command("report")
    .description("write a saved run's reports again, judged again from its journals")
    .argument("[run]", "the folder of a run", (it) => fromCaller(it), "reports/latest")
    .option("--json", "print run.json on standard output", false)
    .action((folder, options) => {
      result = import("./saved.ts").then((it) => it.reportCommand(folder, options));
    });
  healproof
    .command("clean")
    .description("put back everything that a killed run left behind")
    .option("--all", "also what still runs, and stacks that were kept", false)
    .option("--json", "print as JSON: a list of what was put back, each as a sentence", false)
    .action((options) => {
      result = import("./machine.ts").then((it) => it.cleanCommand(options));
    });
  healproof
    .command("doctor")
    .description("say what this machine lacks, and how to get it")
    .argument("[compose...]", "Compose files whose images to look for; the scenarios' own unless told")
    .option("--fix", "build the helper image where it lacks", false)
    .addOption(new Option("--quiet", "print only what lacks").default(false))
    .option("--json", "print as JSON: [{ what, ok, detail, remedy }]", false)
    .action((files, options) => {
      result = import("./machine.ts").then((it) =>
        it.doctorCommand(
          files.map((path: string) => fromCaller(path)),
          options,
        ),
      );
    });

  if (argv.length === 0) {
    healproof.outputHelp({ error: true });
    return exitCode.usage;
  }
  await healproof.parseAsync([...argv], { from: "user" });
  return result ?? exitCode.proven;
}

const another = (text: string, others: readonly string[] = []) => [...others, text];

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 64)
    throw new InvalidArgumentError("a whole number from 1 to 64");
  return value;
}
