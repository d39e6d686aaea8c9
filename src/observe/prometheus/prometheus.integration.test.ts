import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually, Playground } from "../../stack/testing/playground.ts";
import { startProbe } from "../probe/start.ts";
import { Observed } from "../testing/tools.ts";
import { serverTime } from "./api.ts";
import { observePrometheus } from "./observe.ts";

/** The image that this machine has, or the one that it can pull. */
function prometheusImage(): string {
  const known = join(import.meta.dirname, "../../../fixtures/stack/.env");
  return /^PROMETHEUS_IMAGE=(.+)$/m.exec(readFileSync(known, "utf8"))?.[1] ?? "prom/prometheus:v3.5.0";
}

const configuration = `
global: { scrape_interval: 500ms, scrape_timeout: 400ms, evaluation_interval: 500ms }
rule_files: [/tmp/rules.yml]
scrape_configs: [{ job_name: app, static_configs: [{ targets: ["app:80"] }] }]
`;
const rules = `
groups: [{ name: all, rules: [{ alert: Sick, expr: "sick == 1", labels: { severity: page } }] }]
`;
const start = [
  `cat > /tmp/prometheus.yml <<'END'\n${configuration}\nEND`,
  `cat > /tmp/rules.yml <<'END'\n${rules}\nEND`,
  "exec prometheus --config.file=/tmp/prometheus.yml --storage.tsdb.path=/tmp/data --scrape.discovery-reload-interval=1s",
].join("\n");

/** Tells in its metrics whether anybody has made it sick. */
const app = `
  let sick = 0;
  require("node:http").createServer((q, a) => { if (q.url === "/sick") sick = 1; a.end("sick " + sick + "\\n"); }).listen(80);
`;

async function playPrometheus() {
  const playground = await Playground.open();
  const { docker, name, image, labels } = playground;
  const [probe] = await Promise.all([
    startProbe(docker, { image, network: name, name: `${name}-probe`, labels }),
    playground.run("app", app),
  ]);
  const container = await docker.createContainer({
    name: `${name}-prometheus`,
    Image: prometheusImage(),
    Entrypoint: ["sh", "-c"],
    Cmd: [start],
    Labels: { ...labels },
    HostConfig: { NetworkMode: name },
    NetworkingConfig: { EndpointsConfig: { [name]: { Aliases: ["prometheus"] } } },
  });
  await container.start();
  return { playground, probe };
}

const origin = "http://prometheus:9090";
const question = (id: string, expression: string) => ({ id, expression });

test("what a real Prometheus says was so at some moment within each sample's span", async () => {
  const { playground, probe } = await playPrometheus();
  await using _ = playground;
  await using __ = probe;
  using observed = new Observed();
  const firing = 'count(ALERTS{alertname="Sick",alertstate="firing",job="app"}) or vector(0)';
  const questions = [
    question("sum", 'sum(sick{job="app"}) + 0 * count(up)'),
    question("none", "sum(no_such_series)"),
    { ...question("alert", firing), alert: "Sick" },
  ];
  const metrics = [{ selector: 'sick{job="app"}', sum: false }];
  const done = observePrometheus(probe, origin, { metrics, questions }, observed.tools);
  done.catch(() => undefined);
  const all = ["sum", "alert", 'sick{job="app"}'];
  const say = (id: string) => observed.values(id).at(-1);
  await eventually("it is well", () => all.every((id) => observed.values(id).length > 2 && say(id) === 0), 20_000);
  const before = observed.clock.now();
  await probe.fetch("http://app/sick", { timeoutMs: 1000 });
  const after = observed.clock.now();
  await eventually("it is sick", () => all.every((id) => say(id) === 1), 20_000);
  observed.end();
  await done;

  for (const id of all) {
    const items = observed.items(id);
    const well = Math.max(...items.filter(([, , value]) => value === 0).map(([from]) => from));
    // An alert does not fire before its rule has seen the scrape: then it was well for longer than what it is about.
    if (id !== "alert") expect(well, id).toBeLessThan(after);
    expect(Math.min(...items.filter(([, , value]) => value === 1).map(([, to]) => to))).toBeGreaterThan(before);
    // Its scrapes, each with its own limit, and the pace of its rules: no wider than it must be.
    for (const [from, to] of items) expect(to - from).toBeLessThan(1500);
  }
  expect(observed.items("none")).toEqual([]);
});

test("a real Prometheus refuses what it does not understand, and knows which alerts it has", async () => {
  const { playground, probe } = await playPrometheus();
  await using _ = playground;
  await using __ = probe;
  using observed = new Observed();
  await eventually("it answers", async () => (await serverTime(probe, origin)) !== undefined, 20_000);
  const asking = (it: { expression: string; alert?: string }) =>
    observePrometheus(probe, origin, { metrics: [], questions: [{ id: "x", ...it }] }, observed.tools);
  await expect(asking({ expression: "sum(" })).rejects.toMatchObject({ code: "promql-refused" });
  await expect(asking({ expression: "up[5s]" })).rejects.toMatchObject({ code: "promql-refused" });
  await expect(asking({ expression: "vector(0)", alert: "Down" })).rejects.toMatchObject({
    code: "no-such-alert",
    facts: { "it has": "Sick" },
  });
});
