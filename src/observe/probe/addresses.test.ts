import { expect, test } from "vitest";
import { Addresses, type Found } from "./addresses.ts";

/** Addresses over a name server that the test plays, and a clock that it moves. */
function staged() {
  const clock = { now: 5000 };
  const questions: PromiseWithResolvers<readonly string[]>[] = [];
  const addresses = new Addresses(
    () => {
      const question = Promise.withResolvers<readonly string[]>();
      questions.push(question);
      return question.promise;
    },
    () => clock.now,
  );
  const find = (): Found[] => {
    const told: Found[] = [];
    addresses.find("app", (found) => told.push(found));
    return told;
  };
  const answer = async (index: number, ...found: string[]) => {
    questions[index]?.resolve(found);
    await settled();
  };
  return { addresses, clock, questions, find, answer };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** As after a first try that worked at 10.0.0.1. */
async function working() {
  const stage = staged();
  stage.find();
  await stage.answer(0, "10.0.0.1");
  stage.addresses.report("app", true);
  return stage;
}

test("an address as such needs no name server", () => {
  const { addresses, questions } = staged();
  const told: Found[] = [];
  for (const address of ["10.1.2.3", "fd00::1"]) addresses.find(address, (found) => told.push(found));
  expect(told).toEqual([{ address: "10.1.2.3" }, { address: "fd00::1" }]);
  expect(questions).toHaveLength(0);
});

test("an unknown name waits for its own question", async () => {
  const { find, answer } = staged();
  const first = find();
  const second = find();
  await answer(1, "10.0.0.1");
  expect(first).toEqual([]);
  expect(second).toEqual([{ address: "10.0.0.1" }]);
});

test("an address that works is used at once and confirmed in the background, by one question at a time", async () => {
  const { clock, questions, find } = await working();
  clock.now += 150;
  expect(find()).toEqual([{ address: "10.0.0.1" }]);
  expect(questions).toHaveLength(1);
  clock.now += 100;
  expect(find()).toEqual([{ address: "10.0.0.1" }]);
  expect(find()).toEqual([{ address: "10.0.0.1" }]);
  expect(questions).toHaveLength(2);
});

test("after a try that failed the next one asks first, and goes to the new address", async () => {
  const { addresses, find, answer } = await working();
  addresses.report("app", false);
  const next = find();
  expect(next).toEqual([]);
  await answer(1, "10.0.0.2");
  expect(next).toEqual([{ address: "10.0.0.2" }]);
});

test("an address that was not confirmed for long is asked for even if it works", async () => {
  const { clock, find } = await working();
  clock.now += 1001;
  expect(find()).toEqual([]);
});

test("a name that is known not to be there is not tried at its old address", async () => {
  const { addresses, find, answer } = await working();
  addresses.report("app", false);
  const next = find();
  await answer(1);
  expect(next).toEqual([{ note: "name unknown" }]);
});

test("where the name server does not tell, the last known address is tried, or it is said why there is none", async () => {
  const { addresses, questions, find } = await working();
  const timeout = Object.assign(new Error("query timed out"), { code: "ETIMEOUT" });
  addresses.report("app", false);
  const next = find();
  questions[1]?.reject(timeout);
  await settled();
  expect(next).toEqual([{ address: "10.0.0.1" }]);

  const never = staged();
  const first = never.find();
  never.questions[0]?.reject(timeout);
  await settled();
  expect(first).toEqual([{ note: "name not resolved: ETIMEOUT" }]);
});

test("an answer that was overtaken by a later question's does not bring the old address back", async () => {
  const { addresses, clock, questions, find, answer } = await working();
  addresses.report("app", false);
  find();
  clock.now += 10;
  find();
  await answer(2, "10.0.0.2");
  await answer(1, "10.0.0.1");
  addresses.report("app", true);
  expect(find()).toEqual([{ address: "10.0.0.2" }]);
  expect(questions).toHaveLength(3);
});

test("of several replicas the known one is kept", async () => {
  const { addresses, find, answer } = await working();
  addresses.report("app", false);
  const next = find();
  await answer(1, "10.0.0.9", "10.0.0.1");
  expect(next).toEqual([{ address: "10.0.0.1" }]);
});
