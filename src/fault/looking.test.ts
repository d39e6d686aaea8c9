import { expect, test } from "vitest";
import { hostNow } from "../clock.ts";
import { ms } from "../time.ts";
import type { FaultLook } from "./define.ts";
import { type FoundState, keepLooking, seenWithin } from "./looking.ts";

/** A look that gives these in turn, then the last for ever, and remembers when it began. */
function looks<T>(...found: readonly T[]) {
  const at: number[] = [];
  const look = async (): Promise<T | undefined> => {
    at.push(hostNow());
    return found[Math.min(at.length, found.length) - 1];
  };
  return { at, look };
}

test("what comes to hold is seen between the last look that said no and the first that said yes", async () => {
  const { at, look } = looks(false, false, true);
  const span = await seenWithin(async () => (await look()) === true, ms(5000), ms(1));
  expect(at).toHaveLength(3);
  expect(span?.from).toBeLessThanOrEqual(at[1] ?? 0);
  expect(span?.from).toBeGreaterThan(at[0] ?? 0);
  expect(span?.to).toBeGreaterThanOrEqual(at[2] ?? Number.POSITIVE_INFINITY);
});

test("what does not come to hold within the limit is not seen, and looking ends", async () => {
  const { at, look } = looks(false);
  expect(await seenWithin(async () => (await look()) === true, ms(20), ms(1))).toBeUndefined();
  const looked = at.length;
  expect(looked).toBeGreaterThan(1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(at).toHaveLength(looked);
});

test("a fault's end is told between the last look in force and the first after it, and nothing after that", async () => {
  const held: FoundState = { state: "in-force", why: "still there" };
  const { at, look } = looks<FoundState | undefined>(held, held, undefined, { state: "healed", why: "removed" });
  const told: FaultLook[] = [];
  await keepLooking(look, (it) => told.push(it), new AbortController().signal, ms(1));
  expect(told.map(({ state, why }) => [state, why])).toEqual([
    ["in-force", "still there"],
    ["healed", "removed"],
  ]);
  expect(at).toHaveLength(4);
  const end = told[1]?.when;
  // The look that found nothing out is neither.
  expect(end?.from).toBeLessThanOrEqual(at[1] ?? 0);
  expect(end?.from).toBeGreaterThan(at[0] ?? 0);
  expect(end?.to).toBeGreaterThanOrEqual(at[3] ?? Number.POSITIVE_INFINITY);
});

test("what lasts is told again each second, and no more once looking is ended", async () => {
  const { look } = looks({ state: "in-force", why: "still there" } as const);
  const end = new AbortController();
  const told: FaultLook[] = [];
  const tell = (it: FaultLook) => {
    told.push(it);
    if (told.length === 2) end.abort();
  };
  await keepLooking(look, tell, end.signal, ms(20));
  const [first, second] = told.map(({ when }) => when.to);
  expect(told).toHaveLength(2);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(500);
});

test("a look that fails ends the watching with its error", async () => {
  const failing = () => Promise.reject(new Error("the engine is silent"));
  await expect(keepLooking(failing, () => undefined, new AbortController().signal)).rejects.toThrow("silent");
});
