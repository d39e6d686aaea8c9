import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import Dockerode from "dockerode";
import * as z from "zod";
import { ComposeProject } from "../fixtures/stack/compose-project.ts";
import { everySoOften, formatTable, mean } from "./measuring.ts";

/**
 * The reference stack with nothing injected: what each part takes at rest, and whether it stays at rest.
 *
 *     node bench/stack-at-rest.ts --minutes 30
 *
 * Exit code 1 if anything happened (a restart, a recovery event, an alert, a lost order, memory that grows), if nobody was there to see
 * it, or if it takes more than it may. What the engine spends on it, above all on the healthchecks, counts: it is what this machine
 * spends beyond what it did before, so the machine must have nothing else to do.
 */

const { minutes } = z
  .strictObject({
    minutes: z.coerce
      .number()
      .positive()
      .max(24 * 60),
  })
  .parse(parseArgs({ options: { minutes: { type: "string", default: "30" } } }).values);

/** Between two looks: each costs the engine a request for each container. */
const lookEveryMs = 10_000;
/** Of what a part takes at the end of the time, beside its beginning, the larger of the two: heaps that fill slowly are no leaks. */
const growth = { factor: 1.1, bytes: 8 * 2 ** 20 };
/**
 * What the whole stack may take at most: of one core, and in bytes; and how long it may take to start, warm: at real timing, where the
 * first check comes after 30 s, twice that and more.
 */
const may =
  process.env.TIMING === "real"
    ? { cpu: 0.15, bytes: 1.5 * 2 ** 30, upMs: 90_000 }
    : { cpu: 0.5, bytes: 1.5 * 2 ** 30, upMs: 25_000 };
/** So long the machine is watched before anything is started, … */
const beforeMs = 20_000;
/** … and so much of one core it may spend on other things: what it spends then is taken to go on as it was. */
const quiet = 0.1;

const stats = z.looseObject({
  cpu_stats: z.looseObject({ cpu_usage: z.looseObject({ total_usage: z.number() }) }),
  memory_stats: z.looseObject({
    usage: z.number(),
    stats: z.looseObject({ total_inactive_file: z.number().optional(), inactive_file: z.number().optional() }),
  }),
});

interface Look {
  readonly atMs: number;
  readonly cpuNs: number;
  readonly bytes: number;
  /** Changes when it was started again. */
  readonly life: string;
}

/** CPU time that this machine has spent on anything at all, in all its cores. */
const busyMs = () => cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
async function busyWhile(work: () => Promise<unknown>): Promise<number> {
  const [busy, at] = [busyMs(), performance.now()];
  await work();
  return (busyMs() - busy) / (performance.now() - at);
}

process.stderr.write(`watching the machine for ${beforeMs / 1_000} s before anything is started …\n`);
const otherwise = await busyWhile(() => sleep(beforeMs));

const docker = new Dockerode();
const began = performance.now();
await using project = await ComposeProject.start([]);
const upMs = performance.now() - began;
process.once("SIGINT", () => void project[Symbol.asyncDispose]().finally(() => process.exit(130)));
process.stderr.write(`up in ${(upMs / 1000).toFixed(1)} s; looking for ${minutes} min …\n`);

const filters = JSON.stringify({ label: [`com.docker.compose.project=${project.name}`] });
const containers = (await docker.listContainers({ all: true, filters })).map(({ Id, Labels, Image }) => ({
  id: Id,
  service: Labels["com.docker.compose.service"] ?? Id,
  image: Image,
}));
const looks = new Map<string, Look[]>(containers.map(({ service }) => [service, []]));

/** Memory as `docker stats` tells it: without the files that the kernel could forget. */
async function look(id: string): Promise<Look> {
  const container = docker.getContainer(id);
  const [raw, { State, RestartCount }] = await Promise.all([
    container.stats({ stream: false, "one-shot": true }),
    container.inspect(),
  ]);
  const { cpu_stats: cpu, memory_stats: memory } = stats.parse(raw);
  return {
    atMs: performance.now(),
    cpuNs: cpu.cpu_usage.total_usage,
    bytes: memory.usage - (memory.stats.total_inactive_file ?? memory.stats.inactive_file ?? 0),
    life: `${State.StartedAt} ${RestartCount}`,
  };
}

const busy = await busyWhile(() =>
  everySoOften(lookEveryMs, minutes * 60_000, async () => {
    await Promise.all(containers.map(async ({ id, service }) => looks.get(service)?.push(await look(id))));
  }),
);

const answer = z.looseObject({
  data: z.looseObject({ result: z.array(z.looseObject({ metric: z.record(z.string(), z.string()) })) }),
});
async function seriesOf(expr: string): Promise<string[]> {
  const response = await project.fetch("prometheus", 9090, `/api/v1/query?query=${encodeURIComponent(expr)}`);
  return answer.parse(await response.json()).data.result.map(({ metric }) => JSON.stringify(metric));
}

const range = `[${Math.ceil(minutes)}m]`;
/** What must be there, or that nothing happened would only mean that nobody looked. */
const witnesses = [
  `min_over_time(up{job="prometheus"}${range}) == 1`,
  `min_over_time(up{job="watchdog"}${range}) == 1`,
  `count(app_recovery_events_total)`,
  `count(prometheus_rule_group_last_evaluation_timestamp_seconds)`,
];
const unseen = await Promise.all(witnesses.map(async (it) => ((await seriesOf(it)).length > 0 ? [] : [it])));
const happened = [
  ...unseen.flat().map((it) => `nobody saw what happened: there is no ${it}`),
  ...containers.flatMap(({ service }) => {
    const lives = new Set(looks.get(service)?.map(({ life }) => life));
    return lives.size > 1 ? [`${service} was started ${lives.size - 1} times again`] : [];
  }),
  ...(await seriesOf(`increase(app_recovery_events_total${range}) > 0`)).map((it) => `a recovery event: ${it}`),
  ...(await seriesOf(`max_over_time(ALERTS{alertstate="firing"}${range}) > 0`)).map((it) => `an alert: ${it}`),
];

const mebi = (bytes: number) => bytes / 2 ** 20;
const rows = containers
  .map(({ service, image }) => {
    const of = looks.get(service) ?? [];
    const [first, last] = [of[0], of.at(-1)];
    if (!first || !last) throw new Error(`${service} was never looked at`);
    const quarter = Math.max(1, Math.floor(of.length / 4));
    // The first quarter is for warming up.
    const before = mean(of.slice(quarter, 2 * quarter).map(({ bytes }) => bytes));
    const after = mean(of.slice(-quarter).map(({ bytes }) => bytes));
    if (after - before > Math.max(before * (growth.factor - 1), growth.bytes))
      happened.push(`${service} grew from ${mebi(before).toFixed(0)} to ${mebi(after).toFixed(0)} MiB`);
    const cpu = (last.cpuNs - first.cpuNs) / 1e6 / (last.atMs - first.atMs);
    return { service, image, cpu, memory: after };
  })
  .toSorted((a, b) => a.service.localeCompare(b.service));

const check = await project
  .docker("exec", project.container("ledger"), "ledger", "check")
  .catch((thrown: unknown) => `the ledger: ${thrown instanceof Error ? thrown.message : thrown}`);
if (!check.startsWith("{")) happened.push(check);

const sum = (of: readonly number[]) => of.reduce((total, it) => total + it, 0);
const line = (name: string, image: string, cpu: number, memory: number) =>
  [name, image, `${(cpu * 100).toFixed(1)} %`, `${mebi(memory).toFixed(0)} MiB`] as const;
const parts = { cpu: sum(rows.map(({ cpu }) => cpu)), memory: sum(rows.map(({ memory }) => memory)) };
const engine = busy - otherwise - parts.cpu;
if (otherwise > quiet || engine < 0) {
  const did = `${(otherwise * 100).toFixed(0)} % of a core before anything was started`;
  happened.push(`what the engine spends was not measured: the machine had other things to do (${did})`);
}
if (parts.cpu + engine > may.cpu) happened.push(`it takes more than ${may.cpu * 100} % of one core`);
if (parts.memory > may.bytes) happened.push(`it takes more than ${mebi(may.bytes)} MiB`);
if (upMs > may.upMs) happened.push(`it takes longer than ${may.upMs / 1_000} s to start`);
process.stdout.write(
  formatTable([
    ["service", "image", "CPU of one core", "memory"],
    ...rows.map((it) => line(it.service, it.image, it.cpu, it.memory)),
    line("all", "", parts.cpu, parts.memory),
    line("the engine", "", engine, 0),
    line("with the engine", "", parts.cpu + engine, parts.memory),
  ]),
);
process.stdout.write(`\nup in ${(upMs / 1000).toFixed(1)} s; ${minutes} min at rest\nledger ${check}\n`);
process.stdout.write(
  happened.length === 0 ? "nothing happened\n" : `\nhappened:\n${happened.map((it) => `- ${it}\n`).join("")}`,
);
process.exitCode = happened.length === 0 ? 0 : 1;
