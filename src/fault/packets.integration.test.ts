import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../stack/testing/playground.ts";
import { ms, seconds } from "../time.ts";
import type { AnyFault, FaultLook } from "./define.ts";
import { dnsFailure } from "./dns-failure.ts";
import { isolate } from "./isolate.ts";
import { packetLoss } from "./packet-loss.ts";
import { LittleStack } from "./testing/little-stack.ts";

let little: LittleStack;

const web = `require("node:http").createServer((q, a) => a.end("hi")).listen(80)`;

beforeAll(async () => {
  little = await LittleStack.open();
  await Promise.all([
    little.service("app", { script: web }),
    little.service("app", { script: web, replica: 2 }),
    little.service("db", { script: web }),
    little.service("cache", { script: web }),
  ]);
  await eventually("all answer", async () => (await reached("app", "db")) && (await reached("cache", "app")), 20_000);
});

afterAll(async () => {
  await little?.[Symbol.asyncDispose]();
});

const container = (service: string, replica?: number) => little.tools.stack.container(service, replica);
const wire = async (service: string, replica?: number) => little.tools.wire(await container(service, replica));
const table = async (fault: AnyFault) => (await wire("app")).table(`healproof-${fault.kind}`);

async function addressOf(service: string): Promise<string> {
  const [first] = await little.tools.stack.endpoints((await container(service)).id);
  return first?.address ?? "none";
}

async function reached(from: string, to: string): Promise<boolean> {
  const host = from === to ? "127.0.0.1" : await addressOf(to);
  const hello = Buffer.from("GET / HTTP/1.0\r\n\r\n");
  return (await (await wire(from)).greet({ host, port: 80, hello, enough: 1, timeoutMs: 700 })).came === "answer";
}

async function aimed(fault: AnyFault, params: Record<string, unknown>): Promise<unknown> {
  // As from the disk: the undo of another process has nothing else.
  return JSON.parse(JSON.stringify(await fault.aim(little.tools, { service: "app", ...params })));
}

const cases: { readonly fault: AnyFault; readonly params: Record<string, unknown> }[] = [
  { fault: isolate, params: {} },
  { fault: isolate, params: { direction: "in" } },
  { fault: isolate, params: { direction: "out" } },
  { fault: isolate, params: { peers: ["db"] } },
  { fault: packetLoss, params: { share: "30%" } },
  { fault: packetLoss, params: { share: "20%", direction: "out", peers: ["db", "cache"] } },
  { fault: dnsFailure, params: {} },
  { fault: dnsFailure, params: { answer: "nxdomain" } },
];

test.each(cases)(
  "$fault.kind, $params: bites once it is injected, and leaves nothing behind",
  async ({ fault, params }) => {
    const aim = await aimed(fault, params);
    expect(await table(fault)).toBeUndefined();
    expect(await fault.witness(little.tools, aim, ms(600))).toBeUndefined();
    const { from, to } = await fault.inject(little.tools, aim);
    expect(to).toBeGreaterThan(from);
    expect((await fault.witness(little.tools, aim, seconds(5)))?.from).toBeGreaterThan(from);
    expect(await fault.undo(little.tools, aim)).toBe("removed the rules from app's network");
    expect(await table(fault)).toBeUndefined();
    expect(await fault.undo(little.tools, aim)).toBe("app's network has no such rules any more");
    expect(await reached("app", "db")).toBe(true);
  },
);

test.each([
  { fault: isolate, params: {} },
  { fault: dnsFailure, params: { answer: "nxdomain" } },
])("$fault.kind outlives the process that made it, and the next one takes it away", async ({ fault, params }) => {
  const aim = await aimed(fault, params);
  await fault.inject(little.tools, aim);
  await little.dieAndReturn();
  expect(await table(fault)).toBeDefined();
  expect(await fault.undo(little.tools, aim)).toContain("removed");
  expect(await table(fault)).toBeUndefined();
  expect(await reached("app", "db")).toBe(true);
});

test("a container that is gone has taken its rules with it", async () => {
  const { id } = await little.service("passing", { script: web });
  await eventually("it answers", () => reached("db", "passing"), 10_000);
  const aim = await aimed(isolate, { service: "passing" });
  await isolate.inject(little.tools, aim);
  await little.playground.docker.getContainer(id).remove({ force: true });
  expect(await isolate.undo(little.tools, aim)).toContain("does not run");
});

describe("while it is isolated", () => {
  test("a service reaches nobody and is reached by nobody, but itself; its own name server answers", async () => {
    const aim = await aimed(isolate, {});
    await isolate.inject(little.tools, aim);
    expect(await reached("app", "db")).toBe(false);
    expect(await reached("cache", "app")).toBe(false);
    expect(await reached("app", "app")).toBe(true);
    expect((await (await wire("app")).lookUp("db", 2000)).came).toBe("address");
    // Nobody else is touched, its other container neither.
    expect(await reached("cache", "db")).toBe(true);
    expect(await (await wire("app", 2)).table("healproof-isolate")).toBeUndefined();
    await isolate.undo(little.tools, aim);
  });

  test("from its peers, others still reach it", async () => {
    const aim = await aimed(isolate, { peers: ["db"] });
    await isolate.inject(little.tools, aim);
    expect(await reached("app", "db")).toBe(false);
    expect(await reached("db", "app")).toBe(false);
    expect(await reached("app", "cache")).toBe(true);
    expect(await reached("cache", "app")).toBe(true);
    await isolate.undo(little.tools, aim);
  });

  test("from several peers, which is seen at each of them", async () => {
    const aim = await aimed(isolate, { peers: ["db", "cache"] });
    expect(aim).toMatchObject({ reach: [{ neighbour: "db" }, { neighbour: "cache" }] });
    await isolate.inject(little.tools, aim);
    expect(await isolate.witness(little.tools, aim, seconds(5))).toBeDefined();
    await (await wire("app")).nft("flush table inet healproof-isolate");
    expect(await isolate.witness(little.tools, aim, ms(100))).toBeUndefined();
    await isolate.undo(little.tools, aim);
  });

  test("a container that restarts is isolated again within seconds, and free after the undo", async () => {
    const aim = await aimed(isolate, {});
    await isolate.inject(little.tools, aim);
    const looks: FaultLook[] = [];
    const end = new AbortController();
    const watching = isolate.watch(little.tools, aim, (it) => looks.push(it), end.signal);
    await eventually("it is looked at", () => looks.length > 0);
    await little.playground.docker.getContainer((await container("app")).id).restart({ t: 0 });
    await eventually("the restart is seen", () => looks.some((it) => it.why.includes("was restarted")), 10_000);
    end.abort();
    await watching;
    expect(looks.every((it) => it.state === "in-force")).toBe(true);
    expect(await reached("cache", "app")).toBe(false);
    expect(await isolate.undo(little.tools, aim)).toContain("removed");
    await eventually("it is reached", () => reached("cache", "app"), 10_000);
  });

  test("somebody who empties its table releases it", async () => {
    const aim = await aimed(isolate, {});
    await isolate.inject(little.tools, aim);
    const states: string[] = [];
    const tell = async (it: FaultLook) => {
      states.push(it.state);
      if (states.length === 1) await (await wire("app")).nft("flush table inet healproof-isolate");
    };
    await isolate.watch(little.tools, aim, tell, AbortSignal.timeout(10_000));
    expect(states.at(-1)).toBe("released");
    await isolate.undo(little.tools, aim);
  });
});

describe("while a service has no name server", () => {
  /** As a program in the container asks: by the C library, in a process of its own. */
  const lookUp = async () => {
    const script = `require("node:dns").lookup("db", (e, a) => console.log(e ? e.code : "found"))`;
    const { id } = await container("app");
    return (
      await little.tools.stack.run(id, ["env", "RES_OPTIONS=timeout:1 attempts:1", "node", "-e", script], seconds(20))
    ).out.trim();
  };

  test.each([
    ["none", "EAI_AGAIN"],
    ["nxdomain", "ENOTFOUND"],
  ])("its programs find no name (%s), and addresses still work", async (answer, code) => {
    expect(await lookUp()).toBe("found");
    const aim = await aimed(dnsFailure, { answer });
    await dnsFailure.inject(little.tools, aim);
    expect(await lookUp()).toBe(code);
    expect(await reached("app", "db")).toBe(true);
    expect((await (await wire("cache")).lookUp("db", 2000)).came).toBe("address");
    await dnsFailure.undo(little.tools, aim);
    expect(await lookUp()).toBe("found");
  });

  test("who asked before over a socket that it keeps gets no answer over it either", async () => {
    const script = `const dgram = require("node:dgram");
      const ask = () => socket.send(Buffer.from("000101000001000000000000" + "02646200" + "00010001", "hex"), 53, "127.0.0.11");
      let answers = 0;
      const socket = dgram.createSocket("udp4", () => answers++);
      socket.bind(() => setInterval(ask, 50));
      require("node:http").createServer((q, a) => a.end(String(answers))).listen(81, "127.0.0.1");`;
    const { id } = await little.service("asker", { script });
    const it = await little.tools.wire(await container("asker"));
    const answers = async () => {
      const answer = await it.http({ method: "GET", url: "http://127.0.0.1:81/", timeoutMs: 2000 });
      return "body" in answer ? Number(answer.body) : 0;
    };
    const grows = async () => {
      const before = await answers();
      return eventually("another answer", async () => (await answers()) > before, 1000).then(
        () => true,
        () => false,
      );
    };
    await eventually("it is answered", async () => (await answers()) > 0, 10_000);
    for (const answer of ["none", "nxdomain"]) {
      const aim = await aimed(dnsFailure, { service: "asker", answer });
      expect(await grows()).toBe(true);
      await dnsFailure.inject(little.tools, aim);
      expect(await grows()).toBe(false);
      await dnsFailure.undo(little.tools, aim);
      expect(await grows()).toBe(true);
    }
    await little.playground.docker.getContainer(id).remove({ force: true });
  });
});
