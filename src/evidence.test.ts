import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { saveEvidence } from "./evidence.ts";
import type { ContainerLook } from "./stack/stack.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hp-evidence-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const looked = (service: string, status: string): ContainerLook => ({
  service,
  container: service,
  pid: 0,
  running: false,
  paused: false,
  status,
  restartCount: 0,
  restartPolicy: "no",
});
const looks = [looked("app", "exited"), looked("postgres", "created")];
const file = (name: string) => readFileSync(join(folder, "evidence", name), "utf8");

test("the states of all containers are saved, and the logs of the services that have any", async () => {
  const told: unknown[] = [];
  const remains = { look: async () => looks, logs: async (service: string) => `${service}: cannot start\n` };
  await saveEvidence(remains, folder, { write: (fact) => told.push(fact) });
  expect(JSON.parse(file("containers.json"))).toEqual(looks);
  expect([file("app.log"), file("postgres.log")]).toEqual(["app: cannot start\n", "postgres: cannot start\n"]);
  expect(told).toContainEqual({ kind: "evidence", file: "evidence/app.log", what: "what app logged" });
  expect(told).toHaveLength(3);
});

test("a log that cannot be had keeps no other from being saved, and is told", async () => {
  const logs = async (service: string) => {
    if (service === "app") throw new Error("no such container");
    return "ready\n";
  };
  const saving = saveEvidence({ look: async () => looks, logs }, folder, { write: () => undefined });
  await expect(saving).rejects.toThrow("no such container");
  expect(readdirSync(join(folder, "evidence")).toSorted()).toEqual(["containers.json", "postgres.log"]);
});
