import { z } from "zod";
import { type HostSpan, spanOf } from "../clock.ts";
import { type Duration, ms, seconds } from "../time.ts";
import { defineFault, type FaultTools } from "./define.ts";
import type { ListedProcess, ProcessIdentity, ProcessState } from "./hand/hand.ts";
import { type FoundState, seenWithin } from "./looking.ts";
import { replica, service } from "./params.ts";
import {
  aimAtMainProcess,
  breakWith,
  containerName,
  goneBefore,
  type ProcessAim,
  processAim,
  processIdentity,
  until,
  watchBeside,
} from "./process.ts";

const looks = {
  stopped: { state: "in-force", why: "still frozen" },
  running: { state: "released", why: "the process is no longer frozen" },
  gone: { state: "replaced", why: "the process is gone" },
} as const;

/** Of `all`: what they descend from, and those that were stopped before, by themselves or by somebody else. */
const allAim = z.strictObject({ root: z.int().positive(), before: z.array(processIdentity) });
const hangAim = processAim.extend({ all: allAim.optional() });
type AimAtAll = ProcessAim & { readonly all: z.output<typeof allAim> };

/**
 * A service's main process stops doing anything while it stays alive, as in a deadlock or an endless wait: SIGSTOP. Its port
 * still accepts connections (the kernel does), so whoever only checks that it runs sees nothing. A service that works in several
 * processes, such as PostgreSQL, goes on serving without its main one: there all must hang.
 */
export const hang = defineFault({
  kind: "hang",
  summary:
    "The service's main process freezes (SIGSTOP), or all of its processes: it lives, its port accepts, nothing answers.",
  params: z.strictObject({
    service: service.meta({ description: "The service whose main process is frozen" }),
    replica,
    processes: z.enum(["main", "all"]).default("main").meta({
      description: "all: each process of the service, for one whose main process only looks after the others",
    }),
  }),
  aimed: hangAim,
  ends: "with-the-process",
  lasts: true,
  describe: ({ processes, ...params }) =>
    `hang of ${processes === "all" ? "all processes of " : ""}${containerName(params)}`,

  async aim(tools, { processes, ...params }) {
    const aim = await aimAtMainProcess(tools, params);
    if (processes === "main") return aim;
    const { pid: root } = await tools.stack.container(aim.service, aim.replica);
    const listed = await tools.hand.list(aim.process.container, root);
    const before = listed.filter((it) => it.state === "stopped").map((it) => it.process);
    return { ...aim, all: { root, before } };
  },

  inject: (tools, aim) => (hangsAll(aim) ? stopAll(tools, aim) : breakWith(tools.hand, aim, "SIGSTOP")),

  /** Bitten once the process is in state T; or all of them are. */
  witness: (tools, aim, within) =>
    hangsAll(aim)
      ? seenWithin(async () => isAllStopped(await processesOf(tools, aim)), within)
      : until(tools.hand, aim.process, "stopped", within),

  async watch(tools, aim, tell, abort) {
    const ofState = (state: ProcessState) => looks[state];
    if (!hangsAll(aim)) return tools.hand.watch(aim.process, (it, when) => tell({ ...ofState(it), when }), abort);
    const frozen = new Map<number, ProcessIdentity>();
    await watchBeside(tools.hand, aim.process, ofState, () => lookAtOthers(tools, aim, frozen), tell, abort);
  },

  /** Continues the very processes that were frozen, if they are still there. */
  async undo(tools, aim) {
    if (hangsAll(aim)) return continueAll(tools, aim);
    const { sent } = await tools.hand.signal(aim.process, "SIGCONT");
    return sent
      ? `${containerName(aim)}'s process ${aim.process.pid} continued`
      : `${containerName(aim)}'s frozen process is gone`;
  },
});

const hangsAll = (aim: z.output<typeof hangAim>): aim is AimAtAll => aim.all !== undefined;

const stopsWithin = seconds(5);

/** None once the main process is gone: the others go with it, and what its successor starts is none of theirs. */
async function processesOf({ hand }: FaultTools, { process, all }: AimAtAll): Promise<readonly ListedProcess[]> {
  const listed = await hand.list(process.container, all.root);
  return listed.some((it) => isSame(it.process, process)) ? listed : [];
}

const isSame = (a: ProcessIdentity, b: ProcessIdentity) => a.pid === b.pid && a.startTicks === b.startTicks;
const isAllStopped = (listed: readonly ListedProcess[]) =>
  listed.length > 0 && listed.every((it) => it.state === "stopped");

/** Until a look finds all of them stopped: one that was just forking has left another. */
const stopAll = (tools: FaultTools, aim: AimAtAll): Promise<HostSpan> =>
  spanOf(async () => {
    const stopped = await signalUntil(tools, aim, "SIGSTOP", stopsWithin, (it) => it.state === "running");
    if (stopped === 0) throw goneBefore(aim, "SIGSTOP to all of its processes");
  });

async function continueAll(tools: FaultTools, aim: AimAtAll): Promise<string> {
  const continued = await signalUntil(
    tools,
    aim,
    "SIGCONT",
    stopsWithin,
    (it) => it.state === "stopped" && !aim.all.before.some((before) => isSame(before, it.process)),
  );
  if (continued > 0) return `${containerName(aim)}'s ${continued} frozen processes continued`;
  return `${containerName(aim)} has no frozen process any more; nothing to put back`;
}

/** How many were sent it, by looking again and again until there is none left that it is for, or the limit is over. */
async function signalUntil(
  tools: FaultTools,
  aim: AimAtAll,
  signal: "SIGSTOP" | "SIGCONT",
  within: Duration,
  isFor: (it: ListedProcess) => boolean,
): Promise<number> {
  const sent = new Set<number>();
  await seenWithin(
    async () => {
      const left = (await processesOf(tools, aim)).filter(isFor);
      for (const { process } of left) if ((await tools.hand.signal(process, signal)).sent) sent.add(process.pid);
      return left.length === 0;
    },
    within,
    ms(2),
  );
  return sent.size;
}

/**
 * Whether one goes on that was `frozen`, or has: between two looks it may also have come to its end. Others may come: what a
 * healthcheck has started becomes the service's child when that is ended.
 */
async function lookAtOthers(
  tools: FaultTools,
  aim: AimAtAll,
  frozen: Map<number, ProcessIdentity>,
): Promise<FoundState | undefined> {
  const listed = await processesOf(tools, aim);
  // Who watches the main process more closely will tell.
  if (listed.length === 0) return undefined;
  const known = (it: ListedProcess) => frozen.get(it.process.pid)?.startTicks === it.process.startTicks;
  const going = listed.find((it) => it.state === "running" && known(it));
  if (going) return { state: "released", why: `${going.comm} (process ${going.process.pid}) is no longer frozen` };
  const missing = [...frozen.values()].find((it) => !listed.some(({ process }) => isSame(process, it)));
  if (missing && (await isMainStopped(tools, aim)))
    return { state: "released", why: `process ${missing.pid} is gone: somebody continued or killed it` };
  const still = listed.filter((it) => it.state === "stopped");
  for (const { process } of still) frozen.set(process.pid, process);
  return { state: "in-force", why: `all ${still.length} processes still frozen` };
}

/** If so after another one was missed, that one did not go with the main process: a dying one is no longer stopped. */
const isMainStopped = async (tools: FaultTools, aim: AimAtAll) =>
  (await processesOf(tools, aim)).some((it) => isSame(it.process, aim.process) && it.state === "stopped");
