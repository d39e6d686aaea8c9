import { expect, test } from "vitest";
import { TrialClock } from "./clock.ts";
import { askLedger } from "./ledger.ts";
import type { Executed } from "./stack/exec.ts";
import { seconds } from "./time.ts";

const asked = { service: "ledger", check: ["ledger", "check"], within: seconds(1) };
const whole = { acknowledged: 3, present: 3, lost: [], doubled: [], indeterminate: { present: 1, absent: 2 } };
const lossy = { ...whole, present: 2, lost: [{ key: "k-2", id: "51be" }] };

const ask = (answer: Partial<Executed>) =>
  askLedger({ exec: async () => ({ exitCode: 0, out: "", err: "", ...answer }) }, asked, new TrialClock());

test("what the check found is a fact, by the operations' keys", async () => {
  expect(await ask({ out: JSON.stringify(whole) })).toMatchObject({ kind: "ledger", ...whole });
  expect(await ask({ exitCode: 1, out: JSON.stringify(lossy) })).toMatchObject({ present: 2, lost: ["k-2"] });
});

test("one that cannot say yet is asked again within its time", async () => {
  const answers = [{ exitCode: 2, out: "", err: "the database is starting up" }];
  const exec = async () => answers.pop() ?? { exitCode: 0, out: JSON.stringify(whole), err: "" };
  expect(await askLedger({ exec }, asked, new TrialClock())).toMatchObject({ kind: "ledger", ...whole });
});

test.each([
  ["it could not be checked", { exitCode: 2, err: "no database" }, "no database"],
  ["there is no such command", { exitCode: 127, out: "not found" }, "not found"],
  ["it says nothing", { exitCode: 0 }, "not one JSON object"],
  ["it says something else", { exitCode: 0, out: "{}" }, "acknowledged"],
  ["it names losses and exits with 0", { exitCode: 0, out: JSON.stringify(lossy) }, "says otherwise"],
  ["it names no loss and exits with 1", { exitCode: 1, out: JSON.stringify(whole) }, "says otherwise"],
])("where %s, nothing is whole", async (_what, answer, told) => {
  const failure = ask(answer);
  await expect(failure).rejects.toMatchObject({ code: "ledger-unchecked" });
  await expect(failure.catch(String)).resolves.toContain(told);
});
