import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { exitCode, KnownError } from "../../errors.ts";
import { ownerLives, ownerMark } from "../labels.ts";

const holder = z.strictObject({ owner: z.string(), command: z.string(), since: z.string() });
type Holder = z.output<typeof holder>;

/**
 * Keeps the lab of this folder for us until it is disposed of: one that runs in it cuts its power, and one that cleans removes what is
 * kept of it. Another's lock counts for as long as that process lives.
 */
export function lockLab(folder: string): Disposable {
  const own = join(folder, ".vagrant");
  mkdirSync(own, { recursive: true });
  const file = join(own, "healproof.json");
  const us = { owner: ownerMark(), command: process.argv.slice(2).join(" "), since: new Date().toISOString() };
  const unfinished = `${file}.${us.owner}.part`;
  writeFileSync(unfinished, JSON.stringify(us satisfies Holder));
  try {
    while (!isFirst(unfinished, file)) {
      refuseIfHeld(file);
      takeAway(file, `${unfinished}.old`);
    }
  } finally {
    rmSync(unfinished, { force: true });
  }
  return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
}

/** A link is made whole, or not at all. */
function isFirst(unfinished: string, file: string): boolean {
  try {
    linkSync(unfinished, file);
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") return false;
    throw thrown;
  }
}

/** The lock of somebody who was killed. If another has put theirs in its place meanwhile, that one is put back. */
export function takeAway(file: string, aside: string): void {
  try {
    renameSync(file, aside);
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return;
    throw thrown;
  }
  try {
    const it = holderIn(aside);
    if (it && ownerLives(it.owner)) isFirst(aside, file);
  } finally {
    rmSync(aside, { force: true });
  }
}

function refuseIfHeld(file: string): void {
  const it = holderIn(file);
  if (!it || !ownerLives(it.owner)) return;
  throw new KnownError("lab-in-use", "somebody has the lab, and two at once would cut each other's power", {
    facts: {
      "who has it": `process ${it.owner.split(".")[0]}: healproof ${it.command}`,
      since: it.since,
      try: `again once it has ended; kill -INT ${it.owner.split(".")[0]} ends it, and has it put everything back`,
    },
    exitCode: exitCode.usage,
  });
}

/** Undefined where it is gone, or not one of ours. */
function holderIn(file: string): Holder | undefined {
  try {
    return holder.safeParse(JSON.parse(readFileSync(file, "utf8"))).data;
  } catch {
    return undefined;
  }
}
