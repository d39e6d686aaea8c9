import { z } from "zod";
import { exitCode, KnownError } from "../errors.ts";
import { defineFault, type FaultTools } from "./define.ts";
import { deadlySignals } from "./hand/hand.ts";
import { replica, service } from "./params.ts";
import {
  aimAtMainProcess,
  breakWith,
  containerName,
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
/** The kernel keeps no more of a program's name. */
const longestComm = 15;

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
        "A process in the container by its program's name (as ps -o comm shows it), instead of the main one; the oldest of several",
    }),
    signal: deadly.default("SIGKILL").meta({
      description: "A main process takes only those that it handles, and SIGKILL: of others it feels nothing",
    }),
  }),
  aimed: processAim.extend({ signal: deadly }),
  ends: "at-once",
  lasts: false,
  describe: ({ process, signal, ...params }) =>
    `crash of ${process === undefined ? "" : `${process} in `}${containerName(params)}${signal === "SIGKILL" ? "" : ` by ${signal}`}`,

  async aim(tools, { process, signal, ...params }) {
    const aim = await aimAtMainProcess(tools, params);
    return process === undefined ? { ...aim, signal } : { ...(await namedProcess(tools, aim, process)), signal };
  },

  inject: ({ hand }, aim) => breakWith(hand, aim, aim.signal),

  /** Bitten once the process is gone. */
  witness: ({ hand }, aim, within) => until(hand, aim.process, "gone", within),

  undo: (tools, aim) => startAgain(tools, aim),
});

async function namedProcess({ stack, hand }: FaultTools, aim: ProcessAim, name: string): Promise<ProcessAim> {
  const { id, pid } = await stack.container(aim.service, aim.replica);
  const processes = await hand.list(id, pid);
  const found = processes.find((it) => it.comm === name.slice(0, longestComm));
  if (found) return { ...aim, process: found.process };
  throw new KnownError("no-such-process", `there is no process ${name} in ${containerName(aim)}`, {
    facts: { "there are": [...new Set(processes.map((it) => it.comm))].join(", ") || "none" },
    exitCode: exitCode.usage,
  });
}
