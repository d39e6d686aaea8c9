import { expect, test } from "vitest";
import { diskUseCapabilities } from "../fault/hand/hand.ts";
import { startHand } from "../fault/hand/start.ts";
import { recordsOf } from "../journal.ts";
import { Project } from "../stack/project.ts";
import { eventually, Playground } from "../stack/testing/playground.ts";
import { seconds } from "../time.ts";
import { observeDisk } from "./disk.ts";
import { engineClock, observeEngineEvents } from "./engine-events.ts";
import { watchLog } from "./logs.ts";
import { watchHealth, watchStarts, watchState } from "./states.ts";
import { Observed } from "./testing/tools.ts";
import { ContainerWatch } from "./watch-containers.ts";

/** Writes a line on each stream at its start, and then one every 50 ms. */
const script = `
  process.on("SIGTERM", () => process.exit(0));
  console.log("started"); console.error("lost");
  setInterval(() => console.log("tick"), 50);
`;

test("a container that is frozen, dies, is started again and removed is seen in each state, and its lines and starts are counted", async () => {
  await using playground = await Playground.open();
  const { docker, name } = playground;
  using observed = new Observed();
  const labels = { "com.docker.compose.project": name, "com.docker.compose.service": "app" };
  const container = await playground.run("app", script, { labels });
  const project = new Project(docker, name, [`io.healproof.test=${name}`]);
  const engine = await engineClock(docker, true, observed.tools.until);
  const { tools } = observed;
  const lost: unknown[] = [];
  const watch = new ContainerWatch([
    watchState({ id: "state", service: "app" }, tools),
    watchHealth({ id: "health", service: "app" }, tools),
    watchStarts({ id: "starts", service: "app" }, engine, tools),
    watchLog({ id: "lost", service: "app", pattern: "^lost$" }, project, engine, tools, (why) => lost.push(why)),
  ]);
  const stack = {
    project: name,
    services: ["app"],
    networks: [],
    containers: project,
    again: () => Promise.reject(new Error("it goes on")),
    down: async () => undefined,
  };
  const events = await observeEngineEvents(docker, stack, engine, tools, watch.tell);
  const looking = watch.run(project, tools.until);
  const state = () => observed.values("state").at(-1);
  const settled = () => observed.values("lost").length > 3;

  await eventually("it runs", () => state() === 3 && settled());
  await container.pause();
  await eventually("it is paused", () => state() === 4);
  await container.unpause();
  await eventually("it runs again", () => state() === 3);
  await container.stop({ t: 1 });
  await eventually("it is down", () => state() === 5);
  const lines = observed.values("lost").at(-1) ?? 0;
  const ordered = observed.clock.now();
  await container.start();
  await eventually("it was started", () => observed.values("starts").at(-1) === 1 && state() === 3);
  await eventually("its first line is heard", () => observed.values("lost").at(-1) === lines + 1);
  const heard = observed.clock.now();
  await container.remove({ force: true });
  await eventually("it is gone", () => state() === 0);
  observed.end();
  await looking;

  expect(observed.values("health")).toEqual(observed.values("health").map(() => 0));
  expect(Math.max(...observed.values("starts"))).toBe(1);
  expect(lost).toEqual([]);
  const starts = recordsOf(observed.journal.records, "engine").filter((it) => it.action === "start");
  expect(starts).toHaveLength(1);
  // The engine tells of a start when the program may already have written its first line: only our own order came surely before it.
  const line = observed.items("lost").findLast((it) => it[3] === "lost");
  expect(line?.[0]).toBeGreaterThan(ordered);
  expect(line?.[1]).toBeLessThan(heard);
  expect(await Promise.race([events.lost.catch(() => "lost"), "not lost"])).toBe("not lost");
});

test("of a service's containers the one that is meant is looked at, the first unless told", async () => {
  await using playground = await Playground.open();
  const { docker, name } = playground;
  const run = (number: number) =>
    playground.run(`app-${number}`, script, {
      labels: {
        "com.docker.compose.project": name,
        "com.docker.compose.service": "app",
        "com.docker.compose.container-number": `${number}`,
      },
    });
  const [first, second] = [await run(1), await run(2)];
  const project = new Project(docker, name, [`io.healproof.test=${name}`]);
  expect((await project.lookAt("app"))?.container).toBe(first.id);
  expect((await project.lookAt("app", 2))?.container).toBe(second.id);
  expect((await project.lookAt("app", 1))?.container).toBe(first.id);
  await second.remove({ force: true });
  expect(await project.lookAt("app", 2)).toBeUndefined();
});

test("what others run in a container is written down, and neither its healthchecks nor what we run", async () => {
  await using playground = await Playground.open();
  const { docker, name } = playground;
  using observed = new Observed();
  const labels = { "com.docker.compose.project": name, "com.docker.compose.service": "app" };
  const healthcheck = { Test: ["CMD-SHELL", "exit 0"], Interval: 5e8, Timeout: 5e9, Retries: 3 };
  const container = await playground.run("app", script, { labels, healthcheck });
  const project = new Project(docker, name, [`io.healproof.test=${name}`]);
  const engine = await engineClock(docker, true, observed.tools.until);
  const stack = {
    project: name,
    services: ["app"],
    networks: [],
    containers: project,
    again: () => Promise.reject(new Error("it goes on")),
    down: async () => undefined,
  };
  await observeEngineEvents(docker, stack, engine, observed.tools);
  const lastCheck = async () => (await container.inspect()).State.Health?.Log.at(-1)?.Start;
  await eventually("it is checked", async () => (await lastCheck()) !== undefined);
  await project.exec("app", ["node", "--version"], seconds(20));
  await (await container.exec({ Cmd: ["touch", "/tmp/by somebody"] })).start({ Detach: true });
  await eventually("it is noted", () => recordsOf(observed.journal.records, "command").length > 0);
  const before = await lastCheck();
  await eventually("it is checked again", async () => (await lastCheck()) !== before);
  expect(recordsOf(observed.journal.records, "command").map((it) => it.command)).toEqual(["touch /tmp/by somebody"]);
  expect(recordsOf(observed.journal.records, "engine").filter((it) => it.action.startsWith("exec"))).toEqual([]);
});

test("a disk is as full as its container sees it", async () => {
  await using playground = await Playground.open();
  using observed = new Observed();
  const { docker, name, image } = playground;
  const labels = { "com.docker.compose.project": name, "com.docker.compose.service": "app" };
  const order = { image, name: `${name}-hand`, labels: playground.labels, capabilities: diskUseCapabilities };
  await using hand = await startHand(docker, order);
  const tmpfs = { "/data": "size=4m,uid=1234" };
  const fill = `require("node:fs").writeFileSync("/data/x", Buffer.alloc(3 * 2 ** 20)); setInterval(() => undefined, 1000)`;
  const container = await playground.run("app", fill, { labels, tmpfs, user: "1234:1234" });
  const project = new Project(docker, name, [`io.healproof.test=${name}`]);
  const { tools } = observed;
  const done = observeDisk(project, hand, { id: "disk", service: "app", path: "/data" }, tools);
  await eventually("it is three quarters full", () => observed.values().at(-1) === 75);
  await container.pause();
  const before = observed.values().length;
  await eventually("it is seen while it is frozen, too", () => observed.values().length > before + 3);
  observed.end();
  await done;
});

test("a log that no driver keeps is said to be unreadable", async () => {
  await using playground = await Playground.open();
  const container = await playground.run("app", "setInterval(() => undefined, 1000)", { logs: "none" });
  const project = new Project(playground.docker, playground.name, []);
  const listener = { line: () => undefined, ended: () => undefined };
  await expect(project.followLog(container.id, 0, listener)).rejects.toMatchObject({ code: "log-unreadable" });
});
