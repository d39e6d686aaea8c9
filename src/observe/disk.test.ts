import { expect, test } from "vitest";
import type { Hand } from "../fault/hand/hand.ts";
import { noHand } from "../fault/testing/no-tools.ts";
import { eventually } from "../stack/testing/playground.ts";
import { observeDisk } from "./disk.ts";
import { runningContainer } from "./testing/running-container.ts";
import { Observed } from "./testing/tools.ts";

const watched = { id: "disk", service: "app", path: "/data" };
const handThatSees = (
  use: (path: string) => { readonly share?: number } | undefined,
): Pick<Hand, "identify" | "disk"> => ({
  identify: async (container, pid) => ({ container, pid, startTicks: 1 }),
  disk: { ...noHand.disk, use: async (_, path) => use(path) },
});

test("a container that does not run, or ends just now, gives no sample", async () => {
  using observed = new Observed();
  const looks = [undefined, { ...runningContainer, pid: 0 }];
  let asked = 0;
  const containers = { lookAt: async () => (asked < looks.length ? looks[asked++] : runningContainer) };
  const seen: string[] = [];
  const hand = handThatSees((path) => {
    seen.push(path);
    if (seen.length === 1) return undefined;
    // Seen once, it may go and come back.
    return seen.length === 3 ? {} : { share: 40 + seen.length };
  });
  const done = observeDisk(containers, hand, watched, observed.tools);
  await eventually("two samples", () => observed.values().length >= 2);
  observed.end();
  await done;
  expect(seen.slice(0, 3)).toEqual(["/data", "/data", "/data"]);
  expect(observed.values().slice(0, 2)).toEqual([42, 44]);
  expect(observed.journal.records[0]).toMatchObject({ kind: "series", observer: "disk", everyMs: 250 });
});

test("a path that is not there ends the trial and says so", async () => {
  using observed = new Observed();
  const containers = { lookAt: async () => runningContainer };
  const done = observeDisk(
    containers,
    handThatSees(() => ({})),
    watched,
    observed.tools,
  );
  await expect(done).rejects.toMatchObject({ code: "no-disk-use", message: "how full /data is in app cannot be told" });
});
