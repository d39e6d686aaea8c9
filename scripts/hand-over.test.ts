import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const HAND_OVER = new URL("./hand-over.mjs", import.meta.url).href;

/** A process that hands over to this program. */
function parentOf(program: string, limits: { limitMs?: number; graceMs?: number } = {}) {
  const args = JSON.stringify(["--eval", program]);
  const source = `
    const { handOver } = await import(${JSON.stringify(HAND_OVER)});
    process.exitCode = await handOver(process.execPath, ${args}, { cwd: "/", env: process.env, ...${JSON.stringify(limits)} });`;
  return spawn(process.execPath, ["--input-type=module", "--eval", source], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a group of its own, as a terminal's job has
  });
}

test("the exit code is the program's", async () => {
  const [code] = await once(parentOf("process.exit(42)"), "exit");
  expect(code).toBe(42);
});

test("a program that a signal ended counts as 128 and the signal's number", async () => {
  const [code] = await once(parentOf("process.kill(process.pid, 'SIGKILL')"), "exit");
  expect(code).toBe(137);
});

test("a Ctrl-C that comes from the terminal and from npm reaches the program exactly once", async () => {
  const parent = parentOf(`
    process.on("SIGINT", () => console.log("interrupted"));
    process.on("SIGTERM", () => process.exit(0));
    setTimeout(() => process.exit(3), 4000); // it never outlives its test
    console.log("ready");`);
  let heard = "";
  parent.stdout.on("data", (text) => {
    heard += text;
  });
  const hear = async (word: string) => {
    while (!heard.includes(word)) await once(parent.stdout, "data");
  };
  const { pid } = parent;
  if (!pid) throw new Error("not started");

  await hear("ready");
  process.kill(-pid, "SIGINT"); // the terminal: everybody in the group
  await hear("interrupted");
  // npm, after it got its own. Not before the first one was seen: two that wait for a process are one to it.
  process.kill(pid, "SIGINT");
  // Another signal is another matter, and is handed on at once; it comes after whatever npm's has caused.
  process.kill(pid, "SIGTERM");
  const [code] = await once(parent, "close");
  expect(code).toBe(0);
  expect(heard.match(/interrupted/g)).toHaveLength(1);
});

test("a program whose time is over is interrupted, and killed with its own where that does not help; it is told", async () => {
  const deaf = `
    process.on("SIGINT", () => console.log("interrupted"));
    require("node:child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 90000)"], { stdio: "inherit" });`;
  const parent = parentOf(deaf, { limitMs: 3000, graceMs: 400 });
  const [out, err, [code]] = await Promise.all([
    text(parent.stdout),
    text(parent.stderr),
    // Closed once nobody has its output any more: what it started is gone, too.
    once(parent, "close"),
  ]);
  expect(out).toBe("interrupted\n");
  expect(err).toContain("was not done within 0.05 min, and is ended");
  expect(code).toBe(137);
});
