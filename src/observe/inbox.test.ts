import { expect, test } from "vitest";
import { eventually } from "../stack/testing/playground.ts";
import { counting, observeInbox } from "./inbox.ts";
import { fakeProbe } from "./prometheus/testing/fake-prometheus.ts";
import { Observed } from "./testing/tools.ts";

const message = (receivedAt: string, text: string, repeats = 0) => ({ receivedAt, text, payload: { text }, repeats });
const down = (at: string, repeats = 0) => message(at, `app is down\nsince ${at}`, repeats);

test("messages count that match, by any of their texts, line by line, or by all of it as JSON", () => {
  expect(counting(/^app is down$/m)([down("1"), message("2", "app is up")])).toBe(1);
  expect(counting(/^nested$/m)([{ blocks: [{ text: "nested" }] }])).toBe(1);
  expect(counting(/"repeats":3/m)([down("1", 3), down("2", 2)])).toBe(1);
  expect(counting(/^down$/m)(["down", "up", null, 3])).toBe(1);
});

test("a message that was there before is not counted again, though its repetitions were", () => {
  const count = counting(/down/m);
  expect(count([down("1")])).toBe(1);
  expect(count([down("1", 2)])).toBe(1);
  expect(count([down("1", 2), down("2")])).toBe(2);
});

test("what a receiver dropped or forgot is still counted, and what comes after that too", () => {
  const count = counting(/down/m);
  expect(count([down("1"), down("2")])).toBe(2);
  expect(count([down("2"), down("3")])).toBe(3);
  expect(count([])).toBe(3);
  expect(count([down("4")])).toBe(4);
});

test("two messages that say the same are two", () => {
  const count = counting(/down/m);
  expect(count(["down"])).toBe(1);
  expect(count(["down", "down"])).toBe(2);
});

const url = "http://notify:8025/messages";
const watched = { id: "messages", url, pattern: "down" };

test("a receiver is asked at a steady pace, and each answer is a sample also where nothing came", async () => {
  using observed = new Observed();
  let kept: unknown[] = [];
  const { probe, asked } = fakeProbe(() => ({ status: 200, body: JSON.stringify(kept) }));
  const done = observeInbox(probe, watched, observed.tools);
  await eventually("two answers", () => observed.values().length >= 2);
  kept = [down("1")];
  await eventually("a message", () => observed.values().at(-1) === 1);
  observed.end();
  await done;
  expect(asked[0]?.href).toBe(url);
  expect(observed.journal.records[0]).toMatchObject({ kind: "series", observer: "http", everyMs: 250 });
  const starts = observed.items().map(([from]) => from);
  for (const [at, from] of starts.entries()) if (at > 0) expect(from - (starts[at - 1] ?? 0)).toBeGreaterThan(240);
});

test("a receiver that does not answer, or not well, gives no sample", async () => {
  using observed = new Observed();
  const answers = [{ error: "ECONNREFUSED" }, { status: 503, body: "starting" }];
  let asked = 0;
  const { probe } = fakeProbe(() => answers[asked++] ?? { status: 200, body: "[]" });
  const done = observeInbox(probe, watched, observed.tools);
  await eventually("an answer", () => observed.values().length > 0);
  observed.end();
  await done;
  expect(asked).toBeGreaterThanOrEqual(3);
  expect(observed.values()).toEqual(observed.values().map(() => 0));
});

test.each(["<html>", '{"messages":[]}'])(
  "an address that lists no messages (%s) ends the trial with what it said",
  async (body) => {
    using observed = new Observed();
    const { probe } = fakeProbe(() => ({ status: 200, body }));
    await expect(observeInbox(probe, watched, observed.tools)).rejects.toMatchObject({
      code: "no-messages",
      facts: { "it answered": body },
    });
  },
);
