import { type Cleaned, clean } from "../clean.ts";
import { examine } from "../doctor.ts";
import { type ExitCode, exitCode, printable } from "../errors.ts";
import { builtInFaults } from "../fault/registry.ts";
import { LeftAlone } from "../left-alone.ts";
import { loadScenarios } from "../scenario/load.ts";
import { examineLab } from "../stack/lab/examine.ts";
import { stuckText } from "../stack/remove.ts";
import { down, up } from "../up.ts";
import { columns } from "./columns.ts";
import { interruptSignal } from "./interrupt.ts";
import { labOfKeptStacks, labToClean } from "./lab-run.ts";
import { print } from "./print.ts";
import type { Target } from "./target.ts";

/** Commands about this machine and what runs on it. */

export async function upCommand(file: string | undefined, flags: { readonly json: boolean }): Promise<ExitCode> {
  const [first] = await composeFiles(file === undefined ? [] : [file]);
  if (first === undefined) throw new Error("scenarios always name a Compose file");
  process.stderr.write(`starting ${first} …\n`);
  using interrupt = interruptSignal();
  let addresses: Awaited<ReturnType<typeof up>>;
  try {
    addresses = await up(first, interrupt.signal);
  } catch (thrown) {
    if (thrown === interrupt.signal.reason && interrupt.signal.aborted) return exitCode.interrupted;
    throw thrown;
  }
  print(flags, addresses, () => columns(addresses.map((it) => [it.service, it.address])));
  process.stderr.write("healproof down removes it\n");
  return exitCode.proven;
}

export async function downCommand(
  run: string | undefined,
  flags: { readonly target: Target; readonly json: boolean },
): Promise<ExitCode> {
  // Only in the lab is there something to put back: here Ctrl-C ends it, and a second call goes on with it.
  using interrupt = flags.target === "vagrant" ? interruptSignal() : undefined;
  const tell = (what: string) => void process.stderr.write(`${what}\n`);
  const signal = interrupt?.signal ?? new AbortController().signal;
  await using _ = await labOfKeptStacks(flags.target, { tell, signal });
  const removed = await down(run);
  const { containers, networks, volumes, stuck } = removed;
  print(flags, removed, () =>
    [`removed ${containers} containers, ${networks} networks, ${volumes} volumes`, ...stuck.map(stuckText), ""].join(
      "\n",
    ),
  );
  return stuck.length > 0 ? exitCode.internal : exitCode.proven;
}

export async function cleanCommand(
  run: string | undefined,
  flags: { readonly all: boolean; readonly target: Target; readonly json: boolean },
): Promise<ExitCode> {
  const tell = ({ done, leftAlone }: Cleaned) => {
    const nothing = run === undefined ? "nothing to clean" : `nothing of ${run} to clean`;
    const left = leftAlone.lines.map(printable);
    const lines = [...done.map(printable), ...left];
    print(flags, done, () => `${lines.length === 0 ? nothing : lines.join("\n")}\n`);
    if (flags.json) process.stderr.write(left.map((it) => `${it}\n`).join(""));
    // Whoever names a run expects it to be gone, or to hear that it is not.
    return run !== undefined && leftAlone.inUse ? exitCode.usage : exitCode.proven;
  };
  if (flags.target !== "vagrant") return tell(await clean(builtInFaults, { all: flags.all, run }));
  using interrupt = interruptSignal();
  const { signal } = interrupt;
  try {
    await using lab = await labToClean({ tell: (what) => void process.stderr.write(`${what}\n`), signal });
    const cleaned = lab
      ? await clean(builtInFaults, { all: flags.all, host: lab.host, run })
      : { done: [], leftAlone: new LeftAlone() };
    await lab?.forgetSnapshot();
    return tell(cleaned);
  } catch (thrown) {
    if (signal.aborted && thrown === signal.reason) return exitCode.interrupted;
    throw thrown;
  }
}

export async function doctorCommand(
  files: readonly string[],
  flags: { readonly fix: boolean; readonly quiet: boolean; readonly target: Target; readonly json: boolean },
): Promise<ExitCode> {
  const [findings, lab] = await Promise.all([
    composeFiles(files).then((it) => examine(it, flags)),
    flags.target === "vagrant" ? examineLab(process.cwd()) : [],
  ]);
  findings.push(...lab);
  const shown = flags.quiet ? findings.filter((it) => !it.ok) : findings;
  print(flags, shown, () =>
    columns(
      shown.map((it) => [it.ok ? "ok" : "lacks", it.what, it.remedy ? `${it.detail}; try: ${it.remedy}` : it.detail]),
    ),
  );
  return findings.every((it) => it.ok) ? exitCode.proven : exitCode.lacking;
}

/** The named Compose files; where none is named, those of the scenarios here. */
async function composeFiles(named: readonly string[]): Promise<readonly string[]> {
  if (named.length > 0) return named;
  const loaded = await loadScenarios([], { faults: builtInFaults });
  return [...new Set(loaded.map((it) => it.compose))];
}
