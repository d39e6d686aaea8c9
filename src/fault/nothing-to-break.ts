import { exitCode, KnownError } from "../errors.ts";

/** What a fault was about to break is not there, or is broken already: nothing that is seen afterwards would be its doing. */
export const nothingToBreak = (message: string, facts: Readonly<Record<string, string>>): KnownError =>
  new KnownError("nothing-to-break", message, { facts, exitCode: exitCode.inconclusive });
