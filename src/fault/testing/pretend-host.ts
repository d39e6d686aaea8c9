import { spanOf } from "../../clock.ts";
import type { Host } from "../host.ts";

/** A machine that remembers what was done to it. */
export class PretendHost implements Host {
  power = true;
  starts = 1;
  running = true;
  /** Whether it does as it is told. */
  obeys = true;

  cutPower = () =>
    spanOf(async () => {
      if (this.obeys) this.power = false;
    });
  hasPower = async () => this.power;
  restorePower = () =>
    spanOf(async () => {
      this.power = true;
    });
  restartEngine = () =>
    spanOf(async () => {
      if (this.obeys) this.starts++;
    });
  engineStart = async () => `start ${this.starts}`;
  startEngine = async () => {
    this.running = true;
  };
  lastBoot = async () => ({ kernel: 0, systemd: 0, engine: 0 });
  disabled: readonly string[] = [];
  disable = async (units: readonly string[]) => {
    this.disabled = [...new Set([...this.disabled, ...units])];
  };
  enable = async (units: readonly string[]) => {
    this.disabled = this.disabled.filter((it) => !units.includes(it));
  };
  units = async (names: readonly string[]) =>
    names.map((unit) => ({ unit, boot: `boot ${this.starts}`, enabled: !this.disabled.includes(unit), startedAt: 0 }));
  engineIsBack = async () => undefined;
}
