import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hostNow } from "../../clock.ts";
import { LabMachine } from "./machine.ts";
import { PretendPrograms } from "./testing/pretend-programs.ts";
import { Tunnel } from "./tunnel.ts";

/** The machine by programs that only remember what they were asked; its clock is a file that says how many ms it is behind. */

let programs: PretendPrograms;
let folder: string;

const askedOfVagrant = () => programs.asked.flatMap((it) => /^vagrant (.*)/.exec(it)?.[1] ?? []);
const clockIsBehindBy = (ms: number) => writeFileSync(join(folder, "behind"), String(ms));
const behind = () => Number(readFileSync(join(folder, "behind"), "utf8"));

beforeEach(() => {
  programs = new PretendPrograms();
  folder = programs.folder;
  programs.add("vagrant", `case "$*" in "snapshot list") cat "${folder}/snapshots";; esac`);
  programs.add(
    "ssh",
    `case "$*" in
       *"date +%s%3N") echo $(( $(date +%s%3N) - $(cat "${folder}/behind") ));;
       *"sudo date -s"*) [ -e "${folder}/stubborn" ] && exit; awk -v by="$(sed "s/.*'\\(.*\\) seconds'.*/\\1/" <<< "$*")" '{ printf "%d", $1 - by * 1000 }' "${folder}/behind" > "${folder}/now" && mv "${folder}/now" "${folder}/behind";;
       ${programs.tunnelBranch}
       *"--property=Id"*) cat "${folder}/units";;
       *"/proc/uptime"*) printf 'now=1000.000000\\nup=100.50\\nUserspaceTimestampMonotonic=20500000\\nActiveEnterTimestampMonotonic=60500000\\n';;
     esac`,
  );
  clockIsBehindBy(0);
});

afterEach(() => programs[Symbol.dispose]());

async function machine() {
  const tunnel = await Tunnel.open("config", join(folder, "engine.sock"));
  return { tunnel, machine: new LabMachine({ folder, ssh: ["ssh", "default"], tunnel }) };
}

test("put back to an earlier state it gets the clock of today, however far that is away", async () => {
  const { tunnel, machine: it } = await machine();
  using _ = tunnel;
  clockIsBehindBy(754_321);
  await it.restore();
  expect(askedOfVagrant()).toEqual(["snapshot restore --no-provision healproof"]);
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

test("its files are not brought up to date while its power comes back", async () => {
  const { tunnel, machine: it } = await machine();
  using _ = tunnel;
  programs.add("virsh", `[ -e "${folder}/on" ] && echo running || echo 'shut off'`);
  programs.add(
    "vagrant",
    `echo "vagrant $* with power back: $HEALPROOF_LAB_POWER_BACK" >> "${folder}/asked"; touch "${folder}/on"`,
  );
  mkdirSync(join(folder, ".vagrant/machines/default/libvirt"), { recursive: true });
  writeFileSync(join(folder, ".vagrant/machines/default/libvirt/id"), "1");
  await it.restorePower();
  expect(programs.asked.join("\n")).toContain("vagrant up --no-provision with power back: 1");
  const vagrantfile = readFileSync(join(import.meta.dirname, "../../../Vagrantfile"), "utf8");
  expect(vagrantfile).toContain('type: "rsync", disabled: ENV["HEALPROOF_LAB_POWER_BACK"] == "1"');
});

test("only a snapshot of ours that is there is removed", async () => {
  const { tunnel, machine: it } = await machine();
  using _ = tunnel;
  writeFileSync(join(folder, "snapshots"), "==> default: \nmine\nhealproof-2\n");
  await it.forget();
  expect(askedOfVagrant()).toEqual(["snapshot list"]);
  writeFileSync(join(folder, "snapshots"), "==> default: \nmine\nhealproof\n");
  await it.forget();
  expect(askedOfVagrant().at(-1)).toBe("snapshot delete healproof");
});

test("a machine that takes long to start a process tells both its clocks of one moment", async () => {
  const { tunnel, machine: it } = await machine();
  using _ = tunnel;
  for (const slow of ["date", "cut"]) programs.add(slow, `sleep 0.5; exec /usr/bin/${slow} "$@"`);
  programs.add("systemctl", `echo UserspaceTimestampMonotonic=0; echo ActiveEnterTimestampMonotonic=0`);
  // As a real one answers: by the last of its arguments.
  programs.add("ssh", `case "$*" in *EPOCHREALTIME*|*uptime*) exec bash -c "\${*: -1}";; esac`);
  const [up = ""] = readFileSync("/proc/uptime", "utf8").split(" ");
  const booted = Date.now() - Number(up) * 1000;
  expect(Math.abs((await it.lastBoot()).kernel - booted)).toBeLessThan(250);
});

test("how it came up is told by its own wall clock", async () => {
  const { tunnel, machine: it } = await machine();
  using _ = tunnel;
  expect(await it.lastBoot()).toEqual({ kernel: 899_500, systemd: 920_000, engine: 960_000 });
});

const unitsSay = (...blocks: readonly string[]) =>
  writeFileSync(
    join(folder, "units"),
    ["now=1000.000000\nup=100.50\nboot=b-1", ...blocks.map((it) => `\n${it}`)].join("\n"),
  );
const exporter = "Id=exporter.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled";

test("its own units tell whether they are enabled, and when they were started in which boot, by its wall clock", async () => {
  const { tunnel, machine: it } = await machine();
  using _ = tunnel;
  unitsSay(
    `ActiveEnterTimestampMonotonic=30500000\n${exporter}`,
    "Id=other.service\nLoadState=loaded\nActiveState=inactive\nUnitFileState=disabled\nActiveEnterTimestampMonotonic=0",
  );
  expect(await it.units(["exporter.service", "other.service"])).toEqual([
    { unit: "exporter.service", boot: "b-1", enabled: true, startedAt: 930_000 },
    { unit: "other.service", boot: "b-1", enabled: false },
  ]);
});

test("a unit that it does not know is an error that names it", async () => {
  const { tunnel, machine: it } = await machine();
  using _ = tunnel;
  unitsSay("Id=exporter.service\nLoadState=not-found\nActiveState=inactive\nUnitFileState=");
  await expect(it.units(["exporter.service"])).rejects.toThrow("has no unit exporter.service");
});

test("that a unit is disabled is on its disk, and it runs on; enabled it is started too", async () => {
  const { tunnel, machine: it } = await machine();
  using _ = tunnel;
  await it.disable(["a.service", "b.service"]);
  expect(programs.asked.at(-1)).toBe("ssh default sudo systemctl disable --quiet a.service b.service && sync");
  await it.enable(["a.service"]);
  expect(programs.asked.at(-1)).toBe("ssh default sudo systemctl enable --quiet --now a.service && sync");
});

test("an engine is restarted when that is asked for, however long its services then take to end and come up", async () => {
  const ready = join(folder, "ready");
  programs.add(
    "ssh",
    `case "$*" in ${programs.tunnelBranch} *"systemctl start docker"*) until [ -e "${ready}" ]; do sleep 0.01; done;; esac`,
  );
  const { tunnel, machine: it } = await machine();
  using _ = tunnel;
  const restarting = it.restartEngine();
  await expect.poll(() => programs.asked.at(-1)).toBe("ssh default sudo systemctl start docker");
  expect(programs.asked.at(-2)).toBe("ssh default sudo systemctl restart --no-block docker");
  const stillBusy = hostNow();
  writeFileSync(ready, "");
  expect((await restarting).to).toBeLessThan(stillBusy);
});

test("a boot that went wrong is told to whoever needs the machine next, and to nobody after that", async () => {
  const { tunnel, machine: it } = await machine();
  using _ = tunnel;
  programs.add("virsh", `[ -e "${folder}/on" ] && echo running || echo 'shut off'`);
  programs.add("vagrant", `case "$1" in up) touch "${folder}/on"; sleep 0.5; echo 'no address' >&2; exit 1;; esac`);
  mkdirSync(join(folder, ".vagrant/machines/default/libvirt"), { recursive: true });
  writeFileSync(join(folder, ".vagrant/machines/default/libvirt/id"), "1");
  await it.restorePower();
  await expect(it.take()).rejects.toThrow("vagrant up failed");
  await it.take();
  await it.cutPower();
  expect(askedOfVagrant()).toEqual(["up --no-provision", "snapshot save --force healproof", "halt --force"]);
});
