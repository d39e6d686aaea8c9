import { Command, InvalidArgumentError, Option } from "commander";
import { type ExitCode, exitCode } from "../errors.ts";
import { mostTrials } from "../most-trials.ts";
import { healproofVersion } from "../version.ts";
import { defaultWorkers } from "../workers.ts";
import { fromCaller, newFromCaller } from "./caller.ts";
import { targetOption } from "./target.ts";

/**
 * The commands and their flags. Each command is a function that returns its exit code, in a file that is read only once it is asked
 * for: who wants help, or a typo found, need not wait for the engine's libraries.
 */
export async function program(argv: readonly string[]): Promise<ExitCode> {
  let result: ExitCode = exitCode.proven;
  const healproof = new Command("healproof")
    .description("Breaks a real stack on purpose and proves, with numbers, that it comes back by itself in time.")
    .version(healproofVersion)
    .showHelpAfterError("(healproof --help, or healproof COMMAND --help)")
    .exitOverride()
    .addHelpText(
      "after",
      `
Exit codes: 0 every scenario proven; 1 something was too slow, never recovered or was healed by the wrong healer, or a
control recovered, or a broken healer was not caught; 2 inconclusive; 64 bad arguments or a bad scenario; 69 this machine lacks something;
70 internal error; 130 interrupted, everything put back.`,
    );

  healproof
    .command("run")
    .description("run scenarios, each with its controls, and write a report")
    .argument("[what...]", "scenario files, folders, names or tags; all of scenarios/ unless told")
    .addOption(targetOption())
    .option("--workers <n>", "how many trials are observed at a time", upTo(64), defaultWorkers())
    .option(
      "--trials <n>",
      "how many times each scenario is tried; as often as it says itself unless told",
      upTo(mostTrials),
    )
    .option("--out <folder>", "where run folders are made", (it) => newFromCaller(it), "reports")
    .option("--no-control", "leave the controls out (what then remains unproven is reported as not run)")
    .option("--broken <file>", "also run them against the broken healers in this file; each must be caught", (it) =>
      fromCaller(it),
    )
    .option("--whole-matrix", "with --broken: go on where each is caught and each scenario has caught one", false)
    .option("--keep", "leave the stacks running; healproof down RUN removes them", false)
    .option("--json", "print run.json on standard output", false)
    .action(async (what, options, command) => {
      if (options.wholeMatrix && options.broken === undefined)
        command.error("error: --whole-matrix needs --broken <file>, which says what the matrix is of");
      const { runCommand } = await import("./run.ts");
      result = await runCommand(allFromCaller(what), options);
    });
  healproof
    .command("validate")
    .description("check scenarios without running them")
    .argument("[what...]", "scenario files, folders, names or tags")
    .option("--broken <file>", "also check the broken healers in this file", (it) => fromCaller(it))
    .option(
      "--json",
      "print as JSON: how many { scenarios, trials }, with --broken { brokenHealers, against } too",
      false,
    )
    .action(async (what, options) => {
      const { validateCommand } = await import("./scenarios.ts");
      result = await validateCommand(allFromCaller(what), options);
    });
  healproof
    .command("list")
    .description("list scenarios (or, with --faults, what can be broken)")
    .argument("[what...]", "scenario files, folders, names or tags")
    .option("--faults", "list the faults, with their parameters", false)
    .option("--markdown", "print as a page of Markdown: scenarios/README.md, or with --faults docs/faults.md", false)
    .option(
      "--json",
      "print as JSON: a list of scenarios, or with --faults [{ fault, summary, ends, lasts, capabilities, shares, parameters }]",
      false,
    )
    .action(async (what, options) => {
      const { listCommand } = await import("./scenarios.ts");
      result = await listCommand(allFromCaller(what), options);
    });
  healproof
    .command("show")
    .description("print a scenario as it is run, with all defaults and parts filled in")
    .argument("<scenario>", "its file", (it) => fromCaller(it))
    .option("--json", "print as JSON", false)
    .action(async (file, options) => {
      const { showCommand } = await import("./scenarios.ts");
      result = await showCommand(file, options);
    });
  healproof
    .command("schema")
    .description("print the JSON Schema of scenario files, or of a file that goes with them")
    .option("--defaults", "of defaults.yaml, which holds what the scenarios of a folder have in common", false)
    .option("--broken-healers", "of broken-healers.yaml, which holds what the scenarios are run against", false)
    .option("--out <file>", "write it to a file", (it) => newFromCaller(it))
    .action(async (options) => {
      const { schemaCommand } = await import("./scenarios.ts");
      result = await schemaCommand(options);
    });
  healproof
    .command("up")
    .description("start a stack by hand, with its published ports")
    .argument("[compose]", "a Compose file; the scenarios' own unless told")
    .option("--json", "print as JSON: [{ service, address }]", false)
    .action(async (file, options) => {
      const { upCommand } = await import("./machine.ts");
      result = await upCommand(file === undefined ? undefined : fromCaller(file), options);
    });
  healproof
    .command("down")
    .description("remove what up started, or a run that was kept")
    .argument("[run]", "the run's id")
    .addOption(targetOption())
    .option(
      "--json",
      "print as JSON: how many { containers, networks, volumes } were removed, and the names of networks that are { stuck }",
      false,
    )
    .action(async (run, options) => {
      const { downCommand } = await import("./machine.ts");
      result = await downCommand(run, options);
    });
  healproof
    .command("inject")
    .description("break a stack that is up by hand, and put it back when its time is over or by Ctrl-C")
    .argument("[fault]", "what to break it with; lists the faults unless told")
    .option("--param <key=value>", "a parameter of the fault, its value as in a scenario; repeatable", another)
    .option("--for <duration>", "after this time it is put back, such as 20s; by Ctrl-C unless told")
    .option("--run <id>", "the run whose stack is meant; the only one that is up unless told")
    .option("--project <name>", "the Compose project of the stack that is meant")
    .addOption(targetOption())
    .option("--json", "print as JSON: { fault, what, project, run, startedAt, outcome, happenings }", false)
    .action(async (fault, options) => {
      const { injectCommand } = await import("./inject.ts");
      result = await injectCommand(fault, options);
    });
  healproof
    .command("judge")
    .description("judge saved journals again")
    .argument("<path...>", "journal.ndjson files, or folders of runs")
    .option("--json", "print as JSON: { outcome, trials, notRun, matrices }", false)
    .action(async (paths, options) => {
      const { judgeCommand } = await import("./saved.ts");
      result = await judgeCommand(allFromCaller(paths), options);
    });
  healproof
    .command("report")
    .description("write a saved run's reports again, judged again from its journals")
    .argument("[run]", "the folder of a run", (it) => fromCaller(it), "reports/latest")
    .option("--json", "print run.json on standard output", false)
    .action(async (folder, options) => {
      const { reportCommand } = await import("./saved.ts");
      result = await reportCommand(folder, options);
    });
  healproof
    .command("clean")
    .description("put back everything that killed runs left behind")
    .argument("[run]", "the id of the only run that is meant")
    .addOption(targetOption())
    .option("--all", "also what still runs, and stacks that were kept", false)
    .option("--json", "print as JSON: a list of what was put back, each as a sentence", false)
    .action(async (run, options) => {
      const { cleanCommand } = await import("./machine.ts");
      result = await cleanCommand(run, options);
    });
  healproof
    .command("doctor")
    .description("say what this machine lacks, and how to get it")
    .argument("[compose...]", "Compose files whose images to look for; the scenarios' own unless told")
    .addOption(targetOption())
    .option("--fix", "build the helper image where it lacks", false)
    .addOption(new Option("--quiet", "print only what lacks").default(false))
    .option("--json", "print as JSON: [{ what, ok, detail, remedy }]", false)
    .action(async (files, options) => {
      const { doctorCommand } = await import("./machine.ts");
      result = await doctorCommand(allFromCaller(files), options);
    });

  if (argv.length === 0) {
    healproof.outputHelp({ error: true });
    return exitCode.usage;
  }
  await healproof.parseAsync([...argv], { from: "user" });
  return result;
}

const allFromCaller = (paths: readonly string[]) => paths.map((it) => fromCaller(it));
const another = (text: string, others: readonly string[] = []) => [...others, text];

function upTo(most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw new InvalidArgumentError(`a whole number from 1 to ${most}`);
    return value;
  };
}
