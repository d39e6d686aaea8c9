import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineFault, type FaultStack } from "./fault/define.ts";
import { noStack, noTools } from "./fault/testing/no-tools.ts";
import { PretendHost } from "./fault/testing/pretend-host.ts";
import { ownerMark } from "./stack/labels.ts";
import {
  forgetUndo,
  forgetUnfinished,
  leftToUndo,
  outlivesStack,
  undoEntry,
  undoFolder,
  undoOf,
  writeUndo,
} from "./undo.ts";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hp-undo-"));
  folder = join(root, "state", "undo");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const dead = () => `${spawnSync(process.execPath, ["--version"]).pid}.1`;
const entry = ({ fault = "break", ...over }: { id?: string; owner?: string; fault?: string } = {}) => ({
  id: "healproof-r1-1-main",
  owner: ownerMark(),
  run: "r1",
  trial: "app-break",
  project: "healproof-r1-1",
  undo: { fault, aim: { service: "app", pid: 7 } },
  what: "break of app",
  ...over,
});
const all = () => leftToUndo({ all: true }, folder).entries;
const notReached = () => Promise.reject(new Error("not reached"));
const breaks = (undo: (aim: { service: string; pid: number }) => Promise<string>) =>
  defineFault({
    kind: "break",
    summary: "",
    params: z.strictObject({}),
    aimed: z.strictObject({ service: z.string(), pid: z.number() }),
    ends: "at-once",
    lasts: false,
    describe: () => "break",
    aim: notReached,
    inject: notReached,
    witness: notReached,
    undo: (_tools, aim) => undo(aim),
  });

describe("the write-ahead list", () => {
  test("gives what was done last first: it may have been done upon what was done before", () => {
    for (const [n, id] of ["a-main-0", "c-main-0", "b-main-0"].entries()) {
      writeUndo(entry({ id }), folder);
      utimesSync(join(folder, `${id}.json`), n, n);
    }
    expect(all().map(({ id }) => id)).toEqual(["b-main-0", "c-main-0", "a-main-0"]);
  });

  test("holds the whole entry, readable by its owner alone, once writing returned, and no half of one beside it", () => {
    writeUndo(entry(), folder);
    expect(readdirSync(folder)).toEqual(["healproof-r1-1-main.json"]);
    expect(JSON.parse(readFileSync(join(folder, "healproof-r1-1-main.json"), "utf8"))).toEqual({
      version: 2,
      ...entry(),
    });
    expect(statSync(join(folder, "healproof-r1-1-main.json")).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(all()).toEqual([{ version: 2, ...entry() }]);
  });

  test("does not take what a crash left half written for an entry, and forgets it unless its writer lives", () => {
    writeUndo(entry(), folder);
    for (const owner of [dead(), ownerMark()])
      writeFileSync(join(folder, `other.json.${owner}.part`), '{"version":2,"id":');
    expect(all().map((it) => it.id)).toEqual(["healproof-r1-1-main"]);
    expect(forgetUnfinished(folder)).toBe(1);
    expect(readdirSync(folder).toSorted()).toEqual(["healproof-r1-1-main.json", `other.json.${ownerMark()}.part`]);
    expect(forgetUnfinished(join(folder, "nowhere"))).toBe(0);
  });

  test("is empty where nothing was ever written", () => {
    expect(all()).toEqual([]);
  });

  test("that is no folder is an error, not an empty list", () => {
    writeFileSync(join(root, "state"), "");
    expect(() => leftToUndo({ all: true }, join(root, "state"))).toThrow("cannot be read");
  });

  test("leaves to its owner what a living one answers for, and gives what a dead one left", () => {
    writeUndo(entry({ id: "living" }), folder);
    writeUndo(entry({ id: "dead", owner: dead() }), folder);
    expect(leftToUndo({ all: false }, folder).entries.map((it) => it.id)).toEqual(["dead"]);
    expect(
      all()
        .map((it) => it.id)
        .sort(),
    ).toEqual(["dead", "living"]);
  });

  test.each([
    ["cut off", '{"version":2,"id":"x"'],
    ["of another version", JSON.stringify({ version: 1, ...entry() })],
    ["without an owner", JSON.stringify({ version: 2, ...entry(), owner: undefined })],
  ])("with an entry that is %s is told with its file, and keeps no other from being undone", (_what, text) => {
    writeUndo(entry(), folder);
    writeFileSync(join(folder, "damaged.json"), text);
    const { entries, damaged } = leftToUndo({ all: true }, folder);
    expect(entries).toEqual([{ version: 2, ...entry() }]);
    expect(Object.keys(damaged)).toEqual([join(folder, "damaged.json")]);
  });

  test("forgets one entry; one that is forgotten already is no error", () => {
    writeUndo(entry({ id: "one" }), folder);
    writeUndo(entry({ id: "two" }), folder);
    forgetUndo("one", folder);
    forgetUndo("one", folder);
    expect(all().map((it) => it.id)).toEqual(["two"]);
  });

  test("is kept in the user's state folder, whatever folder healproof is called in", () => {
    const before = process.env.XDG_STATE_HOME;
    process.env.XDG_STATE_HOME = root;
    try {
      expect(undoFolder()).toBe(join(root, "healproof", "undo"));
      writeUndo(entry());
      expect(leftToUndo({ all: true }, join(root, "healproof", "undo")).entries).toHaveLength(1);
    } finally {
      if (before === undefined) delete process.env.XDG_STATE_HOME;
      else process.env.XDG_STATE_HOME = before;
    }
  });
});

describe("undoing an entry", () => {
  const written = () => {
    writeUndo(entry(), folder);
    const [it] = all();
    if (!it) throw new Error("it was written");
    return it;
  };

  test("gives the fault what its aim found out, while the entry is still on the disk, and forgets it afterwards", async () => {
    const seen: unknown[] = [];
    const fault = breaks(async (aim) => {
      seen.push(aim, all().length);
      return "put back";
    });
    expect(await undoEntry(written(), [fault], noTools, folder)).toBe("put back");
    expect(seen).toEqual([{ service: "app", pid: 7 }, 1]);
    expect(all()).toEqual([]);
  });

  test("that fails keeps the entry, so that it can be tried again", async () => {
    const fault = breaks(() => Promise.reject(new Error("the engine is gone")));
    await expect(undoEntry(written(), [fault], noTools, folder)).rejects.toThrow("the engine is gone");
    expect(all()).toHaveLength(1);
  });

  test("of a fault that reaches outside its stack is still to be done when that is gone, also where the fault is unknown", () => {
    const aim = { service: "app", pid: 7 };
    const inside = breaks(async () => "put back");
    const outside = { ...inside, shares: ["the router"] };
    writeUndo({ ...entry({ id: "in" }), undo: undoOf(inside, aim) }, folder);
    writeUndo({ ...entry({ id: "out" }), undo: undoOf(outside, aim) }, folder);
    expect(new Map(all().map((it) => [it.id, outlivesStack(it)]))).toEqual(
      new Map([
        ["in", false],
        ["out", true],
      ]),
    );
    expect(all().map(({ undo }) => undo)).toEqual(all().map(() => expect.objectContaining({ fault: "break", aim })));
  });

  test("of a fault that this healproof does not have says so and keeps the entry", async () => {
    await expect(undoEntry(written(), [], noTools, folder)).rejects.toMatchObject({ code: "unknown-fault" });
    expect(all()).toHaveLength(1);
  });

  test("whose aim is not this fault's is refused and keeps the entry", async () => {
    const it = { ...written(), undo: { fault: "break", aim: { service: 7 } } };
    await expect(undoEntry(it, [breaks(async () => "put back")], noTools, folder)).rejects.toThrow();
    expect(all()).toHaveLength(1);
  });

  test("of a healer that the engine is still switching off starts it once that is over", async () => {
    const did: string[] = [];
    const stack: FaultStack = {
      ...noStack,
      container: async () => ({ id: "c1", pid: 42, running: true, paused: false }),
      untilStopped: async (id) => void did.push(`wait for ${id}`),
      start: async (id) => void did.push(`start ${id}`),
    };
    writeUndo({ ...entry({ id: "healer" }), undo: { start: ["watchdog"] } }, folder);
    const [it] = all();
    if (!it) throw new Error("it was written");
    await undoEntry(it, [], { ...noTools, stack }, folder);
    expect(did).toEqual(["wait for c1", "start c1"]);
  });

  test("of a healer that is off starts each of its services", async () => {
    const started: string[] = [];
    const stack: FaultStack = {
      ...noStack,
      container: async (service) => ({ id: `id of ${service}`, pid: 0, running: false, paused: false }),
      start: async (id) => {
        started.push(id);
      },
    };
    writeUndo({ ...entry({ id: "healer" }), undo: { start: ["watchdog", "keeper"] } }, folder);
    const [it] = all();
    if (!it) throw new Error("it was written");
    expect(await undoEntry(it, [], { ...noTools, stack }, folder)).toBe("started watchdog, keeper");
    expect(started).toEqual(["id of watchdog", "id of keeper"]);
    expect(all()).toEqual([]);
  });

  test("of a healer that is the lab's own systemd enables its units again, in the lab alone", async () => {
    const host = new PretendHost();
    await host.disable(["node-exporter.service"]);
    writeUndo({ ...entry({ id: "healer" }), undo: { enable: ["node-exporter.service"] } }, folder);
    const [it] = all();
    if (!it) throw new Error("it was written");
    await expect(undoEntry(it, [], noTools, folder)).rejects.toThrow("in the lab alone");
    expect(all()).toHaveLength(1);
    expect(outlivesStack(it)).toBe(true);
    expect(await undoEntry(it, [], { ...noTools, host }, folder)).toBe("enabled node-exporter.service");
    expect(host.disabled).toEqual([]);
    expect(all()).toEqual([]);
  });
});
