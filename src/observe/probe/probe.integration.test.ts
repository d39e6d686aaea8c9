import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostNow } from "../../clock.ts";
import { KnownError } from "../../errors.ts";
import { eventually, Playground } from "../../stack/testing/playground.ts";
import type { Probe, ProbeTry } from "./probe.ts";
import { startProbe } from "./start.ts";

let playground: Playground;
let probe: Probe;

beforeAll(async () => {
  playground = await Playground.open();
  const { docker, image, name, labels } = playground;
  const web = playground.web("web");
  probe = await startProbe(docker, { image, network: name, name: `${name}-probe`, labels });
  await web;
  await eventually(
    "the web server answers",
    async () => "status" in (await probe.fetch("http://web/", { timeoutMs: 500 })),
  );
});

afterAll(async () => {
  await probe?.[Symbol.asyncDispose]();
  await playground?.[Symbol.asyncDispose]();
});

const pace = { everyMs: 10, timeoutMs: 1000, maxInFlight: 32 };

function watching(url: string): { readonly tries: ProbeTry[]; readonly end: () => void } {
  const tries: ProbeTry[] = [];
  const end = new AbortController();
  probe.watch(url, pace, (batch) => tries.push(...batch), end.signal);
  return { tries, end: () => end.abort() };
}

describe("a probe", () => {
  test("tries two addresses 100 times a second each, and tells when by the host's clock", async () => {
    const began = hostNow();
    const watched = ["http://web/health", "tcp://web:80"].map(watching);
    await eventually("100 tries of each address", () => watched.every(({ tries }) => tries.length >= 100), 20_000);
    for (const { end } of watched) end();
    const ended = hostNow();
    for (const { tries } of watched) {
      expect(new Set(tries.map(({ status }) => status))).toEqual(new Set([200]));
      // At most one for each tick; fewer only because the last batch is still on its way, or this machine was busy.
      expect(tries.length).toBeLessThanOrEqual((ended - began) / pace.everyMs + 1);
      const begun = tries.map(({ from }) => from).toSorted((a, b) => a - b);
      expect(begun[0]).toBeGreaterThan(began);
      expect(Math.max(...tries.map(({ to }) => to))).toBeLessThan(ended);
      expect(tries.every(({ from, to }) => from < to)).toBe(true);
      const pauses = begun.slice(1).map((from, index) => from - (begun[index] ?? 0));
      expect(pauses.toSorted((a, b) => a - b)[Math.floor(pauses.length / 2)]).toBeCloseTo(10, -1);
    }
    expect(probe.clock).toMatchObject({ sameKernel: true, offsetMs: 0, uncertaintyMs: 0 });
    const told = watched.map(({ tries }) => tries.length);
    await sleep(200);
    expect(watched.map(({ tries }) => tries.length)).toEqual(told);
  });

  test("sees a service go and come back at another address, and never takes a stranger at the old one for it", async () => {
    const web = await playground.web("moving");
    const { tries, end } = watching("http://moving/");
    await eventually("it answers", () => tries.at(-1)?.status === 200);
    const before = await playground.addressOf(web);

    await web.stop({ t: 0 });
    await eventually("it is gone", () => tries.at(-1)?.status === 0);
    expect(tries.findLast(({ status }) => status === 0)?.note).toMatch(/\w/);
    const stranger = await playground.web("stranger", 503);
    expect(await playground.addressOf(stranger)).toBe(before);
    await eventually("its name is unknown", () => tries.at(-1)?.note === "name unknown");
    const unknown = tries.filter(({ note }) => note === "name unknown");
    // The engine must not have been waiting for an answer from outside.
    expect(Math.min(...unknown.map(({ from, to }) => to - from))).toBeLessThan(100);

    const back = hostNow();
    await web.start();
    expect(await playground.addressOf(web)).not.toBe(before);
    await eventually("it is back", () => tries.some(({ from, status }) => from > back && status === 200));
    end();
    expect(tries.some(({ status }) => status === 503)).toBe(false);
  });

  test("fetches other addresses meanwhile, and says why it cannot", async () => {
    const { end } = watching("http://web/");
    const fetch = (url: string) => probe.fetch(url, { timeoutMs: 1000 });
    const all = await Promise.all(["http://web/a?b=c", "http://no-such-name/", "http://web:81/"].map(fetch));
    end();
    expect(all).toMatchObject([
      { status: 200, body: "/a?b=c" },
      { error: "name unknown" },
      { error: expect.stringContaining("ECONNREFUSED") },
    ]);
    for (const { when } of all) expect(when.to).toBeGreaterThan(when.from);
    expect(() => watching("ftp://web/")).toThrow(KnownError);
  });

  test("that is lost says so, with what is known, and ends what was asked of it", async () => {
    const { docker, image, name, labels } = playground;
    await using other = await startProbe(docker, { image, network: name, name: `${name}-lost`, labels });
    await docker.getContainer(`${name}-lost`).kill();
    await expect(other.lost).rejects.toMatchObject({
      code: "probe-lost",
      facts: { container: `${name}-lost`, how: expect.stringContaining("137") },
    });
    await expect(other.fetch("http://web/", { timeoutMs: 1000 })).rejects.toThrow(KnownError);
  });

  test("that cannot be started leaves nothing behind and says what the engine said", async () => {
    const { docker, image, name, labels } = playground;
    const starting = startProbe(docker, { image, network: `${name}-none`, name: `${name}-failed`, labels });
    await expect(starting).rejects.toMatchObject({
      code: "no-probe",
      facts: { reason: expect.stringContaining(`${name}-none`) },
    });
    expect(await playground.containers()).not.toContain(`${name}-failed`);
    const taken = startProbe(docker, { image, network: name, name: `${name}-web`, labels });
    await expect(taken).rejects.toMatchObject({ code: "no-probe" });
    expect(await playground.containers()).toContain(`${name}-web`);
  });
});
