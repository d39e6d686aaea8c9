import type { Journal } from "../journal.ts";
import type { InconclusiveReason } from "./judgement.ts";

/** Why nothing can be said, in a word and in a sentence. */
export interface Doubt {
  readonly reason: InconclusiveReason;
  readonly text: string;
}

/** Errors that tell of the stack that is tried, not of healproof: each is a reason by its own code. */
const ofTheStack = ["stack-not-up", "sick-baseline", "not-steady-again", "ledger-unchecked"] as const;

/** What ended a trial before it was through: read from the journal's last lines. Undefined if it ended as it should. */
export function unfinished(journal: Journal): Doubt | undefined {
  const end = journal.findLast((it) => it.kind === "end");
  if (!end) {
    const phase = journal.findLast((it) => it.kind === "phase")?.phase;
    return {
      reason: "harness-error",
      text: `healproof died${phase ? ` during the phase ${phase}` : ""}: the journal has no end`,
    };
  }
  if (end.outcome === "interrupted") return { reason: "interrupted", text: "the trial was interrupted" };
  if (end.outcome === "completed") return undefined;
  const error = journal.find((it) => it.kind === "error");
  if (!error) return { reason: "harness-error", text: "the trial failed, and its journal does not say why" };
  const facts = Object.entries(error.facts).filter(([key]) => key !== "stack" && key !== "see");
  const text = [error.message, ...facts.map(([key, value]) => `${key}: ${lastLine(value)}`)].join("; ");
  return { reason: ofTheStack.find((it) => it === error.code) ?? "harness-error", text };
}

/** What a program says last is mostly why it failed. All of it is in the journal. */
function lastLine(text: string): string {
  const line = text.trim().split("\n").at(-1) ?? "";
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
