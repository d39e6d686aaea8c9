import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { Progress } from "./progress.ts";

/** A stream that remembers, and what a terminal of one line would show of it. */
function stream(terminal?: { columns: number }) {
  const written: string[] = [];
  const out = Object.assign(new PassThrough(), terminal ? { isTTY: true, columns: terminal.columns } : {});
  out.on("data", (chunk: Buffer) => written.push(chunk.toString("utf8")));
  const screen = () => {
    const lines = [""];
    // What moves the cursor or erases comes in chunks of its own.
    for (const chunk of written) {
      if (chunk === "\u001b[2K") lines[lines.length - 1] = "";
      else if (chunk !== "\u001b[1G") {
        const [first = "", ...more] = chunk.split("\n");
        lines[lines.length - 1] += first;
        lines.push(...more);
      }
    }
    return lines;
  };
  return { out, written, screen };
}

describe("on a terminal", () => {
  test("one live line says what runs now, and is replaced, not repeated", () => {
    const { out, screen } = stream({ columns: 80 });
    const progress = new Progress(out);
    progress.tell({ trial: "app-crash", phase: "up", text: "" });
    progress.tell({ trial: "app-hang", phase: "up", text: "" });
    progress.tell({ trial: "app-crash", phase: "observe", text: "" });
    expect(screen()).toEqual([expect.stringMatching(/^\d+ ms {3}app-crash observe {3}app-hang up$/)]);
  });

  test("a line for a trial that ended stays above the live line, which forgets the trial", () => {
    const { out, screen } = stream({ columns: 80 });
    const progress = new Progress(out);
    progress.tell({ trial: "app-crash", phase: "observe", text: "" });
    progress.tell({ trial: "app-hang", phase: "up", text: "" });
    progress.done("app-crash", "proven app-crash");
    expect(screen()).toEqual(["proven app-crash", expect.stringMatching(/ms {3}app-hang up$/)]);
    progress.done("app-hang", "proven app-hang");
    progress.end();
    expect(screen()).toEqual(["proven app-crash", "proven app-hang", ""]);
  });

  test("the live line never wraps, or it could not be erased", () => {
    const { out, screen } = stream({ columns: 30 });
    const progress = new Progress(out);
    for (const trial of ["one-long-name", "another-long-name", "a-third"])
      progress.tell({ trial, phase: "up", text: "" });
    expect(screen()[0]).toHaveLength(29);
  });

  test("nothing is left of the live line at the end", () => {
    const { out, screen } = stream({ columns: 80 });
    const progress = new Progress(out);
    progress.tell({ trial: "app-crash", phase: "up", text: "" });
    progress.end();
    expect(screen()).toEqual([""]);
  });
});

describe("in a log", () => {
  test("there is a line with its time for each longer phase and each end, and no control character", () => {
    const { out, written } = stream();
    const progress = new Progress(out);
    progress.line("run r1");
    for (const phase of ["up", "steady", "inject", "witness", "observe", "undo", "down"] as const)
      progress.tell({ trial: "app-crash", phase, text: "" });
    progress.done("app-crash", "proven app-crash");
    progress.end();
    const lines = written.join("").split("\n");
    expect(lines.map((it) => it.replace(/^\[\d+ ms\] /, ""))).toEqual([
      "run r1",
      "app-crash: up",
      "app-crash: steady",
      "app-crash: observe",
      "proven app-crash",
      "",
    ]);
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^\[\d+ ms\] /);
    expect(written.join("")).not.toContain("\u001b");
  });
});
