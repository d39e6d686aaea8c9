import { randomBytes } from "node:crypto";
import { z } from "zod";
import { exitCode, KnownError } from "../errors.ts";
import { formatSize, size } from "../size.ts";
import { formatDuration, ms, seconds } from "../time.ts";
import { defineFault } from "./define.ts";
import type { DiskLook } from "./hand/hand.ts";
import { keepLooking, seenWithin } from "./looking.ts";
import { replica, service } from "./params.ts";
import {
  aimAtMainProcess,
  type ContainerParams,
  containerName,
  goneBefore,
  mainProcess,
  nothingToBreakIn,
  processAim,
} from "./process.ts";

/** What is written to a file system in memory counts as the hand's own memory. */
const mostInMemory = 512 * 2 ** 20;
/** Less than a block is no room. */
const block = 4096;
const undoWithin = seconds(20);

/**
 * A service's disk is full: a file takes up all the room there is, or all but a little, and its writes fail with ENOSPC. Only a file
 * system of a size of its own is filled, such as a volume with `o: size=32m`: never the disk that the engine and others live on.
 */
export const diskFill = defineFault({
  kind: "disk-fill",
  summary: "A file fills a volume of the service until a write fails with ENOSPC, or until only so much is left.",
  params: z.strictObject({
    service: service.meta({ description: "The service whose volume is filled" }),
    replica,
    path: z.string().regex(/^\//, "a path from the container's root").meta({
      description: "The file that takes up the room, in the container: its folder is there, the file is not",
    }),
    leaving: size.optional().meta({ description: "How much to leave available; until a write fails unless told" }),
  }),
  aimed: processAim.extend({ path: z.string(), mark: z.string(), leaving: z.number().optional() }),
  ends: "by-healing",
  lasts: true,
  capabilities: ["SYS_PTRACE", "DAC_OVERRIDE"],
  describe: ({ path, leaving, ...params }) =>
    `full disk of ${containerName(params)} (${path}${leaving === undefined ? "" : `, ${formatSize(leaving)} left`})`,

  async aim(tools, { path, leaving, ...params }) {
    const aim = await aimAtMainProcess(tools, params);
    const look = await tools.hand.disk.look(aim.process, path);
    if (!look) throw goneBefore(aim, `a look at ${path}`);
    refuse(aim, path, look, leaving ?? 0);
    const mark = randomBytes(8).toString("hex");
    return { ...aim, path, mark, ...(leaving === undefined ? {} : { leaving }) };
  },

  async inject({ hand }, aim) {
    const filled = await hand.disk.fill(aim.process, { path: aim.path, mark: aim.mark, leaving: aim.leaving });
    if (filled) return filled.when;
    throw goneBefore(aim, `to fill ${aim.path}`);
  },

  /** Bitten once the file is there and no more than what was to be left is left. */
  witness: ({ hand }, { process, path, leaving }, within) =>
    seenWithin(async () => {
      const look = await hand.disk.look(process, path);
      return look?.there === true && look.available <= (leaving ?? block - 1);
    }, within),

  watch: (tools, aim, tell, abort) =>
    keepLooking(
      async () => {
        const process = await mainProcess(tools, aim);
        const look = process && (await tools.hand.disk.look(process, aim.path));
        if (!look) return undefined;
        if (!look.there) return { state: "healed", why: `${aim.path} is gone` };
        // What the service itself frees and uses again is no healing.
        const enough = (aim.leaving ?? 0) + Math.max(block, look.size / 20);
        const left = `${formatSize(look.available)} left`;
        return look.available > enough ? { state: "healed", why: left } : { state: "in-force", why: left };
      },
      tell,
      abort,
    ),

  async undo(tools, aim) {
    let done: string | undefined;
    let started = "";
    await seenWithin(
      async () => {
        const { id, running } = await tools.stack.container(aim.service, aim.replica);
        if (!running && started === "") {
          // Its files can only be reached through a process of it.
          await tools.stack.start(id);
          started = `${containerName(aim)} was not running and has been started; `;
        }
        const process = await mainProcess(tools, aim);
        done = process && (await tools.hand.disk.remove(process, aim.path, aim.mark));
        return done !== undefined;
      },
      undoWithin,
      ms(100),
    );
    if (done === "removed") return `${started}removed ${aim.path} of ${containerName(aim)}`;
    if (done === "none") return `${started}${aim.path} is gone; nothing to put back`;
    if (done === "not-ours") return `${started}${aim.path} is not the file that was written; left alone`;
    throw new KnownError("not-removed", `${aim.path} of ${containerName(aim)} could not be removed`, {
      facts: {
        wanted: `a running process to reach it through, within ${formatDuration(undoWithin)}`,
        seen: "the container does not stay up",
        try: `removing ${aim.path} from its volume by hand, then healproof clean`,
      },
    });
  },
});

function refuse(aim: ContainerParams, path: string, look: DiskLook, leaving: number): void {
  const wrong = (code: string, what: string, facts: Record<string, string>) =>
    new KnownError(code, `${path} of ${containerName(aim)} cannot be filled: ${what}`, {
      facts,
      exitCode: exitCode.usage,
    });
  if (!look.folder)
    throw wrong("no-such-folder", "its folder is not there", { try: "a file in a folder that is there" });
  if (look.there) throw wrong("already-there", "it is there already", { try: "the path of a file that is not" });
  if (look.shared !== "")
    throw wrong("shared-disk", look.shared, {
      try: "a path on a volume of a size of its own: driver: local, driver_opts: { type: tmpfs, device: tmpfs, o: size=32m }",
    });
  if (look.size === 0)
    throw wrong("no-size", "its file system has no size that it could reach", { try: "o: size=32m" });
  if (look.inMemory && look.available - leaving > mostInMemory)
    throw wrong("too-large", `it is in memory and has ${formatSize(look.available)} available`, {
      most: formatSize(mostInMemory),
      try: "a smaller volume",
    });
  if (look.available <= leaving)
    throw nothingToBreakIn(aim, `no more than ${formatSize(look.available)} is left for ${path} as it is`);
}
