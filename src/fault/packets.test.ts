import { describe, expect, test } from "vitest";
import { exitCode } from "../errors.ts";
import { ms, seconds } from "../time.ts";
import type { AnyFault, FaultLook } from "./define.ts";
import { dnsFailure } from "./dns-failure.ts";
import { isolate } from "./isolate.ts";
import { packetLoss } from "./packet-loss.ts";
import { PretendNetwork } from "./testing/pretend-network.ts";
import { chainsFor } from "./which-packets.ts";

interface Case {
  readonly what: string;
  readonly fault: AnyFault;
  readonly params: Record<string, unknown>;
}

const cases: Case[] = [
  { what: "isolation", fault: isolate, params: {} },
  { what: "isolation from a peer", fault: isolate, params: { peers: ["db"], direction: "in" } },
  { what: "packet loss", fault: packetLoss, params: { share: "30%" } },
  { what: "silent name server", fault: dnsFailure, params: {} },
  { what: "denying name server", fault: dnsFailure, params: { answer: "nxdomain" } },
];

type Broken = Pick<Case, "fault" | "params">;

async function aimed({ fault, params }: Broken, pretend = new PretendNetwork()) {
  // As from the disk: the undo of another process has nothing else.
  const aim: unknown = JSON.parse(JSON.stringify(await fault.aim(pretend, { service: "app", ...params })));
  return { pretend, aim };
}

async function broken(it: Broken, pretend = new PretendNetwork()) {
  const { aim } = await aimed(it, pretend);
  return { pretend, aim, when: await it.fault.inject(pretend, aim) };
}

/** Watches, changes something at each of the first looks, and ends after as many. */
async function looksWhile(it: Broken, ...changes: ((pretend: PretendNetwork) => void)[]) {
  const { pretend, aim } = await broken(it);
  const looks: FaultLook[] = [];
  const end = new AbortController();
  const tell = (look: FaultLook) => {
    looks.push(look);
    const change = changes[looks.length - 1];
    if (change) change(pretend);
    else end.abort();
  };
  await it.fault.watch(pretend, aim, tell, end.signal);
  return { pretend, aim, looks, states: looks.map((look) => look.state), whys: looks.map((look) => look.why) };
}

describe.each(cases)("$what", ({ fault, params }) => {
  const table = `healproof-${fault.kind}`;

  test("is called after one of several containers, where it is of one", () => {
    expect(fault.describe({ service: "app", replica: 2, ...params })).toContain("app (container 2)");
    expect(fault.describe({ service: "app", ...params })).not.toContain("container");
  });

  test("aims without a change", async () => {
    const { pretend, aim } = await aimed({ fault, params });
    expect(aim).toMatchObject({ service: "app", table });
    expect(pretend.scripts).toEqual([]);
  });

  test("puts its rules into a table of its own, in one step, and says when", async () => {
    const { pretend, when } = await broken({ fault, params });
    expect(pretend.scripts).toHaveLength(1);
    expect([...pretend.network.tables.keys()]).toEqual([table]);
    expect(when.to).toBeGreaterThan(when.from);
  });

  test("is witnessed by what does not come through any more", async () => {
    const { pretend, aim, when } = await broken({ fault, params });
    expect((await fault.witness(pretend, aim, seconds(5)))?.from).toBeGreaterThanOrEqual(when.to);
  });

  test("is not witnessed where its rules do nothing", async () => {
    const { pretend, aim } = await broken({ fault, params });
    pretend.packet = () => "refused";
    pretend.names = () => "address";
    expect(await fault.witness(pretend, aim, ms(20))).toBeUndefined();
  });

  test("is taken away, and twice is harmless", async () => {
    const { pretend, aim } = await broken({ fault, params });
    pretend.network.tables.set("somebody-else", "");
    expect(await fault.undo(pretend, aim)).toBe("removed the rules from app's network");
    expect([...pretend.network.tables.keys()]).toEqual(["somebody-else"]);
    expect(await fault.undo(pretend, aim)).toBe("app's network has no such rules any more");
  });

  test("is gone with its container, stopped or removed", async () => {
    const { pretend, aim } = await broken({ fault, params });
    pretend.stop();
    expect(await fault.undo(pretend, aim)).toContain("does not run");
    pretend.state = "removed";
    expect(await fault.undo(pretend, aim)).toContain("does not run");
  });

  test("has nothing to aim at where the container does not run, or has such rules already", async () => {
    const stopped = new PretendNetwork();
    stopped.stop();
    const { pretend: twice } = await broken({ fault, params });
    for (const [pretend, why] of [
      [stopped, /does not run/],
      [twice, /already/],
    ] as const)
      await expect(aimed({ fault, params }, pretend)).rejects.toMatchObject({
        code: "nothing-to-break",
        message: expect.stringMatching(why),
        exitCode: exitCode.inconclusive,
      });
  });

  test("does not claim to have broken a container that stopped first", async () => {
    const { pretend, aim } = await aimed({ fault, params });
    pretend.stop();
    await expect(fault.inject(pretend, aim)).rejects.toMatchObject({ code: "nothing-to-break" });
  });

  test("goes into the network of the next run, at once, and says how long that one was without", async () => {
    const restart = (pretend: PretendNetwork) => {
      pretend.stop();
      pretend.start();
    };
    const { pretend, states, whys, looks } = await looksWhile({ fault, params }, restart);
    expect(states).toEqual(["in-force", "in-force"]);
    expect(whys[1]).toMatch(/^app was restarted: its new network got the rules after at most \d+ ms$/);
    // Not when the next look is due, which is after a second.
    expect((looks[1]?.when.to ?? 0) - (looks[0]?.when.to ?? 0)).toBeLessThan(800);
    expect([...pretend.network.tables.keys()]).toEqual([table]);
  });
});

const cutOff = { fault: isolate, params: {} };

test("a restart before the first look is a restart, not somebody who took the rules away", async () => {
  const { pretend, aim } = await broken(cutOff);
  pretend.start();
  const end = new AbortController();
  const looks: FaultLook[] = [];
  const tell = (look: FaultLook) => {
    looks.push(look);
    end.abort();
  };
  await isolate.watch(pretend, aim, tell, end.signal);
  expect(looks[0]?.why).toContain("was restarted");
});

test("a container that is down has no network, and that is in force", async () => {
  const { states, whys } = await looksWhile(
    cutOff,
    (it) => it.stop(),
    (it) => it.start(),
  );
  expect(states).toEqual(["in-force", "in-force", "in-force"]);
  expect(whys[1]).toBe("app does not run, and has no network");
  expect(whys[2]).toContain("was restarted");
});

test.each([
  ["taken away", (it: PretendNetwork) => it.network.tables.clear()],
  ["changed", (it: PretendNetwork) => it.network.tables.set("healproof-isolate", "accept")],
])("rules that were %s by somebody are a fault that was released", async (_, change) => {
  const { states, pretend } = await looksWhile(cutOff, change);
  expect(states).toEqual(["in-force", "released"]);
  // The injection, and the first look.
  expect(pretend.scripts).toHaveLength(2);
});

test("rules that were gone before the first look were released", async () => {
  const { pretend, aim } = await broken(cutOff);
  pretend.network.tables.clear();
  const looks: FaultLook[] = [];
  await isolate.watch(pretend, aim, (it) => looks.push(it), new AbortController().signal);
  expect(looks.map((it) => it.state)).toEqual(["released"]);
});

test.each(["app", "db"] as const)("who is reached from one side only is not isolated: from %s", async (open) => {
  const { pretend, aim } = await broken(cutOff);
  pretend.packet = (from) => (from === open ? "refused" : "silence");
  expect(await isolate.witness(pretend, aim, ms(20))).toBeUndefined();
});

test("the rules follow a peer to its next address", async () => {
  const { pretend, whys } = await looksWhile({ fault: isolate, params: { peers: ["db"] } }, (it) => {
    it.addresses = ["172.18.0.9"];
  });
  expect(whys[1]).toMatch(/^a peer of app has moved: the rules followed it after at most \d+ ms$/);
  expect(pretend.network.tables.get("healproof-isolate")).toContain("ip saddr { 172.18.0.9 } drop");
});

test("the rules follow a peer that moved before the first look, too", async () => {
  const fromDb = { fault: isolate, params: { peers: ["db"] } };
  const { pretend, aim } = await broken(fromDb);
  pretend.addresses = ["172.18.0.9"];
  const end = new AbortController();
  const looks: FaultLook[] = [];
  const tell = (look: FaultLook) => {
    looks.push(look);
    end.abort();
  };
  await isolate.watch(pretend, aim, tell, end.signal);
  expect(looks[0]?.why).toContain("has moved since the injection");
  expect(pretend.network.tables.get("healproof-isolate")).toContain("ip saddr { 172.18.0.9 } drop");
});

describe.each([isolate, packetLoss])("$kind of several peers", (fault) => {
  const params = { peers: ["db", "cache"], ...(fault === packetLoss ? { share: "60%" } : {}) };

  test("is witnessed at each of them, not at the first alone", async () => {
    const pretend = new PretendNetwork();
    pretend.hasCache = true;
    const { aim } = await broken({ fault, params }, pretend);
    expect(await fault.witness(pretend, aim, seconds(5))).toBeDefined();
    pretend.packet = (_from, peer) => (peer === "cache" ? "refused" : "silence");
    expect(await fault.witness(pretend, aim, ms(20))).toBeUndefined();
  });

  test("has nothing to show at one that does not answer before", async () => {
    await expect(aimed({ fault, params })).rejects.toMatchObject({
      code: "nothing-to-break",
      message: expect.stringContaining("cache does not answer app now"),
    });
  });
});

test("silence is no witness where the neighbour is gone, or neither side reaches itself", async () => {
  for (const fault of [isolate, packetLoss]) {
    const { pretend, aim } = await broken({ fault, params: fault === isolate ? {} : { share: "30%" } });
    pretend.alive = false;
    expect(await fault.witness(pretend, aim, ms(20))).toBeUndefined();
    pretend.alive = true;
    pretend.neighbourRuns = false;
    expect(await fault.witness(pretend, aim, ms(20))).toBeUndefined();
  }
});

test("nobody is cut off from nobody: without a neighbour that answers there is nothing to see", async () => {
  const alone = new PretendNetwork();
  alone.neighbourRuns = false;
  const silent = new PretendNetwork();
  silent.packet = () => "silence";
  for (const pretend of [alone, silent])
    await expect(aimed(cutOff, pretend)).rejects.toMatchObject({ code: "nothing-to-break" });
  await expect(aimed({ fault: isolate, params: { peers: ["cache"] } })).rejects.toMatchObject({
    code: "nothing-to-break",
  });
});

test("who can look up no name before cannot be shown to have lost it", async () => {
  const pretend = new PretendNetwork();
  pretend.names = () => "silence";
  await expect(aimed({ fault: dnsFailure, params: {} }, pretend)).rejects.toMatchObject({ code: "nothing-to-break" });
});

test("a loss is witnessed by about as many as are to be lost, not by a few that went astray", async () => {
  let sent = 0;
  const losing = (percent: number) => () => ((sent++ * 7919) % 100 < percent ? "silence" : "refused");
  // Out and back are two packets: of a try, 51 % are lost where 30 % of the packets are.
  const { pretend, aim } = await broken({ fault: packetLoss, params: { share: "30%" } });
  pretend.packet = losing(51);
  expect(await packetLoss.witness(pretend, aim, seconds(5))).toBeDefined();
  pretend.packet = losing(10);
  expect(await packetLoss.witness(pretend, aim, ms(20))).toBeUndefined();
});

test.each(["0%", "0.4%", "101%", "30", "most"])("%s is no share", async (share) => {
  await expect((async () => packetLoss.aim(new PretendNetwork(), { service: "app", share }))()).rejects.toThrow();
});

describe("the packets that are meant", () => {
  const neighbours = [
    {
      service: "db",
      container: { id: "", pid: 1, running: true, paused: false },
      addresses: ["172.18.0.9", "fd00::9"],
    },
    { service: "cache", container: { id: "", pid: 2, running: true, paused: false }, addresses: ["172.18.0.3"] },
  ];
  const words = (text: string) => text.replaceAll(/\s+/g, " ").trim();

  test("are all but the container's own, in both directions", () => {
    expect(words(chainsFor("drop", "both"))).toBe(
      'chain arriving { type filter hook input priority filter; policy accept; iif "lo" accept; drop; } ' +
        'chain leaving { type filter hook output priority filter; policy accept; oif "lo" accept; drop; }',
    );
  });

  test("are those from or to its peers, by address, where there are any", () => {
    expect(words(chainsFor("drop", "in", neighbours))).toBe(
      "chain arriving { type filter hook input priority filter; policy accept; " +
        "ip saddr { 172.18.0.3, 172.18.0.9 } drop; ip6 saddr { fd00::9 } drop; }",
    );
    expect(words(chainsFor("drop", "out", neighbours.slice(1)))).toBe(
      "chain leaving { type filter hook output priority filter; policy accept; ip daddr { 172.18.0.3 } drop; }",
    );
    expect(words(chainsFor("drop", "in", []))).toBe(
      "chain arriving { type filter hook input priority filter; policy accept; }",
    );
  });
});
