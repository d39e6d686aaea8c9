import type Dockerode from "dockerode";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostNow } from "../../clock.ts";
import { eventually, Playground } from "../../stack/testing/playground.ts";
import type { FaultContainer } from "../define.ts";
import { Wires } from "./wires.ts";

let playground: Playground;
let wires: Wires;

const web = `require("node:http").createServer((q, a) => a.end(q.method + q.url)).listen(80);`;
/** Takes connections and says nothing. */
const mute = `require("node:net").createServer({ allowHalfOpen: true }, (s) => s.on("error", () => undefined)).listen(81);`;
/** Ends a connection at the first byte: in order on one port, by a reset on the other. */
const rude = `require("node:net").createServer((s) => s.on("error", () => undefined).on("data", () => s.end())).listen(82);
require("node:net").createServer((s) => s.on("error", () => undefined).on("data", () => s.resetAndDestroy())).listen(83);`;

let target: Dockerode.Container;

beforeAll(async () => {
  playground = await Playground.open();
  const { docker, image, name, labels } = playground;
  wires = new Wires(docker, { image, name: `${name}-wire`, labels });
  target = await playground.run("target", web + mute + rude);
  await playground.web("peer");
  await eventually("it answers", async () => (await came(80, "GET / HTTP/1.0\r\n\r\n")) === "answer", 10_000);
});

afterAll(async () => {
  await wires?.[Symbol.asyncDispose]();
  await playground?.[Symbol.asyncDispose]();
});

async function known(container: Dockerode.Container): Promise<FaultContainer> {
  const { Id, State } = await container.inspect();
  return { id: Id, pid: State.Pid, running: State.Running, paused: State.Paused };
}

const wire = async () => wires.to(await known(target));

async function greet(port: number, hello: string, over: { enough?: number; host?: string } = {}) {
  const { enough = 1, host = "127.0.0.1" } = over;
  return (await wire()).greet({ host, port, hello: Buffer.from(hello), enough, timeoutMs: 700 });
}
const came = async (...args: Parameters<typeof greet>) => (await greet(...args)).came;

describe("a wire", () => {
  test("asks over HTTP from inside the container's network", async () => {
    const from = hostNow();
    const answer = await (await wire()).http({ method: "GET", url: "http://127.0.0.1:80/x", timeoutMs: 5000 });
    expect(answer).toMatchObject({ status: 200, body: "GET/x" });
    expect(answer.when.from).toBeGreaterThan(from);
    expect(answer.when.to).toBeLessThan(hostNow());
    const none = await (await wire()).http({ method: "GET", url: "http://127.0.0.1:84/", timeoutMs: 5000 });
    expect(none).toMatchObject({ error: expect.stringContaining("ECONNREFUSED") });
    const late = await (await wire()).http({ method: "GET", url: "http://127.0.0.1:81/", timeoutMs: 100 });
    expect(late).toMatchObject({ error: "no answer within 100 ms" });
  });

  test("tells an answer from silence, a refusal, a reset, a closing and a name that is not there", async () => {
    const hello = "GET / HTTP/1.0\r\n\r\n";
    expect(await came(80, hello)).toBe("answer");
    expect(await came(80, hello, { host: "peer" })).toBe("answer");
    expect(await came(84, hello)).toBe("refused");
    expect(await came(83, hello)).toBe("reset");
    expect(await came(82, hello)).toBe("closed");
    expect(await came(80, hello, { host: "no-such-name.invalid" })).toBe("unreachable");
    const silence = await greet(81, hello);
    expect(silence).toMatchObject({ came: "silence", bytes: 0 });
    expect(silence.when.to - silence.when.from).toBeGreaterThan(690);
  });

  test("waits for as many bytes as it is told, and otherwise for the other side's closing", async () => {
    const hello = "GET / HTTP/1.0\r\n\r\n";
    expect(await greet(80, hello, { enough: 50 })).toMatchObject({ came: "answer" });
    expect((await greet(80, hello, { enough: 1e6 })).came).toBe("closed");
    expect(await greet(80, "", { enough: 0 })).toMatchObject({ came: "closed", bytes: 0 });
    // It keeps its side open for good.
    expect(await came(81, "", { enough: 0 })).toBe("silence");
  });

  test("applies rules whole or not at all, and lists a table as it is", async () => {
    const it = await wire();
    expect(await it.table("healproof-test")).toBeUndefined();
    const drop = `chain c { type filter hook output priority 0; ip daddr 192.0.2.1 drop; }`;
    const from = hostNow();
    const when = await it.nft(`table inet healproof-test {\n${drop}\n}`);
    expect(when.from).toBeGreaterThan(from);
    expect(when.to).toBeLessThan(hostNow());
    const listed = await it.table("healproof-test");
    expect(listed).toContain("ip daddr 192.0.2.1 drop");
    const half = `table inet healproof-other {\n${drop}\n}\ndelete table inet healproof-none`;
    await expect(it.nft(half)).rejects.toThrow(/nft refused the rules/);
    expect(await it.table("healproof-other")).toBeUndefined();
    expect(await it.table("healproof-test")).toBe(listed);
    await it.nft("delete table inet healproof-test");
  });

  test("asks the container's own name server, and answers in one's place with no such name", async () => {
    const it = await wire();
    expect((await it.lookUp("peer", 2000)).came).toBe("address");
    expect((await it.lookUp("no-such-name.invalid", 2000)).came).not.toBe("address");
    const port = await it.denyNames();
    expect(await it.denyNames()).toBe(port);
    const redirect = `chain c { type nat hook output priority -110; udp dport 53 redirect to :${port}; }`;
    await it.nft(`table inet healproof-names {\n${redirect}\n}`);
    expect((await it.lookUp("peer", 2000)).came).toBe("no-such-name");
    await it.nft("delete table inet healproof-names");
    expect((await it.lookUp("peer", 2000)).came).toBe("address");
  });

  test("has no more rights than it needs", async () => {
    await wire();
    const { Id } = await target.inspect();
    const { HostConfig, Config } = await playground.docker.getContainer(`${playground.name}-wire-1`).inspect();
    expect(HostConfig).toMatchObject({
      Privileged: false,
      CapAdd: ["NET_ADMIN"],
      CapDrop: ["ALL"],
      NetworkMode: `container:${Id}`,
      PidMode: "",
      ReadonlyRootfs: true,
      AutoRemove: true,
      SecurityOpt: expect.arrayContaining(["no-new-privileges"]),
    });
    expect(Config.Labels).toMatchObject(playground.labels);
  });
});

describe("the wires of a stack", () => {
  const mine = async () => (await playground.containers()).filter((it) => it.includes("-wire-"));

  test("are one for each container, also for those who ask at the same time", async () => {
    const [one, other] = await Promise.all([wire(), wire()]);
    expect(one).toBe(other);
    expect(await mine()).toHaveLength(1);
  });

  test("follow the container into its next network, whose rules are empty, and do not delay its restart", async () => {
    const restarts: number[] = [];
    const restart = async () => {
      const began = hostNow();
      await target.restart({ t: 0 });
      restarts.push(hostNow() - began);
    };
    for (let round = 0; round < 3; round++) {
      const before = await wire();
      await before.nft("table inet healproof-test { }");
      await restart();
      await before.ended;
      const after = await wire();
      expect(after).not.toBe(before);
      expect(await after.table("healproof-test")).toBeUndefined();
      await eventually("the old one is gone", async () => (await mine()).length === 1);
    }
    const median = () => restarts.splice(0).toSorted((a, b) => a - b)[1] ?? 0;
    const withWire = median();

    await wires[Symbol.asyncDispose]();
    expect(await mine()).toEqual([]);
    const { docker, image, name, labels } = playground;
    wires = new Wires(docker, { image, name: `${name}-wire-again`, labels });
    for (let round = 0; round < 3; round++) await restart();
    // What a busy machine makes of it; without a wire it takes about half a second.
    expect(withWire - median()).toBeLessThan(500);
  });

  test("keep neither the container nor its network from being removed", async () => {
    const { docker, name, labels } = playground;
    const network = await docker.createNetwork({ Name: `${name}-other`, Labels: { ...labels } });
    const container = await playground.run("removed", web);
    await network.connect({ Container: container.id });
    await docker.getNetwork(name).disconnect({ Container: container.id });
    const it = await wires.to(await known(container));
    await container.remove({ force: true });
    await network.remove();
    await it.ended;
  });

  test("cannot reach into one that does not run, and say so; a later try is a new one", async () => {
    const container = await playground.run("stopped", web);
    const { id, pid } = await known(container);
    await container.stop({ t: 0 });
    const stopped = { id, pid, running: false, paused: false };
    await expect(wires.to(stopped)).rejects.toMatchObject({ code: "no-wire" });
    await container.start();
    const it = await wires.to(stopped);
    expect((await it.lookUp("peer", 2000)).came).toBe("address");
  });
});
