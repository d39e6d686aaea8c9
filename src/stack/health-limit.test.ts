import { expect, test } from "vitest";
import { seconds } from "../time.ts";
import { healthLimit } from "./health-limit.ts";

const quick = { interval: "1s", timeout: "1s", retries: 3, start_period: "15s" };
const slow = { interval: "30s", timeout: "10s", retries: 3, start_period: "30s" };
const limitOf = (services: Parameters<typeof healthLimit>[0]["services"]) =>
  healthLimit({ services }, Object.keys(services));

test("a stack whose checks are quick, or that has none, has 60 s", () => {
  expect(limitOf({ app: { healthcheck: quick }, keeper: {} })).toBe(seconds(60));
});

test("one whose checks take longer to fail has that long: the start period, then each retry's interval and timeout", () => {
  expect(limitOf({ app: { healthcheck: quick }, db: { healthcheck: slow } })).toBe(seconds(150));
  expect(limitOf({ app: { healthcheck: { ...slow, start_period: "1m30s" } } })).toBe(seconds(210));
});

test("what a check does not say is the engine's: every 30 s, for 30 s, 3 times", () => {
  expect(limitOf({ app: { healthcheck: {} } })).toBe(seconds(180));
  expect(limitOf({ app: { healthcheck: { interval: "0s", timeout: "500ms", retries: 2 } } })).toBe(seconds(61));
});

test("a check that is switched off takes no time, and a service that is not started none either", () => {
  expect(limitOf({ app: { healthcheck: { ...slow, disable: true } } })).toBe(seconds(60));
  const services = { app: {}, db: { healthcheck: slow } };
  expect(healthLimit({ services }, ["app"])).toBe(seconds(60));
});

test("what waits for another's health has its time after that one's; what waits only for its start has not", () => {
  const chain = (condition: string) => ({
    db: { healthcheck: slow },
    api: { healthcheck: slow, depends_on: { db: { condition } } },
    web: { depends_on: { api: { condition } } },
  });
  expect(limitOf(chain("service_healthy"))).toBe(seconds(300));
  expect(limitOf(chain("service_started"))).toBe(seconds(150));
});
