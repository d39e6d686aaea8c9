import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Cgroup } from "./cgroup.ts";

const container = "4f".repeat(32);
const process = { pid: 7, startTicks: 1, container };
let proc: string;

beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), "healproof-cgroup-"));
});

afterEach(() => rmSync(proc, { recursive: true }));

/** What the container sees below /sys/fs/cgroup, and its line or lines in /proc/PID/cgroup. */
function cgroup(lines: string, files: Readonly<Record<string, string>>): Cgroup {
  mkdirSync(join(proc, "7"), { recursive: true });
  writeFileSync(join(proc, "7/cgroup"), lines);
  for (const [name, content] of Object.entries(files)) {
    const file = join(proc, "7/root/sys/fs/cgroup", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return new Cgroup(process, proc);
}

const version1 = `4:memory:/docker/${container}\n2:cpu,cpuacct:/docker/${container}\n6:freezer:/docker/${container}\n0::/docker/${container}\n`;
const files1 = {
  "memory/memory.limit_in_bytes": "268435456\n",
  "memory/memory.usage_in_bytes": "50000000\n",
  "memory/memory.stat":
    "cache 30000000\nrss 20000000\ninactive_file 1\ntotal_inactive_file 10000000\ntotal_rss 20000001\n",
  "cpu,cpuacct/cpu.cfs_quota_us": "5000\n",
  "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
  "cpu,cpuacct/cpu.stat": "nr_periods 10\nnr_throttled 4\nthrottled_time 2500000\n",
  "freezer/freezer.state": "FROZEN\n",
};

describe("of version 1", () => {
  test("it tells shares, use and freezer, also where a controller's folder is a link", () => {
    const it = cgroup(version1, files1);
    symlinkSync("cpu,cpuacct", join(proc, "7/root/sys/fs/cgroup/cpu"));
    expect(it.usage()).toEqual({
      cpuLimit: 0.05,
      throttledMs: 2.5,
      memoryLimit: 268_435_456,
      workingSet: 40_000_000,
      anonymous: 20_000_001,
      frozen: true,
    });
  });

  test("no limit is 0", () => {
    const it = cgroup(version1, {
      ...files1,
      "memory/memory.limit_in_bytes": "9223372036854771712\n",
      "cpu/cpu.cfs_quota_us": "-1\n",
      "cpu/cpu.cfs_period_us": "100000\n",
      "freezer/freezer.state": "THAWED\n",
    });
    expect(it.usage()).toMatchObject({ memoryLimit: 0, cpuLimit: 0, frozen: false });
  });

  test("a container that sees the whole tree is found in it, also by what a systemd in it has put into a part of its own", () => {
    const own = `memory/docker/${container}`;
    const it = cgroup(`4:memory:/docker/${container}/system.slice/app.service\n`, {
      "memory/memory.limit_in_bytes": "1\n",
      [`${own}/memory.limit_in_bytes`]: "2\n",
      [`${own}/system.slice/app.service/memory.limit_in_bytes`]: "3\n",
    });
    expect(it.usage().memoryLimit).toBe(2);
  });
});

describe("of version 2", () => {
  const files2 = {
    "memory.max": "268435456\n",
    "memory.current": "50000000\n",
    "memory.stat": "anon 20000001\nfile 30000000\ninactive_file 10000000\n",
    "cpu.max": "5000 100000\n",
    "cpu.stat": "usage_usec 100\nnr_throttled 4\nthrottled_usec 2500\n",
    "cgroup.events": "populated 1\nfrozen 1\n",
  };

  test.each([
    ["a cgroup namespace of its own", `0::/../docker-${container}.scope\n`, ""],
    [
      "the host's cgroup namespace",
      `0::/system.slice/docker-${container}.scope\n`,
      `system.slice/docker-${container}.scope/`,
    ],
  ])("it tells the same with %s", (_, line, folder) => {
    const files = Object.fromEntries(Object.entries(files2).map(([name, it]) => [`${folder}${name}`, it]));
    const it = cgroup(line, files);
    expect(it.usage()).toEqual({
      cpuLimit: 0.05,
      throttledMs: 2.5,
      memoryLimit: 268_435_456,
      workingSet: 40_000_000,
      anonymous: 20_000_001,
      frozen: true,
    });
  });

  test("no limit is 0", () => {
    const it = cgroup("0::/\n", {
      ...files2,
      "memory.max": "max\n",
      "cpu.max": "max 100000\n",
      "cgroup.events": "populated 1\nfrozen 0\n",
    });
    expect(it.usage()).toMatchObject({ memoryLimit: 0, cpuLimit: 0, frozen: false });
  });
});
