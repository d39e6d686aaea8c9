import type { RequestListener } from "node:http";
import { describe, expect, test } from "vitest";
import { kept, label, ownerMark } from "../stack/labels.ts";
import { FakeEngine } from "../stack/testing/fake-engine.ts";
import { Healproof } from "./testing/healproof.ts";

/** What clean and down say, and how they exit, where something stays. */

const hurried = new URL("./testing/hurried-clock.ts", import.meta.url);

/** An engine that has a run's container of this owner, or a run's network that it never gives up. */
function engineWith(has: { readonly owner: string } | { readonly stuck: string }): RequestListener {
  const owner = "owner" in has ? has.owner : kept;
  const labels = { [label.run]: "r1", [label.owner]: owner };
  const found: [string, unknown][] = [
    ["/info", { ServerVersion: "1", NCPU: 2, MemTotal: 2 ** 30, OperatingSystem: "none", OSType: "linux" }],
    ["/networks/bridge", { IPAM: { Config: [{ Gateway: "172.17.0.1" }] } }],
    ["/networks/n1", { Containers: {} }],
    ["/networks", "stuck" in has ? [{ Id: "n1", Name: has.stuck, Labels: labels }] : []],
    ["/containers/json", "owner" in has ? [{ Id: "c1", Labels: labels }] : []],
    ["/volumes", { Volumes: [] }],
  ];
  return ({ method, url = "" }, response) => {
    const [, body] = found.find(([path]) => url.startsWith(path)) ?? ["", {}];
    response.writeHead(method === "DELETE" ? 403 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
}

async function healproof(args: readonly string[], has: Parameters<typeof engineWith>[0]) {
  using engine = await FakeEngine.start(engineWith(has));
  using it = new Healproof();
  return await it.run(args, { DOCKER_HOST: `unix://${engine.socket}`, NODE_OPTIONS: `--import=${hurried}` });
}

describe.concurrent("clean", () => {
  const inUse = `run r1: left alone, process ${process.pid} is at work with it; end that, or healproof clean r1 --all\n`;
  const stays = "run r1: left alone, its stack is meant to stay; healproof down r1 removes it\n";

  test("of a run that lives says who is at work with it, and fails", async () => {
    expect(await healproof(["clean", "r1"], { owner: ownerMark() })).toMatchObject({ code: 64, out: inUse });
  });

  test("of a run that was kept says so, and how it is removed", async () => {
    expect(await healproof(["clean", "r1"], { owner: kept })).toMatchObject({ code: 0, out: stays });
  });

  test("of everything leaves both alone, as it should, and says so", async () => {
    expect(await healproof(["clean"], { owner: ownerMark() })).toMatchObject({ code: 0, out: inUse });
    const forPrograms = await healproof(["clean", "--json"], { owner: kept });
    expect(forPrograms).toMatchObject({ code: 0, out: "[]\n", err: expect.stringContaining(stays) });
  });

  test("of another run says nothing of this one", async () => {
    const { code, out } = await healproof(["clean", "r2"], { owner: ownerMark() });
    expect([code, out]).toEqual([0, "nothing of r2 to clean\n"]);
  });

  test("fails where a network stays", async () => {
    const { code, err } = await healproof(["clean", "--all"], { stuck: "healproof-r1_default" });
    expect(code).toBe(70);
    expect(err).toContain("the network healproof-r1_default stays until the engine is restarted");
  });
});

test("down fails where a network stays", async () => {
  const { code, out } = await healproof(["down", "r1"], { stuck: "healproof-r1_default" });
  expect(code).toBe(70);
  expect(out).toContain("the network healproof-r1_default stays until the engine is restarted");
});
