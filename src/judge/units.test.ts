import { expect, test } from "vitest";
import { instant, moment } from "../time.ts";
import { attribute } from "./attribution.ts";
import { actOf, journalOf, type Learned, planOf, span } from "./testing/journal-builder.ts";

const units = ["node-exporter.service", "tapo-exporter.service"];

interface Seen {
  readonly unit?: string;
  readonly boot?: string;
  readonly startedAt?: number;
  readonly enabled?: boolean;
}

const looked = (
  at: number,
  { unit = "node-exporter.service", boot = "b-1", startedAt, enabled = true }: Seen,
): Learned => ({
  at,
  fact: {
    kind: "unit",
    when: span(at - 5, at),
    unit,
    boot,
    enabled,
    ...(startedAt === undefined ? {} : { startedAt: span(startedAt - 1, startedAt + 1) }),
  },
});

/** Power is cut at 5 s, whoever looks is back at 90 s; the other unit always comes up by itself. */
function by(...learned: readonly Learned[]) {
  const other = { unit: "tapo-exporter.service" };
  const well = [
    looked(4100, { ...other, startedAt: 500 }),
    looked(95_000, { ...other, boot: "b-2", startedAt: 60_000 }),
  ];
  return attribute({
    journal: journalOf(planOf([actOf()], { units }), [...well, ...learned]),
    service: "machine",
    origin: moment(5000, 5001),
    ours: [],
    recoveredAt: moment(60_000, 91_000),
    undone: undefined,
    horizon: instant(94_000),
    claims: [],
    absences: [moment(5000, 90_000)],
  });
}

const before = looked(4100, { startedAt: 500 });

test("units that are enabled, and were started in another boot before anybody could ask for it, are systemd's", () => {
  const found = by(before, looked(95_000, { boot: "b-2", startedAt: 62_000 }));
  expect(found.healer).toBe("systemd");
  expect(found.evidence.map((it) => it.text)).toEqual([
    expect.stringContaining("node-exporter.service was started at 61.999 s, in another boot than before"),
    expect.stringContaining("tapo-exporter.service was started at 59.999 s"),
  ]);
});

test.each([
  ["is not enabled", looked(95_000, { boot: "b-2", startedAt: 62_000, enabled: false }), "is not enabled"],
  ["was started once the machine was in reach", looked(95_000, { boot: "b-2", startedAt: 92_000 }), "in reach"],
  ["does not run", looked(95_000, { boot: "b-2" }), "does not run"],
  ["belongs to a machine that was not booted", looked(95_000, { startedAt: 62_000 }), "not booted"],
  ["was looked at only before", looked(4200, { startedAt: 500 }), "not looked at before and after"],
])("one that %s leaves it unknown, with the reason", (_, after, why) => {
  const found = by(before, after);
  expect(found.healer).toBe("unknown");
  expect(found.evidence).toMatchObject([{ text: expect.stringContaining(why) }]);
});
