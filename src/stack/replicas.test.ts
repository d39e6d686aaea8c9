import { expect, test } from "vitest";
import { actOf, planOf } from "../judge/testing/journal-builder.ts";
import { ms } from "../time.ts";
import { refuseMissingReplicas } from "./replicas.ts";

const one = { services: { app: {} } };
const scaled = { services: { app: { scale: 2 } } };
const deployed = { services: { app: { deploy: { replicas: 2 } } } };
const broken = (replica: unknown) =>
  actOf({ faults: [{ kind: "crash", params: { service: "app", replica }, at: ms(0) }] });

test("a fault in a container that a service will not have is refused, with where it is meant", () => {
  expect(() => refuseMissingReplicas(planOf([broken(2)]), one)).toThrow("app has no container number 2");
  expect(() => refuseMissingReplicas(planOf([broken(3)]), deployed)).toThrow("app has no container number 3");
});

test("so is a look at one", () => {
  const plan = planOf([actOf({ never: [{ health: "app", replica: 2, is: "unhealthy" }] })]);
  expect(() => refuseMissingReplicas(plan, one)).toThrow("app has no container number 2");
  expect(() => refuseMissingReplicas(plan, scaled)).not.toThrow();
});

test.each([
  ["one of those that it will have", 2, scaled],
  ["any of them", "any", one],
  ["the first, unless told", undefined, one],
])("%s is not", (_, replica, model) => {
  expect(() => refuseMissingReplicas(planOf([broken(replica)]), model)).not.toThrow();
});
