import { setTimeout as sleep } from "node:timers/promises";
import Dockerode from "dockerode";
import { expect, test } from "vitest";
import { removeInterrupted } from "./in-flight.ts";

const refused = (statusCode: number) => Object.assign(new Error(`HTTP ${statusCode}`), { statusCode });

/** An engine in which the name is taken by a container with these labels, and nothing else is there. */
function engineWith(labels: Record<string, string>) {
  const removed: string[] = [];
  let there = true;
  const docker = new Dockerode({ socketPath: "/nowhere" });
  const container = (id: string) => ({
    inspect: async () => {
      if (!there) throw refused(404);
      return { Id: "theirs", Config: { Labels: labels } };
    },
    remove: async () => {
      removed.push(id);
      there = false;
    },
  });
  Object.assign(docker, {
    createContainer: async () => {
      if (there) throw refused(409);
      return container("placeholder");
    },
    getContainer: container,
    listContainers: async () => [],
    listNetworks: async () => [],
    listVolumes: async () => ({ Volumes: [] }),
  });
  return { docker, removed };
}

test("those of a start that ran already leave their network one after another", async () => {
  const names = ["app", "db", "web"];
  const there = new Set(names);
  let [removing, atOnce] = [0, 0];
  const container = (name: string) => ({
    inspect: async () => {
      if (!there.has(name)) throw refused(404);
      return { Id: name, Config: { Labels: labels } };
    },
    remove: async () => {
      atOnce = Math.max(atOnce, ++removing);
      await sleep(2);
      removing--;
      there.delete(name);
    },
  });
  const docker = Object.assign(new Dockerode({ socketPath: "/nowhere" }), {
    createContainer: async ({ name }: { name: string }) => {
      if (there.has(name)) throw refused(409);
      return container(name);
    },
    getContainer: container,
    listContainers: async () => [],
    listNetworks: async () => [],
    listVolumes: async () => ({ Volumes: [] }),
  });
  const wanted = { containers: names.map((name) => ({ name, image: name })), volumes: [] };
  expect(await removeInterrupted(docker, wanted, labels)).toMatchObject({ left: [] });
  expect(there.size).toBe(0);
  expect(atOnce).toBe(1);
});

const expected = { containers: [{ name: "healproof-r1-1-app-1", image: "app" }], volumes: [] };
const labels = { "io.healproof.run": "r1", "io.healproof.trial": "t" };

test("a container under an expected name without our label is left, and told", async () => {
  const { docker, removed } = engineWith({});
  expect(await removeInterrupted(docker, expected, labels)).toMatchObject({ left: ["healproof-r1-1-app-1"] });
  expect(removed).toEqual([]);
});

test("a container of another run is left, too", async () => {
  const { docker, removed } = engineWith({ "io.healproof.run": "r2" });
  expect(await removeInterrupted(docker, expected, labels)).toMatchObject({ left: ["healproof-r1-1-app-1"] });
  expect(removed).toEqual([]);
});

test("our own is removed, by its id", async () => {
  const { docker, removed } = engineWith({ "io.healproof.run": "r1" });
  expect(await removeInterrupted(docker, expected, labels)).toMatchObject({ left: [] });
  expect(removed).toEqual(["theirs", "placeholder"]);
});
