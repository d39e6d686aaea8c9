import { describe, expect, test } from "vitest";
import { hostOfWall, TrialClock } from "./clock.ts";
import { askLedger } from "./ledger.ts";
import type { Executed } from "./stack/exec.ts";
import { instant, seconds } from "./time.ts";

const asked = { service: "ledger", check: ["ledger", "check"], within: seconds(1) };
const whole = { acknowledged: 3, present: 3, lost: [], doubled: [], indeterminate: { present: 1, absent: 2 } };
const lossy = { ...whole, present: 2, lost: [{ key: "k-2", id: "51be" }] };

/** The engine's clock is this much ahead of ours, give or take 5 ms. */
const aheadMs = 60_000;
const toHost = (unixMs: number) => {
  const host = hostOfWall(unixMs - aheadMs);
  return { from: host - 5, to: host + 5 };
};
const clock = new TrialClock();
const times = { clock, toHost, after: undefined };
/** As the ledger's container would tell an instant of the trial. */
const told = (at: number) => new Date(clock.originWall.getTime() + aheadMs + at).toISOString();

const ask = (answer: Partial<Executed>) =>
  askLedger({ exec: async () => ({ exitCode: 0, out: "", err: "", ...answer }) }, asked, times);

test("what the check found is a fact, by the operations' keys", async () => {
  expect(await ask({ out: JSON.stringify(whole) })).toMatchObject({ kind: "ledger", ...whole });
  expect(await ask({ exitCode: 1, out: JSON.stringify(lossy) })).toMatchObject({ present: 2, lost: ["k-2"] });
});

test("one that cannot say yet is asked again within its time", async () => {
  const answers = [{ exitCode: 2, out: "", err: "the database is starting up" }];
  const exec = async () => answers.pop() ?? { exitCode: 0, out: JSON.stringify(whole), err: "" };
  expect(await askLedger({ exec }, asked, times)).toMatchObject({ kind: "ledger", ...whole });
});

const refused = (statusCode: number) => Object.assign(new Error("container stopped/paused"), { statusCode });

test("one whose container does not run yet is asked again, and in the end that is what is told", async () => {
  let down = 1;
  const startsLater = async () => {
    if (down-- > 0) throw refused(409);
    return { exitCode: 0, out: JSON.stringify(whole), err: "" };
  };
  expect(await askLedger({ exec: startsLater }, asked, times)).toMatchObject({ kind: "ledger", ...whole });
  const staysDown = askLedger({ exec: () => Promise.reject(refused(409)) }, asked, times);
  await expect(staysDown).rejects.toMatchObject({
    code: "ledger-unchecked",
    facts: { reason: "its container does not run" },
  });
});

test("what else the engine refuses is told as it says it", async () => {
  const silent = askLedger({ exec: () => Promise.reject(refused(500)) }, asked, times);
  await expect(silent).rejects.toThrow("container stopped/paused");
});

test("the last acknowledgement is on the trial's clock, as far as the engine's clock and the digits that were told can say", async () => {
  const last = async (lastAcknowledgedAt: string | null) =>
    (await ask({ out: JSON.stringify({ ...whole, lastAcknowledgedAt }) })).lastAcknowledged;
  const { earliest, latest } = (await last(told(7000))) ?? { earliest: 0, latest: 0 };
  // Two readings of both clocks lie between what was told and what is found.
  expect(earliest).toBeGreaterThan(6990);
  expect(earliest).toBeLessThan(7000);
  expect(latest).toBeGreaterThan(7000);
  expect(latest - earliest).toBeCloseTo(11, 0);
  const coarse = await last(told(7000).replace(/\.\d+Z$/, "+00:00"));
  expect((coarse?.latest ?? 0) - (coarse?.earliest ?? 0)).toBeCloseTo(1010, 0);
});

test("a ledger that does not tell when the last was acknowledged is taken as it is", async () => {
  const { lastAcknowledged } = await askLedger(
    { exec: async () => ({ exitCode: 0, out: JSON.stringify(whole), err: "" }) },
    asked,
    { ...times, after: instant(1e9) },
  );
  expect(lastAcknowledged).toBeUndefined();
});

describe("an acknowledgement from after the recovery", () => {
  const from = (at: number, findings: object = whole) => JSON.stringify({ ...findings, lastAcknowledgedAt: told(at) });
  const asking = async (...answers: Executed[]) => {
    let nth = 0;
    const exec = async () => answers[Math.min(nth++, answers.length - 1)] ?? { exitCode: 127, out: "", err: "" };
    const { lastAcknowledged } = await askLedger({ exec }, asked, { ...times, after: instant(6200) });
    return { lastAcknowledged, times: nth };
  };
  const answered = (out: string, exitCode = 0): Executed => ({ exitCode, out, err: "" });

  test("is waited for", async () => {
    const { lastAcknowledged, times } = await asking(answered(from(4990)), answered(from(8000)));
    expect(times).toBe(2);
    expect(lastAcknowledged?.earliest).toBeGreaterThan(7900);
  });

  test("that never comes leaves what there is, once the time is over", async () => {
    const { lastAcknowledged } = await asking(answered(from(4990)));
    expect(lastAcknowledged?.latest).toBeLessThan(5100);
  });

  test("is no more wanted once something is known to be lost", async () => {
    const { times } = await asking(answered(from(4990, lossy), 1), answered(from(8000)));
    expect(times).toBe(1);
  });
});

test.each([
  ["it could not be checked", { exitCode: 2, err: "no database" }, "no database"],
  ["there is no such command", { exitCode: 127, out: "not found" }, "not found"],
  ["it says nothing", { exitCode: 0 }, "not one JSON object"],
  ["it says something else", { exitCode: 0, out: "{}" }, "acknowledged"],
  [
    "nothing was ever acknowledged",
    { exitCode: 0, out: JSON.stringify({ ...whole, lastAcknowledgedAt: null }) },
    "nothing is proven",
  ],
  [
    "no operation was acknowledged, and no time is told",
    { exitCode: 0, out: JSON.stringify({ ...whole, acknowledged: 0, present: 0 }) },
    "nothing is proven",
  ],
  [
    "it tells a time that is none",
    { exitCode: 0, out: JSON.stringify({ ...whole, lastAcknowledgedAt: "noon" }) },
    "lastAcknowledgedAt",
  ],
  ["it names losses and exits with 0", { exitCode: 0, out: JSON.stringify(lossy) }, "says otherwise"],
  ["it names no loss and exits with 1", { exitCode: 1, out: JSON.stringify(whole) }, "says otherwise"],
])("where %s, nothing is whole", async (_what, answer, told) => {
  const failure = ask(answer);
  await expect(failure).rejects.toMatchObject({ code: "ledger-unchecked" });
  await expect(failure.catch(String)).resolves.toContain(told);
});
