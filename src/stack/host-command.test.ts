import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { KnownError } from "../errors.ts";
import { ms, seconds } from "../time.ts";
import { runOnHost } from "./host-command.ts";
import { ownerMark } from "./labels.ts";

const folder = mkdtempSync(join(tmpdir(), "hp-host-"));
const sh = (script: string, within = seconds(10)) => runOnHost(["sh", "-c", script], within, folder);

test("a command ends with what it printed and its exit code, in its folder", async () => {
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(await sh("echo out; echo err >&2; touch here; exit 3")).toEqual({ exitCode: 3, out: "out\n", err: "err\n" });
  expect(existsSync(join(folder, "here"))).toBe(true);
  expect(await runOnHost(["cat"], seconds(10), tmpdir())).toMatchObject({ exitCode: 0, out: "" });
  expect(await runOnHost(["sh", "-c", "kill -9 $$"], seconds(10), tmpdir())).toMatchObject({
    exitCode: -1,
    err: expect.stringContaining("SIGKILL"),
  });
});

test("one that takes too long is killed with what it started, and the error says what it printed", async () => {
  const late = runOnHost(["sh", "-c", "sleep 60 & echo $$ $!; wait"], ms(500), tmpdir());
  const thrown: unknown = await late.catch((it: unknown) => it);
  expect(thrown).toMatchObject({ code: "host-command-too-long", message: expect.stringContaining("500 ms") });
  const printed = thrown instanceof KnownError ? thrown.facts["it printed"] : "";
  const pids = [...(printed ?? "").matchAll(/\d+/g)].map(Number);
  expect(pids).toHaveLength(2);
  await expect.poll(() => pids.filter(lives)).toEqual([]);
});

test("one that is interrupted may clear up behind itself, and has ended by the time that is told", async () => {
  const interrupt = new AbortController();
  const cleared = join(mkdtempSync(join(tmpdir(), "hp-host-")), "cleared");
  const script = `trap 'sleep 0.2; touch "${cleared}"; exit' INT; echo > "${cleared}.ready"; while :; do sleep 0.05; done`;
  const running = runOnHost(["bash", "-c", script], seconds(30), tmpdir(), interrupt.signal);
  running.catch(() => undefined);
  await expect.poll(() => existsSync(`${cleared}.ready`), { timeout: 10_000 }).toBe(true);
  interrupt.abort(new Error("Ctrl-C"));
  await expect(running).rejects.toThrow("Ctrl-C");
  expect(existsSync(cleared)).toBe(true);
  await expect(runOnHost(["touch", "never"], seconds(1), tmpdir(), interrupt.signal)).rejects.toThrow("Ctrl-C");
  rmSync(dirname(cleared), { recursive: true });
});

test("what it leaves in the background does not keep it waiting", async () => {
  const began = performance.now();
  const { out } = await runOnHost(["sh", "-c", "sleep 60 & echo $!"], seconds(30), tmpdir());
  expect(performance.now() - began).toBeLessThan(10_000);
  process.kill(Number(out), "SIGKILL");
});

test("one that is not there is an error, not an exit code", async () => {
  await expect(runOnHost(["healproof-no-such-program"], seconds(1), tmpdir())).rejects.toMatchObject({
    code: "host-command-failed",
    message: expect.stringContaining("ENOENT"),
  });
});

/** A zombie does not: its parent may never notice. */
const lives = (pid: number) => ownerMark(pid) !== `${pid}`;
