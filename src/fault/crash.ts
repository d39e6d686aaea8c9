import { z } from "zod";
import { exitCode, KnownError } from "../errors.ts";
import { defineFault, type FaultTools } from "./define.ts";
import { deadlySignals, type ProcessIdentity } from "./hand/hand.ts";
import { replica, service } from "./params.ts";
import {
  aimAtMainProcess,
  breakWith,
  containerName,
  isLifeOf,
  type ProcessAim,
  processAim,
  startAgain,
  until,
} from "./process.ts";

/** Why a signal is no crash, where it is one. */
const whyNoCrash = ({ input }: { readonly input?: unknown }): string | undefined => {
  if (/^SIG(STOP|TSTP|TTIN|TTOU)$/.test(`${input}`)) return `${input} freezes a process: the fault for that is hang`;
  if (/^SIG(CONT|CHLD|URG|WINCH)$/.test(`${input}`)) return `${input} ends no process`;
  return undefined;
};
const deadly = z.enum(deadlySignals, { error: whyNoCrash });
/** Those of that name in the container, before one of them was killed. */
const namedProcesses = z.strictObject({ comm: z.string(), count: z.int().positive() });
/** The kernel keeps no more of a program's name. */
const longestComm = 15;

const crashAim = processAim.extend({ signal: deadly, named: namedProcesses.optional() });

/**
 * A service's main process dies at once, as by a segmentation fault or the kernel's OOM killer: SIGKILL from the host's PID
 * namespace. Unlike `docker kill`, the engine does not take it for a person's wish, so restart policies act on it.
 */
export const crash = defineFault({
  kind: "crash",
  summary:
    "The service's main process is killed (SIGKILL from outside), as by a crash; or with another signal, or another process.",
  params: z.strictObject({
    service: service.meta({ description: "The service whose main process is killed" }),
    replica,
    process: z.string().min(1).optional().meta({
      description:
        "A process in the container by its program's name (as ps -o comm shows it), instead of the main one; the oldest of several. Where nobody starts it again, the undo restarts its container",
    }),
    signal: deadly.default("SIGKILL").meta({
      description: "A main process takes only those that it handles, and SIGKILL: of others it feels nothing",
    }),
  }),
  aimed: crashAim,
  ends: "at-once",
  lasts: false,
  describe: ({ process, signal, ...params }) =>
    `crash of ${process === undefined ? "" : `${process} in `}${containerName(params)}${signal === "SIGKILL" ? "" : ` by ${signal}`}`,

  async aim(tools, { process, signal, ...params }): Promise<z.output<typeof crashAim>> {
    const aim = await aimAtMainProcess(tools, params);
    if (process === undefined) return { ...aim, signal };
    const { oldest, named } = await processesNamed(tools, aim, process);
    return { ...aim, process: oldest, signal, named };
  },

  inject: ({ hand }, aim) => breakWith(hand, aim, aim.signal),

  /** Bitten once the process is gone. */
  witness: ({ hand }, aim, within) => until(hand, aim.process, "gone", within),

  /** What nobody supervises stays dead in a container that runs on in the same life: then all of it starts anew. */
  async undo(tools, aim) {
    const { named } = aim;
    const { id, pid, running } = await tools.stack.container(aim.service, aim.replica);
    if (!named || !running || !(await isLifeOf(aim.process, tools, { id, pid }))) return startAgain(tools, aim);
    const now = (await tools.hand.list(id, pid)).filter((it) => it.comm === named.comm).length;
    if (now >= named.count) return `${named.comm} runs in ${containerName(aim)}; nothing to put back`;
    await tools.stack.restart(id);
    return `${named.comm} did not run again in ${containerName(aim)}, which was restarted`;
  },
});

async function processesNamed(
  { stack, hand }: FaultTools,
  aim: ProcessAim,
  name: string,
): Promise<{ readonly oldest: ProcessIdentity; readonly named: z.output<typeof namedProcesses> }> {
  const { id, pid } = await stack.container(aim.service, aim.replica);
  const processes = await hand.list(id, pid);
  const comm = name.slice(0, longestComm);
  const [found, ...others] = processes.filter((it) => it.comm === comm);
  if (found) return { oldest: found.process, named: { comm, count: others.length + 1 } };
  throw new KnownError("no-such-process", `there is no process ${name} in ${containerName(aim)}`, {
    facts: { "there are": [...new Set(processes.map((it) => it.comm))].join(", ") || "none" },
    exitCode: exitCode.usage,
  });
}
