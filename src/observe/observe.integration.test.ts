import { expect, test } from "vitest";
import { diskUseCapabilities } from "../fault/hand/hand.ts";
import { startHand } from "../fault/hand/start.ts";
import { actOf, planOf } from "../judge/testing/journal-builder.ts";
import { type Condition, seriesOf } from "../scenario/conditions.ts";
import { Project } from "../stack/project.ts";
import { eventually, Playground } from "../stack/testing/playground.ts";
import { observe } from "./observe.ts";
import { Observed } from "./testing/tools.ts";

/** Answers what it was told last by POST; each request is a line of its log. */
const web = `
  let body = "[]";
  require("node:http").createServer((q, a) => {
    console.log(q.method + " " + q.url);
    if (q.url.startsWith("/say/")) body = decodeURIComponent(q.url.slice(5));
    a.end(body);
  }).listen(80);
`;

const saysDown: Condition = { probe: "http://app/", body: '^\\["down"\\]$' };
const hasLogged: Condition = { log: "app", matches: "^GET /say/" };
const isTold: Condition = { message: "^down$", at: "http://app/" };
const isUsed: Condition = { disk: "/", of: "app", atMost: "100%" };
const when: readonly Condition[] = [
  { probe: "http://app/" },
  saysDown,
  { container: "app", is: "running" },
  { restarts: "app", atMost: 0 },
  hasLogged,
  isTold,
  isUsed,
];

test("a plan's conditions are looked at by their observers until the trial's end; one that is lost is told of", async () => {
  await using playground = await Playground.open();
  const { docker, name, image } = playground;
  const labels = { "com.docker.compose.project": name, "com.docker.compose.service": "app" };
  const app = await playground.run("app", web, { labels });
  await using hand = await startHand(docker, {
    image,
    name: `${name}-hand`,
    labels: playground.labels,
    capabilities: diskUseCapabilities,
  });
  using observed = new Observed();
  const containers = new Project(docker, name, [`io.healproof.test=${name}`]);
  const observation = await observe({
    engine: { docker, version: "", cpus: 1, memoryMiB: 1 },
    stack: {
      project: name,
      services: ["app"],
      networks: [name],
      containers,
      again: () => Promise.reject(new Error("it goes on")),
      down: async () => undefined,
    },
    plan: planOf([actOf({ recovery: { when: [...when] } })]),
    helperImage: image,
    hand: Promise.resolve(hand),
    run: name,
    owner: "test",
    journal: observed.journal,
    clock: observed.clock,
    changed: () => undefined,
  });
  const series = observed.journal.records.flatMap((it) => (it.kind === "series" ? [it.id] : []));
  expect(series).toHaveLength(when.length);
  const value = (it: Condition) => observed.values(seriesOf(it)).at(-1);
  const address = await playground.addressOf(app);
  await eventually("all is looked at", () => series.every((id) => observed.values(id).length > 1), 10_000);
  expect(when.slice(0, -1).map(value)).toEqual([200, -200, 3, 0, 0, 0]);
  expect(value(isUsed)).toBeGreaterThan(0);

  await fetch(`http://${address}/say/${encodeURIComponent('["down"]')}`);
  await eventually(
    "what was said is seen",
    () => value(saysDown) === 200 && value(isTold) === 1 && value(hasLogged) === 1,
  );
  await docker.getContainer(`${name}-probe`).kill();
  await expect(observation.lost).rejects.toMatchObject({ code: "probe-lost" });
  await observation[Symbol.asyncDispose]();
  const before = observed.journal.records.length;
  await app.restart({ t: 0 });
  expect(observed.journal.records).toHaveLength(before);
});
