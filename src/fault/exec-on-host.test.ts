import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hostNow } from "../clock.ts";
import { exitCode } from "../errors.ts";
import { ms, seconds } from "../time.ts";
import type { FaultLook } from "./define.ts";
import { execOnHost } from "./exec-on-host.ts";
import { noTools } from "./testing/no-tools.ts";

/** Real commands, which break nothing but a file. */

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hp-exec-"));
  file = join(folder, "broken");
});
afterEach(() => rmSync(folder, { recursive: true }));

const params = () => ({ run: ["touch", file], witness: ["test", "-e", file], undo: ["rm", "-f", file] });
const aimAt = async (it: object): Promise<unknown> => JSON.parse(JSON.stringify(await execOnHost.aim(noTools, it)));

test("a command breaks it, its witness sees that, its undo puts it back, twice harmlessly", async () => {
  const aim = await aimAt(params());
  expect(existsSync(file)).toBe(false);
  const before = hostNow();
  const { from, to } = await execOnHost.inject(noTools, aim);
  expect(from).toBeGreaterThanOrEqual(before);
  expect(to).toBeGreaterThanOrEqual(from);
  expect(existsSync(file)).toBe(true);
  expect(await execOnHost.witness(noTools, aim, seconds(5))).toBeDefined();
  for (let times = 0; times < 2; times++) {
    expect(await execOnHost.undo(noTools, aim)).toBe(`rm -f ${file} was run on this machine`);
    expect(existsSync(file)).toBe(false);
  }
});

test("a witness that says no is asked again until the limit", async () => {
  const aim = await aimAt(params());
  expect(await execOnHost.witness(noTools, aim, ms(300))).toBeUndefined();
  const witnessing = execOnHost.witness(noTools, aim, seconds(30));
  const first = await Promise.race([witnessing, new Promise((tell) => setImmediate(tell, "not yet"))]);
  expect(first).toBe("not yet");
  writeFileSync(file, "");
  expect(await witnessing).toBeDefined();
});

test("it is in force for as long as its watch, or else its witness, says so", async () => {
  for (const watch of [undefined, ["sh", "-c", `test -e ${file}`]]) {
    writeFileSync(file, "");
    const aim = await aimAt({ ...params(), ...(watch ? { watch } : {}) });
    const looks: FaultLook[] = [];
    const tell = (it: FaultLook) => {
      looks.push(it);
      rmSync(file, { force: true });
    };
    await execOnHost.watch(noTools, aim, tell, new AbortController().signal);
    expect(looks.map((it) => it.state)).toEqual(["in-force", "healed"]);
  }
});

test("a command that fails says which, how, and what it printed", async () => {
  const aim = await aimAt({ ...params(), run: ["sh", "-c", "echo 'no such router' >&2; exit 4"] });
  await expect(execOnHost.inject(noTools, aim)).rejects.toMatchObject({
    code: "exec-failed",
    exitCode: exitCode.inconclusive,
    facts: { "exit code": "4", "it printed": "no such router" },
  });
  const unmended = await aimAt({ ...params(), undo: ["sh", "-c", "echo stuck; exit 1"] });
  await expect(execOnHost.undo(noTools, unmended)).rejects.toMatchObject({
    code: "exec-undo-failed",
    facts: { "it printed": "stuck" },
  });
});

test("a witness that cannot be run is an error, not a no", async () => {
  const aim = await aimAt({ ...params(), witness: ["sh", "-c", "healproof-no-such-program"] });
  await expect(execOnHost.witness(noTools, aim, seconds(5))).rejects.toMatchObject({ code: "exec-failed" });
});

test("its commands run where healproof was called, also when another process puts it back", async () => {
  const aim = await aimAt({ ...params(), run: ["touch", "relative"] });
  await execOnHost.inject(noTools, { ...Object(aim), folder });
  expect(existsSync(join(folder, "relative"))).toBe(true);
  expect(aim).toMatchObject({ folder: process.cwd() });
});
