import { expect, test } from "vitest";
import { Changes } from "./changes.ts";
import { hostNow } from "./clock.ts";
import { ms, seconds } from "./time.ts";

const never = new AbortController().signal;

test("a wait ends at the next change, for everyone who waits", async () => {
  const changes = new Changes();
  const began = hostNow();
  const waits = [changes.next(seconds(20), never), changes.next(seconds(20), never)];
  changes.notify();
  await Promise.all(waits);
  expect(hostNow() - began).toBeLessThan(5000);
});

test("a change before the wait does not end it: whoever waits has looked already", async () => {
  const changes = new Changes();
  changes.notify();
  const began = hostNow();
  await changes.next(ms(40), never);
  expect(hostNow() - began).toBeGreaterThan(38);
});

test("a wait ends at its limit if nothing changes, and does not begin if there is no time left", async () => {
  const changes = new Changes();
  await changes.next(ms(5), never);
  const began = hostNow();
  await changes.next(ms(0), never);
  await changes.next(ms(-3), never);
  expect(hostNow() - began).toBeLessThan(1000);
});

test("an interrupted wait throws the reason, before it and during it", async () => {
  const changes = new Changes();
  const end = new AbortController();
  const waiting = changes.next(seconds(20), end.signal);
  end.abort(new Error("interrupted by SIGINT"));
  await expect(waiting).rejects.toThrow("interrupted by SIGINT");
  await expect(changes.next(seconds(20), end.signal)).rejects.toThrow("interrupted by SIGINT");
  await expect(changes.next(ms(0), end.signal)).rejects.toThrow("interrupted by SIGINT");
});
