import type { Duration, Instant } from "../time.ts";
import { formatDuration } from "../time.ts";
import type { HealedBy } from "./judgement.ts";

/** How judgements name things in their sentences. */

const names: Readonly<Record<HealedBy, string>> = {
  "restart-policy": "the restart policy",
  watchdog: "the watchdog",
  systemd: "systemd",
  application: "the application itself",
  orchestrator: "the orchestrator",
  harness: "healproof itself",
  several: "several healers",
  unknown: "an unknown healer",
  nobody: "nobody",
};

export const healerName = (healer: HealedBy): string => names[healer];

/** A duration that somebody chose: `5 s`, not `5.00 s`. */
export const plain = (value: Duration): string =>
  formatDuration(value).replace(/\.(\d*?)0+ s$/, (_, kept: string) => (kept ? `.${kept} s` : " s"));

/** An instant of the trial: `at 12.345 s`. */
export const atInstant = (at: Instant): string => `at ${(at / 1000).toFixed(3)} s`;

export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
