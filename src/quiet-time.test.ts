import fc from "fast-check";
import { expect, test } from "vitest";
import { QuietTime } from "./quiet-time.ts";

const never = new AbortController().signal;

/** Whether a promise is settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol("open");
  await new Promise(setImmediate);
  return (await Promise.race([promise, Promise.resolve(open)])) !== open;
}

test("nothing is measured while a stack starts, and no stack starts while something is measured", async () => {
  const time = new QuietTime({ noise: 1, quiet: 1 });
  const leaveNoise = await time.noise(never);
  const quiet = time.quiet(never);
  expect(await isSettled(quiet)).toBe(false);
  leaveNoise();
  const leaveQuiet = await quiet;
  const noise = time.noise(never);
  expect(await isSettled(noise)).toBe(false);
  leaveQuiet();
  await noise;
});

test.each(["noise", "quiet"] as const)("of %s there is no more at a time than was asked for", async (kind) => {
  const time = new QuietTime({ noise: 2, quiet: 2 });
  const leave = await time[kind](never);
  await time[kind](never);
  const third = time[kind](never);
  expect(await isSettled(third)).toBe(false);
  leave();
  await third;
});

test("a measurement that waits goes before stacks that would start", async () => {
  const time = new QuietTime({ noise: 1, quiet: 1 });
  const leave = await time.noise(never);
  const noise = time.noise(never);
  const quiet = time.quiet(never);
  leave();
  const leaveQuiet = await quiet;
  expect(await isSettled(noise)).toBe(false);
  leaveQuiet();
  await noise;
});

test("of the same kind, whoever came first goes first", async () => {
  const time = new QuietTime({ noise: 1, quiet: 1 });
  const leave = await time.quiet(never);
  const second = time.quiet(never);
  const third = time.quiet(never);
  leave();
  await second;
  expect(await isSettled(third)).toBe(false);
});

test("one who gives up while waiting does not hold up those behind", async () => {
  const time = new QuietTime({ noise: 1, quiet: 1 });
  await time.noise(never);
  const impatient = new AbortController();
  const quiet = time.quiet(impatient.signal);
  const behind = time.noise(never);
  expect(await isSettled(behind)).toBe(false);
  impatient.abort(new Error("interrupted"));
  await expect(quiet).rejects.toThrow("interrupted");
  expect(await isSettled(behind)).toBe(false); // its own kind is full still
});

test("leaving twice frees one place only", async () => {
  const time = new QuietTime({ noise: 1, quiet: 1 });
  const leave = await time.quiet(never);
  leave();
  leave();
  await time.quiet(never);
  expect(await isSettled(time.quiet(never))).toBe(false);
});

test("in any order of coming and going, the two never meet and all are served", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 3 }),
      async (kinds, places) => {
        const time = new QuietTime({ noise: places, quiet: places });
        let noisy = 0;
        let quiet = 0;
        await Promise.all(
          kinds.map(async (loud) => {
            const leave = await (loud ? time.noise(never) : time.quiet(never));
            if (loud) noisy++;
            else quiet++;
            expect(noisy > 0 && quiet > 0).toBe(false);
            expect(quiet).toBeLessThanOrEqual(places);
            expect(noisy).toBeLessThanOrEqual(places);
            await new Promise(setImmediate);
            if (loud) noisy--;
            else quiet--;
            leave();
          }),
        );
      },
    ),
  );
});
