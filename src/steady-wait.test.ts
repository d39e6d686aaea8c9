import { expect, test } from "vitest";
import type { Steadiness } from "./judge/steady.ts";
import { untilSteady } from "./steady-wait.ts";
import { instant, seconds } from "./time.ts";

const holds: Steadiness = { holds: true, since: instant(0), until: instant(1) };
const sick: Steadiness = { holds: false, wanted: "/readyz answers 200", why: "bad", lastSeen: "503, 12 ms ago" };

/** A stack that is as told at each look, and a clock that goes on by a second with each change. */
function stack(looks: readonly Steadiness[]) {
  const done: string[] = [];
  let at = 0;
  const left = [...looks];
  return {
    done,
    wait: {
      look: () => {
        const [look = sick] = left.splice(0, 1);
        done.push(look.holds ? "steady" : "sick");
        return look;
      },
      now: () => instant(at * 1000),
      change: async () => {
        at++;
        done.push("change");
      },
      limit: seconds(5),
      code: "sick-baseline",
    } as const,
  };
}

const withDelay = ({ done, wait }: ReturnType<typeof stack>) => ({
  ...wait,
  delay: async () => {
    done.push("delay");
  },
});

test("without a delay, the first look that finds it steady is enough", async () => {
  const it = stack([sick, holds]);
  await untilSteady(it.wait);
  expect(it.done).toEqual(["sick", "change", "steady"]);
});

test("what is steady must be so after the delay too", async () => {
  const it = stack([holds, holds]);
  await untilSteady(withDelay(it));
  expect(it.done).toEqual(["steady", "delay", "steady"]);
});

test("what falls ill in the delay is waited for again, and delayed again", async () => {
  const it = stack([holds, sick, holds, holds]);
  await untilSteady(withDelay(it));
  expect(it.done).toEqual(["steady", "delay", "sick", "change", "steady", "delay", "steady"]);
});

test("what is not steady in time is an error that says what was wanted and what was seen last", async () => {
  const it = stack([]);
  await expect(untilSteady(it.wait)).rejects.toMatchObject({
    code: "sick-baseline",
    facts: { wanted: "/readyz answers 200", "last seen": "503, 12 ms ago" },
  });
  expect(it.done.filter((what) => what === "change")).toHaveLength(5);
});
