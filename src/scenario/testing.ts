import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { exitCode, KnownError } from "../errors.ts";
import { crash } from "../fault/crash.ts";
import { hang } from "../fault/hang.ts";
import { type LoadedScenario, loadScenarios } from "./load.ts";

/** For tests: scenarios in a folder of their own, with a Compose file beside them. */

const composeText = `\
x-service: &service { restart: always, depends_on: { redis: { condition: service_started } } }
services:
  app:
    <<: *service
    networks: { default: { aliases: [shop] } }
  redis: { restart: always }
  watchdog: *service
  prometheus: { container_name: metrics }
`;

export const goodText = `\
name: app-crash
claim: When the app is killed, it is back within 5 s
tags: [gate]
stack:
  compose: ../compose.yaml
  prometheus: http://prometheus:9090
fault: { crash: { service: app } }
recovery:
  within: 5s
  healedBy: restart-policy
  when:
    - { metric: 'up{job="app"}', is: 1 }
    - { probe: http://app:8080/readyz, status: 200 }
  stableFor: 3s
  corroboratedBy:
    - { counter: 'recoveries_total{service="app"}', increases: true, within: 10s }
controls:
  - without: restart-policy
    override: { app: { restart: "no" } }
    expect: never-recovered
`;

/** The good scenario with parts replaced. A part that is not there is a mistake in the test. */
export function goodTextWith(...changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the good scenario has no ${JSON.stringify(from)}`);
    return text.replace(from, () => to);
  }, goodText);
}

/** Few, so that what an error lists does not change with each fault that there is. */
const faults = [crash, hang];

export type Files = Readonly<Record<string, string | Uint8Array>>;

export async function inFolder<T>(files: Files, use: (root: string) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), "scenarios-"));
  try {
    for (const [name, content] of Object.entries({ "compose.yaml": composeText, ...files })) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), content);
    }
    return await use(root);
  } finally {
    await rm(root, { recursive: true });
  }
}

export function load(files: Files, selectors: readonly string[] = []): Promise<LoadedScenario[]> {
  return inFolder(files, (root) => loadScenarios(selectors, { faults, root }));
}

/** The error of a refused scenario, or of several, as people read it. */
export async function refused(files: string | Uint8Array | Files, selectors?: readonly string[]): Promise<string> {
  const named = typeof files === "string" || files instanceof Uint8Array ? { "scenarios/it.yaml": files } : files;
  try {
    await load(named, selectors);
  } catch (thrown) {
    if (!(thrown instanceof KnownError) || thrown.exitCode !== exitCode.usage) throw thrown;
    return `\n${thrown}\n`;
  }
  return "not refused";
}
