import { expect, test } from "vitest";
import { noHand } from "./fault/testing/no-tools.ts";
import { PretendHost } from "./fault/testing/pretend-host.ts";
import { whoLooksByHand } from "./inject.ts";

test("a machine that was broken by hand gets another hand once its engine answers, to be disposed of", async () => {
  const order: string[] = [];
  const host = Object.assign(new PretendHost(), { engineIsBack: async () => void order.push("the engine answers") });
  const hands = { now: noHand, renew: async () => void order.push("another hand") };
  const looking = whoLooksByHand(host, hands);
  await looking.mayGo();
  await looking.comeBack();
  expect(order).toEqual(["the engine answers", "another hand"]);
});
