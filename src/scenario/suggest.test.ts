import { expect, test } from "vitest";
import { closest, didYouMean } from "./suggest.ts";

const keys = ["is", "within", "healedBy", "stableFor", "restart-policy", "watchdog", "app", "redis"];

test.each([
  ["withn", "within"],
  ["si", "is"], // letters in another order
  ["healed_by", "healedBy"], // another spelling
  ["HEALEDBY", "healedBy"],
  ["restart", "restart-policy"], // the start of a longer name
  ["ap", "app"],
  ["web", undefined],
  ["colour", undefined],
  ["", undefined],
])("%j probably means %j", (word, meant) => {
  expect(closest(word, keys)).toBe(meant);
});

test("nothing is suggested where nothing is near, or the word itself is meant", () => {
  expect(didYouMean("watchdgo", keys)).toBe('; did you mean "watchdog"?');
  expect(didYouMean("colour", keys)).toBe("");
  expect(didYouMean("app", keys)).toBe("");
});
