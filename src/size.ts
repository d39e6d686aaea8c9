import { z } from "zod";

/** An amount of memory or disk, in bytes. */
export type Size = number & { readonly __unit: "size, bytes" };

const bytes = (value: number): Size => value as Size;

const units = {
  B: 1,
  kB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
} as const;
export const sizePattern = /^(\d+(?:\.\d+)?)(B|kB|MB|GB|KiB|MiB|GiB)$/;

/** Reads `8MiB`, `100kB`, `0B`. Anything else, a bare number too, is undefined: sizes have units. Whole bytes, rounded down. */
export function parseSize(text: string): Size | undefined {
  const match = sizePattern.exec(text);
  if (!match) return undefined;
  const unit = match[2] as keyof typeof units;
  return bytes(Math.floor(Number(match[1]) * units[unit]));
}

/** A size as a scenario writes it (`8MiB`), in bytes once read. */
export const size = z
  .string()
  .regex(sizePattern, "a size with its unit, such as 8MiB, 100kB or 0B")
  .transform((text): Size => parseSize(text) ?? bytes(0))
  .meta({ description: "A size with its unit: 100kB, 8MiB, 1.5GiB" });

/** `512 B`, `1.5 KiB`, `32 MiB`: the largest unit that leaves at least 1, one decimal at most. */
export function formatSize(value: number): string {
  const [name, unit] = (
    [
      ["GiB", units.GiB],
      ["MiB", units.MiB],
      ["KiB", units.KiB],
    ] as const
  ).find(([, it]) => value >= it) ?? ["B", 1];
  return `${Number((value / unit).toFixed(1))} ${name}`;
}
