import { writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FakeEngine } from "../stack/testing/fake-engine.ts";
import { Healproof } from "./testing/healproof.ts";

/** An engine that hangs must not hang us: what lacks an answer is told, and the process ends. Limits pass twenty times as fast. */

/** Far less than the engine's limit, unhurried. */
const fastEnoughMs = 30_000;
const hurried = new URL("./testing/hurried-clock.ts", import.meta.url);

const scenario = `name: api-crash
claim: The restart policy has a crashed API back
stack: { compose: ./compose.yaml }
fault: { crash: { service: api } }
recovery: { within: 10s, healedBy: restart-policy, when: [{ probe: "http://api:8080/" }] }
uncontrolled: nothing of it is ever started
`;

async function healproofAgainst(answer: RequestListener, args: (folder: string) => string[], also?: URL) {
  using engine = await FakeEngine.start(answer);
  using healproof = new Healproof();
  const { folder } = healproof;
  writeFileSync(join(folder, "compose.yaml"), "services: { api: { image: nobody-has-this, restart: always } }\n");
  writeFileSync(join(folder, "it.yaml"), scenario);
  const { code, out, err } = await healproof.run(args(folder), {
    DOCKER_HOST: `unix://${engine.socket}`,
    NODE_OPTIONS: [hurried, ...(also ? [also] : [])].map((it) => `--import=${it}`).join(" "),
  });
  return { code, said: out + err };
}

/** What is asked of an engine before anything else; the network where the tests themselves run in a container. */
const introduction: Record<string, unknown> = {
  "/info": { ServerVersion: "1", NCPU: 2, MemTotal: 2 ** 30, OperatingSystem: "none", OSType: "linux" },
  "/networks/bridge": { IPAM: { Config: [{ Gateway: "172.17.0.1" }] } },
};

const commands: [string, (folder: string) => string[]][] = [
  ["doctor", (folder) => ["doctor", join(folder, "compose.yaml")]],
  ["clean", () => ["clean"]],
  ["run", (folder) => ["run", join(folder, "it.yaml"), "--out", folder]],
  ["up", (folder) => ["up", join(folder, "compose.yaml")]],
  ["down", () => ["down"]],
  ["inject", () => ["inject", "hang", "--param", "service=api"]],
];

describe.concurrent("a defect in what nobody awaits", () => {
  test.each([
    ["clean", () => ["clean"], "", false],
    ["run", (folder: string) => ["run", join(folder, "it.yaml"), "--out", folder], "?under-way", true],
  ] as const)("ends %s with its stack and exit code 70, and no verdict", async (_, args, once, putsBack) => {
    const defect = new URL("./testing/late-defect.ts", import.meta.url);
    defect.search = once;
    const { code, said } = await healproofAgainst(() => undefined, args, defect);
    expect(code).toBe(70);
    expect(said).toMatch(/a defect that nobody awaits\n +at /);
    expect(said).not.toMatch(/proven|refuted|inconclusive/);
    expect(said.includes("a defect of healproof: putting everything back")).toBe(putsBack);
  });
});

describe.concurrent.each(commands)("%s", (command, args) => {
  test("ends where an engine accepts connections and never answers", { timeout: fastEnoughMs }, async () => {
    const { code, said } = await healproofAgainst(() => undefined, args);
    expect(code).toBe(69);
    expect(said).toContain("the container engine did not answer within 60.0 s");
    if (command === "doctor") expect(said).toContain("restart it");
  });

  test("ends where an engine falls silent after it has said who it is", {
    timeout: fastEnoughMs,
  }, async () => {
    const { code, said } = await healproofAgainst((request, response) => {
      const known = introduction[request.url ?? ""];
      if (known) response.end(JSON.stringify(known));
    }, args);
    expect(code).toBe(command === "doctor" ? 69 : 70);
    expect(said).not.toContain("no container engine answers");
    expect(said).toContain("the container engine did not answer within 60.0 s");
  });
});
