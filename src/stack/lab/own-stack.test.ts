import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { seconds } from "../../time.ts";
import { must } from "./commands.ts";
import { PretendPrograms } from "./testing/pretend-programs.ts";

/** What the VM's own scripts do about the lab's stack, by programs that only remember what they were asked. */

const root = join(import.meta.dirname, "../../..");
let programs: PretendPrograms;
let mark: string;

beforeEach(() => {
  programs = new PretendPrograms();
  mark = join(programs.folder, "healproof/in-use");
  programs.add("systemctl", `case "$*" in cat*|is-enabled*) [ -e "${programs.folder}/has-unit" ];; esac`);
  programs.add("docker", `case "$*" in ps*) printf '%s\\n' c1 c2;; esac`);
  programs.add("sync", `[ -e "${mark}" ] && echo marked >> "${programs.folder}/asked" || true`);
});

afterEach(() => programs[Symbol.dispose]());

const ownStack = (goes: "away" | "back") =>
  must([join(root, "lab/own-stack.sh"), goes, mark], seconds(20), programs.folder);
const withUnit = () => must(["touch", join(programs.folder, "has-unit")], seconds(5), programs.folder);

test("what is left of it goes, and it is on the disk that it must not start, before anything may lose power", async () => {
  await withUnit();
  await ownStack("away");
  expect(programs.asked.filter((it) => !it.startsWith("systemctl cat"))).toEqual([
    "systemctl stop healproof-stack",
    "systemctl start docker",
    "docker ps --all --quiet --filter label=com.docker.compose.project=healproof-lab",
    "docker rm --force c1",
    "docker rm --force c2",
    "sync ",
    "marked",
  ]);
});

test("it comes back where it comes up at boot", async () => {
  await withUnit();
  await ownStack("away");
  await ownStack("back");
  expect(existsSync(mark)).toBe(false);
  expect(programs.asked.at(-1)).toBe("systemctl start --no-block healproof-stack");
});

test("a machine that never had one has none afterwards", async () => {
  await ownStack("away");
  await ownStack("back");
  expect(programs.asked.filter((it) => /systemctl (stop|start) .*healproof-stack/.test(it))).toEqual([]);
});

test("its unit looks for the same mark, and leaves no container that the engine would start again", () => {
  const [place] = /(?<=\$\{2:-).*(?=\})/.exec(readFileSync(join(root, "lab/own-stack.sh"), "utf8")) ?? [];
  const unit = readFileSync(join(root, "lab/start-stack.sh"), "utf8");
  expect(unit).toContain(`ConditionPathExists=!${place}'`);
  expect(unit).toMatch(/ExecStop=.* down"/);
});
