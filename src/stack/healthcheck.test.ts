import { expect, test } from "vitest";
import { checkIn } from "./healthcheck.ts";

test.each([
  ["a command", { Healthcheck: { Test: ["CMD", "redis-cli", "ping"] } }, "redis-cli ping"],
  [
    "one for a shell",
    { Healthcheck: { Test: ["CMD-SHELL", "curl -f x || exit 1"] } },
    "/bin/sh -c curl -f x || exit 1",
  ],
  ["one for the image's own shell", { Shell: ["bash", "-c"], Healthcheck: { Test: ["CMD-SHELL", "x"] } }, "bash -c x"],
  ["none of its own", { Healthcheck: { Test: [] }, Shell: null }, undefined],
  ["none by wish", { Healthcheck: { Test: ["NONE"] } }, undefined],
  ["none at all", { Healthcheck: null }, undefined],
])("a healthcheck that is %s", (_, config, expected) => {
  expect(checkIn(config)).toBe(expected);
});
