import { expect, test } from "vitest";
import { formatSize, parseSize, size } from "./size.ts";

test.each([
  ["0B", 0],
  ["512B", 512],
  ["100kB", 100_000],
  ["2MB", 2_000_000],
  ["1GB", 1_000_000_000],
  ["1KiB", 1024],
  ["8MiB", 8_388_608],
  ["1.5GiB", 1_610_612_736],
  ["0.3KiB", 307],
])("%s is %d bytes", (text, expected) => {
  expect(parseSize(text)).toBe(expected);
  expect(size.parse(text)).toBe(expected);
});

test.each(["8", "8 MiB", "8mib", "8M", "-1MiB", "MiB", "1e3B", "8MiB/s", ""])(
  "%j is no size, and is refused with an example of one",
  (text) => {
    expect(parseSize(text)).toBeUndefined();
    expect(size.safeParse(text).error?.issues[0]?.message).toBe("a size with its unit, such as 8MiB, 100kB or 0B");
  },
);

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1 KiB"],
  [1536, "1.5 KiB"],
  [33_554_432, "32 MiB"],
  [1_610_612_736, "1.5 GiB"],
])("%d bytes read as %s", (value, expected) => {
  expect(formatSize(value)).toBe(expected);
});
