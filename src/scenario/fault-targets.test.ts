import { describe, expect, test } from "vitest";
import { KnownError } from "../errors.ts";
import { crash } from "../fault/crash.ts";
import { partition } from "../fault/partition.ts";
import { loadScenarios } from "./load.ts";
import { type Files, goodTextWith, inFolder } from "./testing.ts";

const fault = "fault: { crash: { service: app } }";

/** What is said of the good scenario with another fault, and of another Compose file; nothing where it is valid. */
async function said(of: string, compose: string, more: Files = {}): Promise<string> {
  const files = { "scenarios/it.yaml": goodTextWith([fault, of]), "compose.yaml": compose, ...more };
  try {
    await inFolder(files, (root) => loadScenarios([], { faults: [crash, partition], root }));
    return "";
  } catch (thrown) {
    if (thrown instanceof KnownError) return `${thrown}`;
    throw thrown;
  }
}

const services = (app: string, toxiproxy = "{ image: toxiproxy }") =>
  `services: { app: ${app}, prometheus: {}, toxiproxy: ${toxiproxy} }\n`;

describe("a container that the service does not have", () => {
  const second = "fault: { crash: { service: app, replica: 2 } }";

  test("is told where it stands", async () => {
    expect(await said(second, services("{}"))).toBe(`\
scenarios/it.yaml:7:42  app has no container number 2, only one (its scale in the Compose file)
  7 | fault: { crash: { service: app, replica: 2 } }
    |                                          ^`);
  });

  test.each([
    ["scale", "{ scale: 2 }"],
    ["deploy", "{ deploy: { replicas: 2 } }"],
    ["a variable, which may say how many", "{ scale: $HOW_MANY }"],
    ["another service that it extends, which may", "{ extends: { file: other.yaml, service: app } }"],
  ])("is none where the Compose file has: %s", async (_, app) => {
    expect(await said(second, services(app))).toBe("");
  });

  test("is told of what is broken afterwards, too", async () => {
    const later = `${fault}
afterwards:
  fault: { crash: { service: app, replica: 3 } }
  recovery: { within: 5s, healedBy: watchdog, when: [{ probe: tcp://app:1 }] }
uncontrolled: it is only there to be read`;
    expect(await said(later, services("{ scale: 2 }"))).toContain("no container number 3, only 2");
  });
});

test("a condition on a container that the service does not have is told where it stands", async () => {
  const gone = `${fault}\nnever: [{ container: app, replica: 2, is: exited }]`;
  expect(await said(gone, services("{}"))).toContain("scenarios/it.yaml:8:36  app has no container number 2, only one");
  expect(await said(gone, services("{ scale: 2 }"))).toBe("");
});

describe("a link that Toxiproxy does not have", () => {
  const cut = "fault: { partition: { link: api-to-bd } }";
  const config = { "links/toxiproxy.json": JSON.stringify([{ name: "api-to-db" }, { name: "api-to-cache" }]) };
  const command = "command: [-host=0.0.0.0, -config=/etc/links/toxiproxy.json]";

  test.each([
    ["a folder", `{ ${command}, volumes: ["./links:/etc/links:ro"] }`],
    ["a file", `{ ${command}, volumes: [{ source: links/toxiproxy.json, target: /etc/links/toxiproxy.json }] }`],
  ])("is told where its configuration is mounted as %s", async (_, toxiproxy) => {
    expect(await said(cut, services("{}", toxiproxy), config)).toBe(`\
scenarios/it.yaml:7:29  toxiproxy has no link "api-to-bd" (its -config has api-to-db, api-to-cache); did you mean "api-to-db"?
  7 | fault: { partition: { link: api-to-bd } }
    |                             ^`);
  });

  test.each([
    ["in its image", `{ ${command} }`],
    ["in a file that a variable names", `{ ${command}, volumes: ["$LINKS:/etc/links"] }`],
    ["in a file that is not there", `{ ${command}, volumes: ["./nowhere:/etc/links"] }`],
    ["told by nobody", `{ volumes: ["./links:/etc/links"] }`],
  ])("may have it where that is %s", async (_, toxiproxy) => {
    expect(await said(cut, services("{}", toxiproxy), config)).toBe("");
  });

  test("may have it where the scenario has it started otherwise", async () => {
    const otherwise = ["stack:\n", "stack:\n  override: { toxiproxy: { command: [-version] } }\n"] as const;
    const text = goodTextWith([fault, cut], otherwise);
    const compose = services("{}", `{ ${command}, volumes: ["./links:/etc/links"] }`);
    expect(await said(cut, compose, { ...config, "scenarios/it.yaml": text })).toBe("");
  });
});

test("a connection that is refused in one direction only is no fault, and is told where it stands", async () => {
  const half = "fault: { partition: { link: api-to-db, mode: refused, direction: upstream } }";
  expect(await said(half, services("{}"))).toBe(`\
scenarios/it.yaml:7:66  fault.partition.direction: a connection is refused as a whole, not in one direction: mode: silent, or no direction
  7 | fault: { partition: { link: api-to-db, mode: refused, direction: upstream } }
    |                                                                  ^`);
});
