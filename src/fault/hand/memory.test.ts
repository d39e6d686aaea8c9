import { describe, expect, test } from "vitest";
import { reservedIn } from "./memory.ts";

/** A mapping as /proc/PID/smaps tells of it; sizes in kB. */
const mapping = (head: string, size: number, rss: number, { swap = 0, flags = "rd wr mr mw me ac" } = {}) =>
  [
    head,
    `Size:           ${String(size).padStart(8)} kB`,
    "KernelPageSize:        4 kB",
    `Rss:            ${String(rss).padStart(8)} kB`,
    `Pss:            ${String(rss).padStart(8)} kB`,
    "AnonHugePages:         0 kB",
    `Swap:           ${String(swap).padStart(8)} kB`,
    "SwapPss:               0 kB",
    `VmFlags: ${flags}`,
    "",
  ].join("\n");

const reserved = (...args: Parameters<typeof mapping>) => reservedIn(mapping(...args)).map((it) => it.unused / 1024);

describe("what a process has reserved and not used", () => {
  test("is its private memory without a file, also where it may not touch it yet", () => {
    expect(reserved("7f0000000000-7f0000100000 rw-p 00000000 00:00 0 ", 1024, 24)).toEqual([1000]);
    expect(reserved("7f0000000000-7f0000100000 ---p 00000000 00:00 0 ", 1024, 0)).toEqual([1024]);
    expect(
      reserved("55d0c0000000-55d0c0100000 rw-p 00000000 00:00 0                          [heap]", 1024, 0),
    ).toEqual([1024]);
  });

  test("is not what is in memory or swapped out", () => {
    expect(reserved("7f0000000000-7f0000100000 rw-p 00000000 00:00 0 ", 1024, 24, { swap: 1000 })).toEqual([]);
  });

  test.each([
    ["of a file", "7f0000000000-7f0000100000 r--p 00000000 fe:00 4711                       /usr/lib/libc.so.6"],
    ["shared with others", "7f0000000000-7f0000100000 rw-s 00000000 00:01 7                  /dev/zero (deleted)"],
    ["shared with others, without a name", "7f0000000000-7f0000100000 rw-s 00000000 00:00 0 "],
    ["the kernel's", "7ffe0000000-7ffe0100000 r--p 00000000 00:00 0                          [vvar]"],
  ])("is not %s", (_, head) => {
    expect(reserved(head, 1024, 0)).toEqual([]);
  });

  test("is not what maps a device", () => {
    const head = "7f0000000000-7f0000100000 rw-p 00000000 00:00 0 ";
    expect(reserved(head, 1024, 0, { flags: "rd wr mr mw me io dd" })).toEqual([]);
  });

  test("is told for each mapping, with where it is", () => {
    const text =
      mapping("00400000-00500000 rw-p 00000000 00:00 0 ", 1024, 24) +
      mapping("00500000-00600000 r-xp 00000000 fe:00 1 /bin/app", 1024, 0) +
      mapping("00600000-00700000 rw-p 00000000 00:00 0 ", 1024, 0);
    expect(reservedIn(text)).toEqual([
      { from: 0x400000, to: 0x500000, unused: 1000 * 1024 },
      { from: 0x600000, to: 0x700000, unused: 1024 * 1024 },
    ]);
  });
});
