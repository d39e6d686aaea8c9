import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { render } from "./env-file.mjs";
import { localImages } from "./local-images.mjs";
import type { Result } from "./machine.mjs";
import { optionalEntries, optionalImage } from "./optional-images.mjs";
import { scriptedMachine, silently } from "./scripted-machine.ts";

const entry = { variable: "GRAFANA_IMAGE", official: "grafana/grafana:1", profile: "grafana" };
const refused = { code: 1, stderr: "Error response from daemon: lookup registry: no such host" };

function folder() {
  const path = mkdtempSync(join(tmpdir(), "healproof-test-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** Brings the step as the plan does, on a machine with these images; the root remembers between two of them. */
async function bring(root: string, present: string, pull: string | Partial<Result>, env: Record<string, string> = {}) {
  const { machine, ran } = scriptedMachine({ root, env }, (line) => {
    if (line.startsWith("docker images")) return present;
    return line.startsWith("docker pull") ? pull : "sha256:1";
  });
  const chosen = new Map<string, string>();
  const profiles = new Set<string>();
  const step = optionalImage(machine, entry, { images: localImages(machine), chosen, profiles });
  const did = (await step.check()) ? await step.run(silently) : "nothing to do";
  return { did, image: chosen.get("GRAFANA_IMAGE"), profiles: [...profiles], ran };
}

const pulls = (ran: readonly string[]) => ran.filter((line) => line.startsWith("docker pull"));

test("an optional image that is in reach is pulled, and its profile is active", async () => {
  expect(await bring(folder(), "", "1: Pulling\n")).toMatchObject({
    did: "grafana/grafana:1 pulled",
    image: "grafana/grafana:1",
    profiles: ["grafana"],
  });
});

test("out of reach it is left out with one line, and no registry is asked again, until the image is there", async () => {
  const root = folder();
  const first = await bring(root, "", refused);
  expect(first.did).toMatch(/^left out of the stack, .*grafana\/grafana:1 \(its registry: no such host\)/);
  expect(first.did).not.toContain("\n");
  expect(first).toMatchObject({ image: undefined, profiles: [] });

  const second = await bring(root, "", "would be there");
  expect(second).toMatchObject({ did: "nothing to do", image: undefined, profiles: [] });
  expect(pulls(second.ran)).toEqual([]);

  const third = await bring(root, "grafana/grafana:1 sha256:2\n", refused);
  expect(third).toMatchObject({ did: "nothing to do", image: "grafana/grafana:1", profiles: ["grafana"] });
});

test.each([{ HEALPROOF_SETUP: "no" }, { HEALPROOF_PULL: "no" }])("with %o it is no reason to fail", async (env) => {
  const { did, profiles, ran } = await bring(folder(), "", "", env);
  expect({ did, profiles, pulls: pulls(ran) }).toEqual({ did: "nothing to do", profiles: [], pulls: [] });
});

test("the environment's own image is used as it is", async () => {
  const { image, profiles } = await bring(folder(), "", refused, { GRAFANA_IMAGE: "mine:1" });
  expect({ image, profiles }).toEqual({ image: "mine:1", profiles: ["grafana"] });
});

test("Compose is told of the active profiles, and of none where there is none", () => {
  const socket = { path: "/s", group: 0 };
  expect(render(new Map(), socket, new Set(["grafana"]))).toContain("\nCOMPOSE_PROFILES=grafana\n");
  expect(render(new Map(), socket, new Set())).not.toContain("COMPOSE_PROFILES");
});

test("grafana is the stack's optional image, pinned", () => {
  expect(optionalEntries(process.cwd())).toEqual([
    {
      variable: "GRAFANA_IMAGE",
      official: expect.stringMatching(/^grafana\/grafana:\d+\.\d+\.\d+$/),
      profile: "grafana",
    },
  ]);
});
