import { expect, test } from "vitest";
import { moment } from "../time.ts";
import { bootRemarks } from "./boot.ts";
import { span, tell } from "./testing/journal-builder.ts";

const boot = (
  act: "main" | "afterwards",
  ...steps: [step: "power" | "kernel" | "systemd" | "engine", at: number][]
) => ({
  at: 9000,
  fact: { kind: "boot" as const, act, steps: steps.map(([step, at]) => ({ step, when: span(at, at + 100) })) },
});

test("each step is told from the one before it, as an interval, up to the recovery", () => {
  const journal = tell({ and: [boot("main", ["power", 6000], ["kernel", 7000], ["engine", 8000])] });
  const [remark, ...others] = bootRemarks(journal, "main", moment(8600, 8700));
  expect(others).toEqual([]);
  expect(remark?.text).toBe(
    "the machine came back in steps, from its power to its kernel 0.90 to 1.10 s, to the engine 0.90 to 1.10 s, to the recovery 500 to 700 ms",
  );
  expect(remark?.seqs.map((seq) => journal[seq]?.kind)).toEqual(["boot"]);
});

test("the boot of another act is none of this one's", () => {
  const journal = tell({ and: [boot("afterwards", ["power", 6000])] });
  expect(bootRemarks(journal, "main", moment(8600, 8700))).toEqual([]);
});
