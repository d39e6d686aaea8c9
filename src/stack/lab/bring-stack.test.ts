import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { seconds } from "../../time.ts";
import { run } from "./commands.ts";
import { PretendPrograms } from "./testing/pretend-programs.ts";

/** What `vagrant up` ends with, by programs that only remember what they were asked, and answer from files. */

const script = join(import.meta.dirname, "../../../lab/bring-stack.sh");
let programs: PretendPrograms;
let folder: string;

beforeEach(() => {
  programs = new PretendPrograms();
  folder = programs.folder;
  mkdirSync(join(folder, "fixtures/stack"), { recursive: true });
  writeFileSync(join(folder, "fixtures/stack/.env"), "TAPO_EXPORTER_IMAGE=healproof-tapo:1\n");
  programs.add("vagrant", "echo Host default");
  programs.add("zstd", "cat");
  programs.add("rsync", ":");
  programs.add(
    "docker",
    `case "$*" in
       compose*) printf '%s\\n' redis docker.io/library/postgres:17 grafana/grafana:12 app:1;;
       "image inspect grafana"*) exit 1;;
       save*) echo saved;;
     esac`,
  );
  programs.add(
    "ssh",
    `case "$*" in
       *"test -e"*) [ -e "${folder}/in-use" ];;
       *"image ls"*) printf '%s\\n' postgres:17;;
       *"docker load"*) cat > "${folder}/loaded";;
     esac`,
  );
});

afterEach(() => programs[Symbol.dispose]());

const bring = (stack: "yes" | "no" = "yes") => run([script, folder, "real", "qemu", stack], seconds(30), folder);

test("what the machine lacks and this one has is brought, and is on its disk; the rest it pulls when its stack starts", async () => {
  expect(await bring()).toMatchObject({ exitCode: 0 });
  expect(programs.asked).toContain("docker save app:1 healproof-tapo:1 redis:latest");
  expect(programs.asked.find((it) => it.includes("docker load"))).toMatch(/docker load --quiet && sync'?$/);
  expect(readFileSync(join(folder, "loaded"), "utf8")).toBe("saved\n");
  expect(programs.asked.at(-1)).toMatch(/start-stack\.sh .* real qemu$/);
});

test("a machine that a run has is left alone, and the error says how it becomes free", async () => {
  writeFileSync(join(folder, "in-use"), "");
  expect(await bring()).toMatchObject({ exitCode: 1, err: expect.stringContaining("clean --target vagrant") });
  expect(programs.asked.filter((it) => /start-stack|docker/.test(it))).toEqual([]);
});

test("to a machine that a run has for its own stacks comes the exporter that is a unit of it, and nothing else", async () => {
  writeFileSync(join(folder, "in-use"), "");
  expect(await bring("no")).toMatchObject({ exitCode: 0 });
  expect(programs.asked.filter((it) => it.startsWith("docker save"))).toEqual(["docker save healproof-tapo:1"]);
  expect(programs.asked.at(-1)).toMatch(/start-exporter\.sh /);
  expect(programs.asked.filter((it) => it.includes("start-stack"))).toEqual([]);
});
