import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LabMachine } from "./machine.ts";
import { Tunnel } from "./tunnel.ts";

/** The machine by programs that only remember what they were asked; its clock is a file that says how many ms it is behind. */

let folder: string;
const before = process.env.PATH;

function program(name: string, script: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/bash\necho "${name} $*" >> "${folder}/asked"\n${script}\n`);
  chmodSync(file, 0o755);
}

const asked = (name: string) =>
  readFileSync(join(folder, "asked"), "utf8")
    .trim()
    .split("\n")
    .filter((it) => it.startsWith(`${name} `))
    .map((it) => it.slice(name.length + 1));
const clockIsBehindBy = (ms: number) => writeFileSync(join(folder, "behind"), String(ms));
const behind = () => Number(readFileSync(join(folder, "behind"), "utf8"));

const engine = `const [, , socket] = process.argv; require("node:http").createServer((_, answer) => answer.end("OK")).listen(socket)`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hp-machine-"));
  writeFileSync(join(folder, "engine.cjs"), engine);
  process.env.PATH = `${folder}${delimiter}${before}`;
  program("vagrant", `case "$*" in "snapshot list") cat "${folder}/snapshots";; esac`);
  program(
    "ssh",
    `case "$*" in
       *"date +%s%3N") echo $(( $(date +%s%3N) - $(cat "${folder}/behind") ));;
       *"sudo date -s"*) [ -e "${folder}/stubborn" ] && exit; awk -v by="$(sed "s/.*'\\(.*\\) seconds'.*/\\1/" <<< "$*")" '{ printf "%d", $1 - by * 1000 }' "${folder}/behind" > "${folder}/now" && mv "${folder}/now" "${folder}/behind";;
       *" -L "*) socket=$(sed 's/.* -L \\([^:]*\\):.*/\\1/' <<< "$*"); exec "${process.execPath}" "${folder}/engine.cjs" "$socket";;
       *"/proc/uptime"*) printf 'now=1000000\\nup=100.50\\nUserspaceTimestampMonotonic=20500000\\nActiveEnterTimestampMonotonic=60500000\\n';;
     esac`,
  );
  clockIsBehindBy(0);
});

afterEach(() => {
  process.env.PATH = before;
  rmSync(folder, { recursive: true, force: true });
});

async function machine() {
  const tunnel = await Tunnel.open("config", join(folder, "engine.sock"));
  return { tunnel, machine: new LabMachine({ folder, ssh: ["ssh", "default"], tunnel }) };
}

test("put back to an earlier state it gets the clock of today, however far that is away", async () => {
  const { tunnel, machine: it } = await machine();
  using _ = tunnel;
  clockIsBehindBy(754_321);
  await it.restore();
  expect(asked("vagrant")).toEqual(["snapshot restore --no-provision healproof"]);
  expect(Math.abs(behind())).toBeLessThan(500);
});

test("a clock that cannot be set is an error that says how wrong it is", async () => {
  const { tunnel, machine: it } = await machine();
  using _ = tunnel;
  clockIsBehindBy(754_321);
  writeFileSync(join(folder, "stubborn"), "");
  const thrown = await it.restore().catch((it: unknown) => it);
  expect(thrown).toMatchObject({
    code: "wrong-clock",
    facts: { "it is behind by": expect.stringMatching(/^754\.\d s$/) },
  });
});

test("only a snapshot of ours that is there is removed", async () => {
  const { tunnel, machine: it } = await machine();
  using _ = tunnel;
  writeFileSync(join(folder, "snapshots"), "==> default: \nmine\nhealproof-2\n");
  await it.forget();
  expect(asked("vagrant")).toEqual(["snapshot list"]);
  writeFileSync(join(folder, "snapshots"), "==> default: \nmine\nhealproof\n");
  await it.forget();
  expect(asked("vagrant").at(-1)).toBe("snapshot delete healproof");
});

test("how it came up is told by its own wall clock", async () => {
  const { tunnel, machine: it } = await machine();
  using _ = tunnel;
  expect(await it.lastBoot()).toEqual({ kernel: 899_500, systemd: 920_000, engine: 960_000 });
});
