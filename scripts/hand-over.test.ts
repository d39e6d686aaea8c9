import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

const HAND_OVER = new URL("./hand-over.mjs", import.meta.url).href;

/** A process that hands over to this program. */
function parentOf(program: string) {
  const args = JSON.stringify(["--eval", program]);
  const source = `
    const { handOver } = await import(${JSON.stringify(HAND_OVER)});
    process.exitCode = await handOver(process.execPath, ${args}, { cwd: "/", env: process.env });`;
  return spawn(process.execPath, ["--input-type=module", "--eval", source], {
    stdio: ["ignore", "pipe", "inherit"],
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
    let times = 0;
    process.on("SIGINT", () => {
      times += 1;
      if (times > 1) process.exit(99);
      setTimeout(() => process.exit(times), 300);
    });
    setInterval(() => {}, 1000);
    console.log("ready");`);
  await once(parent.stdout, "data");
  const { pid } = parent;
  if (!pid) throw new Error("not started");
  process.kill(-pid, "SIGINT"); // the terminal: everybody in the group
  process.kill(pid, "SIGINT"); // npm
  const [code] = await once(parent, "exit");
  expect(code).toBe(1);
});
