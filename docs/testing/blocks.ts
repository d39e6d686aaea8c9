import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The fenced code blocks of the pages that people read. */

export const root = join(import.meta.dirname, "..", "..");
export const pages = [
  "README.md",
  "docs/writing-scenarios.md",
  "docs/how-recovery-is-measured.md",
  "docs/adding-a-fault.md",
  "docs/faults.md",
  "docs/lab.md",
  "docs/what-healproof-has-found.md",
  "fixtures/stack/README.md",
];

export interface Block {
  readonly page: string;
  /** What follows the fence: `sh`, `yaml scenario`. */
  readonly info: string;
  readonly text: string;
}

export const blocks: readonly Block[] = pages.flatMap((page) =>
  [...readFileSync(join(root, page), "utf8").matchAll(/^```([^\n]+)\n(.*?)^```$/gms)].map(
    ([, info = "", text = ""]) => ({
      page,
      info,
      text,
    }),
  ),
);

/** The lines of all shell blocks, without their comments. */
export const commands: readonly { readonly page: string; readonly command: string }[] = blocks
  .filter(({ info }) => info === "sh")
  .flatMap(({ page, text }) =>
    text
      .split("\n")
      .map((line) => line.replace(/\s+#.*$/, "").trim())
      .filter((line) => line !== "")
      .map((command) => ({ page, command })),
  );
