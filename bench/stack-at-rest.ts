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
 * Exit code 1 if anything happened: a restart, a recovery event, an alert, a lost order, or memory that grows.
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
/** Of what a part takes at the end of the time, beside its beginning: programs that fill their heaps slowly are no leaks. */
const growth = { factor: 1.25, bytes: 16 * 2 ** 20 };

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

const docker = new Dockerode();
const began = performance.now();
await using project = await ComposeProject.start([]);
const upMs = performance.now() - began;
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

await everySoOften(lookEveryMs, minutes * 60_000, async () => {
  await Promise.all(containers.map(async ({ id, service }) => looks.get(service)?.push(await look(id))));
});

const answer = z.looseObject({
  data: z.looseObject({ result: z.array(z.looseObject({ metric: z.record(z.string(), z.string()) })) }),
});
async function seriesOf(expr: string): Promise<string[]> {
  const response = await project.fetch("prometheus", 9090, `/api/v1/query?query=${encodeURIComponent(expr)}`);
  return answer.parse(await response.json()).data.result.map(({ metric }) => JSON.stringify(metric));
}

const range = `[${Math.ceil(minutes)}m]`;
const happened = [
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
    if (after > before * growth.factor && after - before > growth.bytes)
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
process.stdout.write(
  formatTable([
    ["service", "image", "CPU of one core", "memory"],
    ...rows.map((it) => line(it.service, it.image, it.cpu, it.memory)),
    line("all", "", sum(rows.map(({ cpu }) => cpu)), sum(rows.map(({ memory }) => memory))),
  ]),
);
process.stdout.write(`\nup in ${(upMs / 1000).toFixed(1)} s; ${minutes} min at rest\nledger ${check}\n`);
process.stdout.write(
  happened.length === 0 ? "nothing happened\n" : `\nhappened:\n${happened.map((it) => `- ${it}\n`).join("")}`,
);
process.exitCode = happened.length === 0 ? 0 : 1;
