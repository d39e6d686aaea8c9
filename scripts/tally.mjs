// How many tests passed, failed and were skipped: counted from vitest's own report, each fast check as one test more.

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */
/** @typedef {{ status: string, message: string, assertionResults: readonly { status: string }[] }} TestFile */

/**
 * @param {object} outcome
 * @param {readonly boolean[]} outcome.checks which of the fast checks passed
 * @param {number} outcome.exitCode vitest's
 * @param {{ testResults: readonly TestFile[] } | undefined} outcome.report of vitest's JSON reporter, if it wrote one
 * @returns {Tally}
 */
export function tally({ checks, exitCode, report }) {
  const statuses = (report?.testResults ?? []).flatMap((file) => {
    const each = file.assertionResults.map(({ status }) => status);
    if (file.status !== "failed" || each.includes("failed")) return each;
    // Of a run that was ended before, its files are said to have failed that never began: without a reason.
    if (each.length === 0 && file.message === "") return ["skipped"];
    // A file that failed as a whole (its import, a hook) has no failed test of its own, and must show all the same.
    return [...each, "failed"];
  });
  for (const passed of checks) statuses.push(passed ? "passed" : "failed");
  const count = (/** @type {string} */ status) => statuses.filter((each) => each === status).length;
  const [passed, failed] = [count("passed"), count("failed")];
  // Skipped, to do, pending, or a name that vitest may invent: none of these has shown anything.
  const skipped = statuses.length - passed - failed;
  // Vitest can fail without a failed test: an error outside of any, no test found, a crash before its report.
  const failedBeside = exitCode !== 0 && !statuses.slice(0, statuses.length - checks.length).includes("failed");
  return { passed, failed: failed + (failedBeside || !report ? 1 : 0), skipped };
}

/** @param {Tally} tally */
export const tallyLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;
