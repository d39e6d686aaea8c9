import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { spanOf } from "../../clock.ts";
import { KnownError } from "../../errors.ts";
import type { Host, HostUnit, LastBoot } from "../../fault/host.ts";
import { seenWithin } from "../../fault/looking.ts";
import { type Duration, minutes, ms, seconds } from "../../time.ts";
import { must, vagrant } from "./commands.ts";
import type { Snapshot } from "./stacks.ts";
import type { Tunnel } from "./tunnel.ts";

/** What a trial's machine is kept under, for the next one. */
const snapshot = "healproof";
/** What may be left between the machine's clock and ours, beside what the asking takes. */
const clockMayDiffer = seconds(1);

/** The lab's VM as the machine that it stands for: its mains are its provider's, its services are asked over SSH. */

const limits = {
  ask: seconds(30),
  halt: minutes(2),
  up: minutes(15),
  power: minutes(2),
  service: minutes(10),
} as const;
const askAgain = ms(100);
const engineUnit = "docker";
/**
 * In Bash, both times of one moment, in seconds, so that what counts from the boot can be told by the wall clock: to start a process for
 * either takes long where it is emulated.
 */
const tellMoment = "read -r up _ < /proc/uptime; echo now=$EPOCHREALTIME; echo up=$up";

export interface LabMachineOrder {
  readonly folder: string;
  /** The words before a command that is to run in the VM. */
  readonly ssh: readonly string[];
  readonly tunnel: Tunnel;
}

/** How each provider is asked whether its machine runs: far sooner than Vagrant, which takes two seconds to say anything. */
const runs: Readonly<Record<string, { readonly ask: (id: string) => readonly string[]; readonly says: RegExp }>> = {
  libvirt: { ask: (id) => ["virsh", "-c", "qemu:///system", "domstate", id], says: /^running/m },
  virtualbox: { ask: (id) => ["VBoxManage", "showvminfo", id, "--machinereadable"], says: /^VMState="running"/m },
};

export class LabMachine implements Host, Snapshot, AsyncDisposable {
  readonly #order: LabMachineOrder;
  #booting: Promise<unknown> = Promise.resolve();

  constructor(order: LabMachineOrder) {
    this.#order = order;
  }

  async cutPower() {
    await this.#booted();
    const cut = { HEALPROOF_LAB_POWER_CUT: "1" };
    return spanOf(() => vagrant(["halt", "--force"], limits.halt, this.#order.folder, cut));
  }

  async hasPower(): Promise<boolean> {
    const { provider, id } = this.#machine();
    const known = runs[provider];
    if (!known)
      throw new KnownError("unknown-provider", `healproof cannot ask ${provider} whether its machine runs`, {
        facts: { known: Object.keys(runs).join(", ") },
      });
    return known.says.test(await must(known.ask(id), limits.ask, this.#order.folder));
  }

  async restorePower() {
    return spanOf(async () => {
      if (await this.hasPower()) return;
      this.#booting = this.#vagrant(["up", "--no-provision"]);
      // It goes on after the machine has power: what becomes of it is told to whoever needs the machine next.
      this.#booting.catch(() => undefined);
      const on = seenWithin(() => this.hasPower(), limits.power, askAgain);
      // Where it fails that is told at once. Else it is seen, so that nobody goes on looking behind whoever asked.
      if ((await Promise.race([on, this.#booting.then(() => on)])) === undefined)
        throw new KnownError("no-power", "the lab's machine did not start", { facts: { try: "vagrant up" } });
    });
  }

  async restartEngine() {
    const asked = await spanOf(() => this.#service("restart --no-block"));
    // Joins what was asked for, and returns with it.
    await this.startEngine();
    return asked;
  }

  async startEngine(): Promise<void> {
    await this.#service("start");
  }

  async engineStart(): Promise<string> {
    const { ssh, folder } = this.#order;
    const show = ["systemctl", "show", engineUnit, "--property=ActiveEnterTimestampMonotonic,MainPID"];
    return (await must([...ssh, ...show], limits.ask, folder)).trim();
  }

  async lastBoot(): Promise<LastBoot> {
    const { ssh, folder } = this.#order;
    const script = [
      tellMoment,
      "systemctl show --property=UserspaceTimestampMonotonic",
      `systemctl show ${engineUnit} --property=ActiveEnterTimestampMonotonic`,
    ].join("; ");
    const said = await must([...ssh, script], limits.ask, folder);
    const figures =
      /now=([\d.]+)\s+up=([\d.]+)\s+UserspaceTimestampMonotonic=(\d+)\s+ActiveEnterTimestampMonotonic=(\d+)/.exec(said);
    if (!figures) throw unknownBoot(said);
    const [nowS = 0, upS = 0, systemdUs = 0, engineUs = 0] = figures.slice(1).map(Number);
    const kernel = (nowS - upS) * 1000;
    return { kernel, systemd: kernel + systemdUs / 1000, engine: kernel + engineUs / 1000 };
  }

  async units(names: readonly string[]): Promise<HostUnit[]> {
    const { ssh, folder } = this.#order;
    const properties = ["Id", "LoadState", "ActiveState", "UnitFileState", "ActiveEnterTimestampMonotonic"];
    const script = [
      tellMoment,
      "echo boot=$(cat /proc/sys/kernel/random/boot_id)",
      "echo",
      `systemctl show --property=${properties.join(",")} ${names.join(" ")}`,
    ].join("; ");
    const said = await must([...ssh, script], limits.ask, folder);
    const [{ now, up, boot } = {}, ...shown] = said
      .trim()
      .split(/\n{2,}/)
      .map(assignments);
    if (!now || !up || !boot) throw unknownBoot(said);
    const kernel = (Number(now) - Number(up)) * 1000;
    return names.map((unit) => {
      const it = shown.find(({ Id }) => Id === unit);
      if (it?.LoadState !== "loaded")
        throw new KnownError("no-such-unit", `the lab's machine has no unit ${unit}`, {
          facts: { "it printed": said.trim().slice(-500), try: "npm run lab, which sets all of them up" },
        });
      const since = Number(it.ActiveEnterTimestampMonotonic ?? 0);
      const runs = it.ActiveState === "active" && since > 0;
      const enabled = it.UnitFileState === "enabled";
      return { unit, boot, enabled, ...(runs ? { startedAt: kernel + since / 1000 } : {}) };
    });
  }

  /** Synced: its mains may be cut next. */
  async disable(units: readonly string[]): Promise<void> {
    await this.#sudo(`systemctl disable --quiet ${units.join(" ")} && sync`);
  }

  async enable(units: readonly string[]): Promise<void> {
    await this.#sudo(`systemctl enable --quiet --now ${units.join(" ")} && sync`);
  }

  engineIsBack(within: Duration): Promise<void> {
    return this.#order.tunnel.reopen(within);
  }

  async take(): Promise<void> {
    await this.#booted();
    await this.#vagrant(["snapshot", "save", "--force", snapshot]);
  }

  async restore(): Promise<void> {
    await this.#booted();
    await this.#vagrant(["snapshot", "restore", "--no-provision", snapshot]);
    // First, so that also what has a wrong clock can be removed.
    await this.engineIsBack(limits.service);
    await this.#setClock();
  }

  async forget(): Promise<void> {
    await this.#booting.catch(() => undefined);
    const names = await this.#vagrant(["snapshot", "list"]);
    if (names.split("\n").some((it) => it.trim().split(" ").at(-1) === snapshot))
      await this.#vagrant(["snapshot", "delete", snapshot]);
  }

  /** Its clock goes on where it stood; steps it to ours, and looks whether it is right. */
  async #setClock(): Promise<void> {
    const { ssh, folder } = this.#order;
    const behind = async () => {
      const before = Date.now();
      const theirs = Number(await must([...ssh, "date", "+%s%3N"], limits.ask, folder));
      const after = Date.now();
      return { ms: (before + after) / 2 - theirs, uncertainty: (after - before) / 2 };
    };
    const { ms: by } = await behind();
    await must([...ssh, "sudo", "date", "-s", `'${(by / 1000).toFixed(3)} seconds'`], limits.ask, folder);
    const { ms: left, uncertainty } = await behind();
    if (Math.abs(left) <= clockMayDiffer + uncertainty) return;
    throw new KnownError("wrong-clock", "the lab's machine was put back to an earlier state, and its clock is wrong", {
      facts: { "it is behind by": `${(left / 1000).toFixed(1)} s`, try: "vagrant reload" },
    });
  }

  /** Waits for a boot that still goes on. What went wrong with it is told once: whoever comes next finds the machine as it is. */
  async #booted(): Promise<void> {
    const booting = this.#booting;
    try {
      await booting;
    } finally {
      if (this.#booting === booting) this.#booting = Promise.resolve();
    }
  }

  #vagrant(args: readonly string[]): Promise<string> {
    return vagrant(args, limits.up, this.#order.folder, { HEALPROOF_LAB_POWER_BACK: "1" });
  }

  /** Whether its processor is emulated, because this machine's supports no virtual ones. */
  async isEmulated(): Promise<boolean> {
    const { provider, id } = this.#machine();
    if (provider !== "libvirt") return false;
    const description = await must(["virsh", "-c", "qemu:///system", "dumpxml", id], limits.ask, this.#order.folder);
    return /<domain[^>]*\btype='qemu'/.test(description);
  }

  /** Whoever ends leaves a machine that has booted. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#booting.catch(() => undefined);
  }

  #service(action: "restart --no-block" | "start"): Promise<void> {
    return this.#sudo(`systemctl ${action} ${engineUnit}`);
  }

  async #sudo(command: string): Promise<void> {
    const { ssh, folder } = this.#order;
    await must([...ssh, `sudo ${command}`], limits.service, folder);
  }

  /** As Vagrant notes it. */
  #machine(): { readonly provider: string; readonly id: string } {
    const folder = join(this.#order.folder, ".vagrant/machines/default");
    const provider = existsSync(folder)
      ? readdirSync(folder).find((it) => existsSync(join(folder, it, "id")))
      : undefined;
    if (provider === undefined)
      throw new KnownError("no-lab", "there is no lab to be broken", {
        facts: { "looked in": folder, try: "vagrant up" },
      });
    return { provider, id: readFileSync(join(folder, provider, "id"), "utf8").trim() };
  }
}

/** Lines of `name=value`. */
const assignments = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]));

const unknownBoot = (said: string) =>
  new KnownError("unknown-boot", "the lab's machine does not say how it came up", {
    facts: { "it printed": said.trim().slice(-500) },
  });
