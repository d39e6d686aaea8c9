import { describe, expect, test } from "vitest";
import { exitCode } from "../errors.ts";
import { ms, seconds } from "../time.ts";
import { bandwidth } from "./bandwidth.ts";
import type { AnyFault, FaultLook } from "./define.ts";
import { latency } from "./latency.ts";
import { limit } from "./limit.ts";
import { addressIn } from "./link.ts";
import { partition } from "./partition.ts";
import { reset } from "./reset.ts";
import { slowClose } from "./slow-close.ts";
import { PretendToxiproxy } from "./testing/pretend-toxiproxy.ts";

const link = { link: "db" };

interface Case {
  readonly what: string;
  readonly fault: AnyFault;
  readonly params: Record<string, unknown>;
  /** What is added to the proxy: type, stream and attributes. None: it is disabled. */
  readonly toxics: readonly (readonly [string, string, Record<string, number>])[];
}

const both = (type: string, attributes: Record<string, number>): Case["toxics"] => [
  [type, "upstream", attributes],
  [type, "downstream", attributes],
];

const cases: Case[] = [
  { what: "silent partition", fault: partition, params: {}, toxics: both("timeout", { timeout: 0 }) },
  {
    what: "partition one way",
    fault: partition,
    params: { direction: "upstream" },
    toxics: [["timeout", "upstream", { timeout: 0 }]],
  },
  { what: "refusing partition", fault: partition, params: { mode: "refused" }, toxics: [] },
  {
    what: "latency",
    fault: latency,
    params: { delay: "200ms", jitter: "20ms" },
    toxics: [["latency", "downstream", { latency: 200, jitter: 20 }]],
  },
  {
    what: "latency both ways",
    fault: latency,
    params: { delay: "2s", direction: "both" },
    toxics: both("latency", { latency: 2000, jitter: 0 }),
  },
  { what: "bandwidth", fault: bandwidth, params: { rate: "10kB/s" }, toxics: both("bandwidth", { rate: 10 }) },
  { what: "reset", fault: reset, params: {}, toxics: both("reset_peer", { timeout: 0 }) },
  {
    what: "reset of answers",
    fault: reset,
    params: { direction: "downstream", after: "100ms" },
    toxics: [["reset_peer", "downstream", { timeout: 100 }]],
  },
  {
    what: "slow close",
    fault: slowClose,
    params: { delay: "400ms" },
    toxics: [["slow_close", "downstream", { delay: 400 }]],
  },
  { what: "limit", fault: limit, params: { bytes: "1kB" }, toxics: both("limit_data", { bytes: 1000 }) },
];

async function broken({ fault, params }: Pick<Case, "fault" | "params">, pretend = new PretendToxiproxy()) {
  // As from the disk: the undo of another process has nothing else.
  const aim: unknown = JSON.parse(JSON.stringify(await fault.aim(pretend, { ...link, ...params })));
  return { pretend, aim, when: await fault.inject(pretend, aim) };
}

describe.each(cases)("$what", ({ fault, params, toxics }) => {
  test("aims without a change, and finds a hello that is answered", async () => {
    const pretend = new PretendToxiproxy();
    expect(await fault.aim(pretend, { ...link, ...params })).toMatchObject({ hello: "postgres" });
    expect(pretend.did).toEqual([]);
  });

  test("sets exactly its toxics, under names of ours", async () => {
    const { pretend, when } = await broken({ fault, params });
    expect(when.to).toBeGreaterThan(when.from);
    expect(pretend.enabled).toBe(toxics.length > 0);
    expect(pretend.toxics).toEqual(
      toxics.map(([type, stream, attributes]) => ({
        name: `healproof-${fault.kind}-${stream}`,
        type,
        stream,
        toxicity: 1,
        attributes,
      })),
    );
  });

  test("is witnessed by what it does to a hello", async () => {
    const { pretend, aim, when } = await broken({ fault, params });
    const bite = await fault.witness(pretend, aim, seconds(5));
    expect(bite?.from).toBeGreaterThan(when.to);
    expect(bite?.to).toBeGreaterThan(bite?.from ?? 0);
  });

  test("is not witnessed where nothing was done, whatever Toxiproxy says", async () => {
    const { pretend, aim } = await broken({ fault, params });
    pretend.through = (it) => pretend.server(it);
    expect(await fault.witness(pretend, aim, ms(30))).toBeUndefined();
  });

  test("is not witnessed where the server itself does not answer", async () => {
    const { pretend, aim } = await broken({ fault, params });
    pretend.server = () => ({ came: "refused" });
    expect(await fault.witness(pretend, aim, ms(30))).toBeUndefined();
  });

  test("is put back, and twice is harmless", async () => {
    const { pretend, aim } = await broken({ fault, params });
    pretend.toxics.push({ name: "mine", type: "latency", stream: "upstream", toxicity: 1, attributes: {} });
    const first = await fault.undo(pretend, aim);
    expect(first).toMatch(toxics.length > 0 ? /^removed healproof-.* from db$/ : /^db is enabled again$/);
    expect(pretend.enabled).toBe(true);
    expect(pretend.toxics.map((it) => it.name)).toEqual(["mine"]);
    await fault.undo(pretend, aim);
    expect(pretend.toxics.map((it) => it.name)).toEqual(["mine"]);
  });

  test("is gone with a Toxiproxy that does not run, or that forgot it", async () => {
    const { pretend, aim } = await broken({ fault, params });
    pretend.restart();
    await fault.undo(pretend, aim);
    pretend.running = false;
    expect(await fault.undo(pretend, aim)).toContain("does not run");
  });
});

test.each([
  ["the toxics of a link", partition, {}],
  ["the refusals of a link", partition, { mode: "refused" }],
])("%s are seen to be in force until somebody takes them away", async (_, fault, params) => {
  const { pretend, aim } = await broken({ fault, params });
  const looks: FaultLook[] = [];
  const tell = (look: FaultLook) => {
    looks.push(look);
    pretend.restart();
  };
  await fault.watch(pretend, aim, tell, new AbortController().signal);
  expect(looks.map((it) => it.state)).toEqual(["in-force", "released"]);
});

describe("what a link's fault aims at", () => {
  test("is a link that there is: an error names those, and the one that was probably meant", async () => {
    await expect(partition.aim(new PretendToxiproxy(), { link: "bd" })).rejects.toMatchObject({
      code: "no-such-link",
      facts: { "its links": "db, db-2", "did you mean": "db" },
      exitCode: exitCode.usage,
    });
  });

  test("runs, listens, and is whole", async () => {
    const off = new PretendToxiproxy();
    off.enabled = false;
    const stopped = new PretendToxiproxy();
    stopped.running = false;
    const { pretend: twice } = await broken({ fault: partition, params: {} });
    for (const pretend of [off, stopped, twice])
      await expect(partition.aim(pretend, link)).rejects.toMatchObject({
        code: "nothing-to-break",
        exitCode: exitCode.inconclusive,
      });
    const deaf = new PretendToxiproxy();
    deaf.listens = false;
    await expect(partition.aim(deaf, link)).rejects.toMatchObject({ code: "no-toxiproxy" });
  });

  test("may have another fault of ours already", async () => {
    const { pretend } = await broken({ fault: latency, params: { delay: "200ms" } });
    expect(await bandwidth.aim(pretend, { ...link, rate: "1kB/s" })).toMatchObject({ hello: "postgres" });
  });

  test("is not refused in one direction only", () => {
    const half = { ...link, mode: "refused", direction: "upstream" };
    expect(partition.params.safeParse(half).error?.issues).toMatchObject([{ path: ["direction"] }]);
  });
});

describe("where no hello is answered", () => {
  const mute = () => {
    const pretend = new PretendToxiproxy();
    pretend.server = ({ enough }) => (enough === 0 ? { came: "closed" } : { came: "silence" });
    return pretend;
  };

  test.each([
    ["reset", reset, {}],
    ["latency", latency, { delay: "200ms" }],
    ["silent partition", partition, {}],
  ])("a %s is witnessed by Toxiproxy's word alone, and each look says so", async (_, fault, params) => {
    const { pretend, aim } = await broken({ fault, params }, mute());
    expect(aim).toMatchObject({ hello: null });
    expect(await fault.witness(pretend, aim, ms(30))).toBeDefined();
    const end = new AbortController();
    const why: string[] = [];
    const tell = (look: FaultLook) => {
      why.push(look.why);
      end.abort();
    };
    await fault.watch(pretend, aim, tell, end.signal);
    expect(why).toEqual([expect.stringContaining("only Toxiproxy's word")]);
    pretend.restart();
    expect(await fault.witness(pretend, aim, ms(30))).toBeUndefined();
  });

  test.each([
    ["refusing partition", partition, { mode: "refused" }],
    ["slow close", slowClose, { delay: "100ms" }],
  ])("a %s is measured all the same", async (_, fault, params) => {
    const { pretend, aim } = await broken({ fault, params }, mute());
    expect(await fault.witness(pretend, aim, ms(300))).toBeDefined();
    pretend.through = (it) => pretend.server(it);
    expect(await fault.witness(pretend, aim, ms(30))).toBeUndefined();
  });
});

test("a hello that is answered around the link only is none: what it shows later would prove nothing", async () => {
  const pretend = new PretendToxiproxy();
  pretend.through = () => ({ came: "silence" });
  expect(await partition.aim(pretend, link)).toMatchObject({ hello: null });
});

test("a server that fell silent meanwhile is no witness", async () => {
  const { pretend, aim } = await broken({ fault: partition, params: {} });
  let fell = false;
  pretend.server = ({ enough }) => (fell ? { came: "silence" } : { came: "answer", bytes: enough });
  pretend.through = () => {
    fell = true;
    return { came: "silence" };
  };
  expect(await partition.witness(pretend, aim, ms(700))).toBeUndefined();
});

test("silence is not a connection that was closed at its limit", async () => {
  const { pretend, aim } = await broken({ fault: limit, params: { bytes: "1kB" } });
  pretend.through = () => ({ came: "silence" });
  expect(await limit.witness(pretend, aim, ms(30))).toBeUndefined();
});

test("a Toxiproxy that is out of order ends the watch with what it said", async () => {
  const { pretend, aim } = await broken({ fault: partition, params: {} });
  pretend.sick = true;
  const watching = partition.watch(pretend, aim, () => undefined, new AbortController().signal);
  await expect(watching).rejects.toMatchObject({
    code: "toxiproxy-refused",
    facts: { "it says": expect.stringContaining("out of order") },
  });
});

test("a rate that no hello is long enough to show is Toxiproxy's word, not a failed witness", async () => {
  const { pretend, aim } = await broken({ fault: bandwidth, params: { rate: "100MB/s" } });
  expect(await bandwidth.witness(pretend, aim, ms(30))).toBeDefined();
});

test("a delay that is longer than the witness may take is seen by nothing having come until then", async () => {
  const { pretend, aim } = await broken({ fault: latency, params: { delay: "1m" } });
  expect(await latency.witness(pretend, aim, ms(300))).toBeDefined();
  pretend.through = (it) => pretend.server(it);
  expect(await latency.witness(pretend, aim, ms(30))).toBeUndefined();
});

test("an answer that was not waited for is no silence", async () => {
  const { pretend, aim } = await broken({ fault: partition, params: {} });
  pretend.through = () => ({ came: "answer", bytes: 1, tookMs: 200 });
  expect(await partition.witness(pretend, aim, ms(50))).toBeUndefined();
});

test("one answer in three that went astray is no witness", async () => {
  const { pretend, aim } = await broken({ fault: partition, params: {} });
  let number = 0;
  pretend.through = (it) => (number++ % 3 === 0 ? { came: "silence" } : pretend.server(it));
  expect(await partition.witness(pretend, aim, ms(700))).toBeUndefined();
});

test("while Toxiproxy cannot be asked nothing is told, for nothing is known", async () => {
  const { pretend, aim } = await broken({ fault: partition, params: {} });
  pretend.listens = false;
  const looks: FaultLook[] = [];
  const end = new AbortController();
  const watching = partition.watch(pretend, aim, (it) => looks.push(it), end.signal);
  setImmediate(() => end.abort());
  await watching;
  expect(looks).toEqual([]);
});

test("a Toxiproxy that was just started is waited for before the link is given up", async () => {
  const { pretend, aim } = await broken({ fault: partition, params: {} });
  pretend.listens = false;
  const undoing = partition.undo(pretend, aim);
  setTimeout(() => {
    pretend.listens = true;
  }, 50);
  expect(await undoing).toMatch(/^removed /);
});

test.each([
  ["[::]:5432", "127.0.0.1", 5432],
  ["0.0.0.0:1", "127.0.0.1", 1],
  [":80", "127.0.0.1", 80],
  ["10.0.0.3:80", "10.0.0.3", 80],
  ["postgres:5432", "postgres", 5432],
  ["[fe80::1]:80", "fe80::1", 80],
])("%s is an address that can be greeted", (text, host, port) => {
  expect(addressIn(text)).toEqual({ host, port });
});

test.each(["0kB/s", "10kB", "100B/s", "fast"])("%s is no rate", async (rate) => {
  await expect((async () => bandwidth.aim(new PretendToxiproxy(), { ...link, rate }))()).rejects.toThrow();
});
