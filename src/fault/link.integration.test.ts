import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../stack/testing/playground.ts";
import { ms, seconds } from "../time.ts";
import { bandwidth } from "./bandwidth.ts";
import type { AnyFault, FaultLook } from "./define.ts";
import { type HelloName, helloOf } from "./hello.ts";
import { latency } from "./latency.ts";
import { limit } from "./limit.ts";
import { partition } from "./partition.ts";
import { reset } from "./reset.ts";
import { slowClose } from "./slow-close.ts";
import { LittleStack, stackImage } from "./testing/little-stack.ts";
import { Toxiproxy } from "./toxiproxy.ts";

let little: LittleStack;

const web = `require("node:http").createServer((q, a) => { q.resume(); a.end("hi"); }).listen(80)`;
/** Takes connections and says nothing. */
const mute = `require("node:net").createServer((s) => s.on("error", () => undefined).resume()).listen(80)`;
/** Speaks first. A connection that the other side resets must not end it. */
const greeter = `require("node:net").createServer((s) => s.on("error", () => undefined).end("220 hello\\r\\n")).listen(25)`;

const links = [
  { name: "to-web", port: 9001, upstream: "web:80" },
  { name: "to-redis", port: 9002, upstream: "redis:6379" },
  { name: "to-postgres", port: 9003, upstream: "postgres:5432" },
  { name: "to-greeter", port: 9004, upstream: "greeter:25" },
  { name: "to-mute", port: 9005, upstream: "mute:80" },
] as const;
type Link = (typeof links)[number]["name"];

const wire = async () => {
  const { stack, wire: to } = little.tools;
  return to(await stack.container("toxiproxy"));
};
const proxy = async (name: Link) => new Toxiproxy(await wire(), "toxiproxy").proxy(name);

async function api(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<number> {
  const url = `http://127.0.0.1:8474${path}`;
  const more = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await (await wire()).http({ method, url, timeoutMs: 5000, ...more });
  return "status" in answer ? answer.status : 0;
}

async function makeLinks(): Promise<void> {
  await eventually("Toxiproxy listens", async () => (await api("GET", "/version")) === 200, 10_000);
  for (const { name, port, upstream } of links)
    expect(await api("POST", "/proxies", { name, listen: `0.0.0.0:${port}`, upstream, enabled: true })).toBe(201);
}

async function answers(port: number, hello: HelloName): Promise<boolean> {
  const greeting = { host: "127.0.0.1", port, hello: helloOf(hello).short, enough: 1, timeoutMs: 1000 };
  return (await (await wire()).greet(greeting)).came === "answer";
}

beforeAll(async () => {
  little = await LittleStack.open();
  await Promise.all([
    little.service("toxiproxy", {
      image: stackImage("TOXIPROXY_IMAGE", "ghcr.io/shopify/toxiproxy:2.12.0"),
      command: ["-host=0.0.0.0"],
    }),
    little.service("redis", { image: stackImage("REDIS_IMAGE", "redis:8") }),
    little.service("postgres", {
      image: stackImage("POSTGRES_IMAGE", "postgres:17"),
      environment: ["POSTGRES_PASSWORD=secret"],
    }),
    little.service("web", { script: web }),
    little.service("mute", { script: mute }),
    little.service("greeter", { script: greeter }),
  ]);
  await makeLinks();
  await eventually("the web answers", () => answers(9001, "http"), 30_000);
  await eventually("Redis answers", () => answers(9002, "redis"), 30_000);
  await eventually("PostgreSQL answers", () => answers(9003, "postgres"), 50_000);
}, 120_000);

afterAll(async () => {
  await little?.[Symbol.asyncDispose]();
});

interface Case {
  readonly fault: AnyFault;
  readonly link: Link;
  readonly hello: HelloName | null;
  readonly params: Record<string, string>;
}

const cases: Case[] = [
  { fault: partition, link: "to-web", hello: "http", params: {} },
  { fault: partition, link: "to-web", hello: "http", params: { direction: "downstream" } },
  { fault: partition, link: "to-redis", hello: "redis", params: { direction: "upstream" } },
  { fault: partition, link: "to-postgres", hello: "postgres", params: {} },
  { fault: partition, link: "to-greeter", hello: "http", params: {} },
  { fault: partition, link: "to-redis", hello: "redis", params: { mode: "refused" } },
  { fault: partition, link: "to-mute", hello: null, params: { mode: "refused" } },
  { fault: latency, link: "to-web", hello: "http", params: { delay: "400ms", jitter: "100ms" } },
  { fault: latency, link: "to-postgres", hello: "postgres", params: { delay: "300ms", direction: "both" } },
  { fault: bandwidth, link: "to-web", hello: "http", params: { rate: "10kB/s" } },
  { fault: bandwidth, link: "to-web", hello: "http", params: { rate: "10kB/s", direction: "downstream" } },
  { fault: bandwidth, link: "to-redis", hello: "redis", params: { rate: "200kB/s" } },
  { fault: bandwidth, link: "to-redis", hello: "redis", params: { rate: "50kB/s", direction: "downstream" } },
  { fault: bandwidth, link: "to-postgres", hello: "postgres", params: { rate: "20kB/s" } },
  { fault: reset, link: "to-web", hello: "http", params: {} },
  { fault: reset, link: "to-postgres", hello: "postgres", params: { direction: "downstream" } },
  { fault: slowClose, link: "to-web", hello: "http", params: { delay: "500ms" } },
  { fault: slowClose, link: "to-mute", hello: null, params: { delay: "500ms", direction: "both" } },
  { fault: limit, link: "to-web", hello: "http", params: { bytes: "2kB" } },
  { fault: limit, link: "to-web", hello: "http", params: { bytes: "500B", direction: "downstream" } },
  // One letter is all that PostgreSQL answers, so nothing shows it.
  { fault: limit, link: "to-postgres", hello: null, params: { bytes: "500B", direction: "downstream" } },
  { fault: limit, link: "to-redis", hello: "redis", params: { bytes: "20kB" } },
  { fault: limit, link: "to-postgres", hello: "postgres", params: { bytes: "4kB", direction: "upstream" } },
];

test.each(cases)("$fault.kind of $link, $params: bites once it is injected, and leaves nothing behind", async (it) => {
  const { fault, link, hello, params } = it;
  const before = await proxy(link);
  // As from the disk: the undo of another process has nothing else.
  const aim: unknown = JSON.parse(JSON.stringify(await fault.aim(little.tools, { link, ...params })));
  expect(aim).toMatchObject({ hello });
  expect(await proxy(link)).toEqual(before);
  expect(await fault.witness(little.tools, aim, ms(600))).toBeUndefined();
  const { from, to } = await fault.inject(little.tools, aim);
  expect(to).toBeGreaterThan(from);
  const bite = await fault.witness(little.tools, aim, seconds(5));
  expect(bite?.from).toBeGreaterThan(from);
  expect(await fault.undo(little.tools, aim)).toMatch(/removed healproof-|enabled again/);
  expect(await proxy(link)).toEqual(before);
  await fault.undo(little.tools, aim);
  expect(await proxy(link)).toEqual(before);
});

describe("a fault of a link in force", () => {
  const looksWhile = async (aim: unknown, change: () => Promise<unknown>): Promise<FaultLook[]> => {
    const looks: FaultLook[] = [];
    let changed: Promise<unknown> | undefined;
    const tell = (look: FaultLook) => {
      looks.push(look);
      changed ??= change();
    };
    await partition.watch(little.tools, aim, tell, AbortSignal.timeout(20_000));
    await changed;
    return looks;
  };

  test("is released when somebody removes its toxic", async () => {
    const aim = await partition.aim(little.tools, { link: "to-web" });
    await partition.inject(little.tools, aim);
    const looks = await looksWhile(aim, () => api("DELETE", "/proxies/to-web/toxics/healproof-partition-upstream"));
    expect(looks.at(0)?.state).toBe("in-force");
    expect(looks.at(-1)?.state).toBe("released");
    expect(await partition.undo(little.tools, aim)).toContain("removed healproof-partition-downstream");
  });

  test("outlives the process that made it, and the next one puts it back", async () => {
    const before = await proxy("to-web");
    const aim: unknown = JSON.parse(JSON.stringify(await partition.aim(little.tools, { link: "to-web" })));
    await partition.inject(little.tools, aim);
    await little.dieAndReturn();
    expect((await proxy("to-web")).toxics).toHaveLength(2);
    expect(await partition.undo(little.tools, aim)).toContain("removed");
    expect(await proxy("to-web")).toEqual(before);
  });

  test("is released by a Toxiproxy that restarts, and there is nothing to undo then", async () => {
    const aim = await partition.aim(little.tools, { link: "to-web" });
    await partition.inject(little.tools, aim);
    const { id } = await little.tools.stack.container("toxiproxy");
    const looks = await looksWhile(aim, () => little.tools.stack.restart(id));
    expect(looks.at(-1)?.state).toBe("released");
    await makeLinks();
    expect(await partition.undo(little.tools, aim)).toContain("none of our toxics");
  });
});
