import { expect, test } from "vitest";
import { ms } from "../time.ts";
import { refuseMissingReplicas } from "./replicas.ts";

const check = (service: string, replica: unknown, model: Parameters<typeof refuseMissingReplicas>[1]) => () => {
  const fault = { kind: "crash", params: { service, replica }, at: ms(0) };
  refuseMissingReplicas({ id: "app-crash", acts: [{ faults: [fault] }] }, model);
};
const one = { services: { app: {} } };

test("a container that a service will not have is refused, with where it is meant", () => {
  expect(check("app", 2, one)).toThrow("app has no container number 2");
  expect(check("app", 3, { services: { app: { deploy: { replicas: 2 } } } })).toThrow("no container number 3");
});

test.each([
  ["one of those that it will have", check("app", 2, { services: { app: { scale: 2 } } })],
  ["any of them", check("app", "any", one)],
  ["the first, unless told", check("app", undefined, one)],
])("%s is not", (_, checked) => {
  expect(checked).not.toThrow();
});
