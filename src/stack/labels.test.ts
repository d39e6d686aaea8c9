import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { ownerLives, ownerMark } from "./labels.ts";
import { eventually } from "./testing/playground.ts";

const onLinux = process.platform === "linux";

describe("the owner's mark", () => {
  test("of this process names a living owner", () => {
    expect(ownerLives(ownerMark())).toBe(true);
  });

  test.runIf(onLinux)("says when the process started, so that a reused number is another owner", () => {
    const mark = ownerMark();
    expect(mark).toMatch(new RegExp(`^${process.pid}\\.\\d+$`));
    const [pid, ticks] = mark.split(".");
    expect(ownerLives(`${pid}.${Number(ticks) + 1}`)).toBe(false);
  });

  test("of a process that ended names a dead owner", () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    expect(ownerLives(`${pid}`)).toBe(false);
    expect(ownerLives(`${pid}.12345`)).toBe(false);
  });

  test.runIf(onLinux)("of a killed process that its parent never looked at names a dead owner", async () => {
    // The shell becomes a sleep, which never waits for the child that it inherited: killed, that stays a zombie.
    const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
    let pid = 0;
    try {
      const [line] = await once(parent.stdout, "data");
      pid = Number(String(line));
      const mark = ownerMark(pid);
      expect(ownerLives(mark)).toBe(true);
      process.kill(pid, "SIGKILL");
      await eventually("the killed process is dead", () => !ownerLives(mark), 2000);
    } finally {
      parent.kill("SIGKILL");
    }
  });

  test.each(["kept", "by-hand", "", "0", "-1", "1.5.2x"])("%j names no living process", (mark) => {
    expect(ownerLives(mark)).toBe(false);
  });

  test("without a start, as on systems that do not tell it, goes by the number alone", () => {
    expect(ownerLives(`${process.pid}`)).toBe(true);
  });
});
