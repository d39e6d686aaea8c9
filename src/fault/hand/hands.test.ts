import { expect, test } from "vitest";
import { noHand } from "../testing/no-tools.ts";
import { Hands } from "./hands.ts";

test("the one that is there is the last that was started; those before it are ended, also where that fails", async () => {
  const ended: number[] = [];
  const hands = await Hands.start(async (nth) => ({
    ...noHand,
    bootId: `boot ${nth}`,
    [Symbol.asyncDispose]: async () => {
      ended.push(nth);
      if (nth === 1) throw new Error("its engine is gone");
    },
  }));
  expect(hands.now.bootId).toBe("boot 1");
  await hands.renew();
  expect([hands.now.bootId, ended]).toEqual(["boot 2", [1]]);
  await hands[Symbol.asyncDispose]();
  expect(ended).toEqual([1, 2]);
});
