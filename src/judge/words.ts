import type { TrialPlan } from "../plan.ts";
import type { Healer } from "../scenario/schema.ts";
import type { Duration, Instant } from "../time.ts";
import { formatDuration, ms } from "../time.ts";
import type { ActJudgement, HealedBy, TrialJudgement } from "./judgement.ts";

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

type Control = NonNullable<TrialJudgement["control"]>;

/** What a control changes, planned or judged. */
interface Change {
  readonly without?: Healer | undefined;
  readonly given?: string | undefined;
}

/** `without the watchdog`; `afterwards, without the watchdog` where it is of what a scenario breaks afterwards. */
export const withoutHealer = (control: Change & { readonly of?: "afterwards" | undefined }): string =>
  `${control.of === "afterwards" ? "afterwards, " : ""}${otherwise(control)}`;

/** `without the watchdog`, `where redis carries the label`. */
export const otherwise = ({ without, given }: Change): string =>
  without === undefined ? `where ${given ?? "something is otherwise"}` : `without ${healerName(without)}`;

/** What is to be seen in a control: `it does not recover`. */
export function toBeSeen({ acts: [main], ledger }: Pick<TrialPlan, "acts" | "ledger">): string {
  if (ledger?.lossExpected) return "what was acknowledged is lost";
  if (main?.expect === "recovered") return "it recovers all the same";
  if (main?.goal === "escalation") return "nobody is called";
  return main?.goal === "holds" ? "it does not stay so" : "it does not recover";
}

/** `control without the watchdog`, `control of afterwards, without the watchdog`. */
export const controlLabel = (control: Control): string =>
  `control ${control.of === undefined ? "" : "of "}${withoutHealer(control)}`;

/** `control without the watchdog: it does not recover`. */
export const controlTitle = (control: Control): string =>
  `${controlLabel(control)}${control.expects === undefined ? "" : `: ${control.expects}`}`;

/** What a trial is called beside the others of its scenario: `control without the watchdog: `, `trial 3: `; nothing where there is one. */
export function trialPrefix({ control, nth }: TrialJudgement): string {
  if (control) return `${controlLabel(control)}: `;
  return nth === undefined ? "" : `trial ${nth}: `;
}

/** One act of a trial; undefined where it was not reached. */
export const actOf = ({ acts }: TrialJudgement, act: ActJudgement["act"]): ActJudgement | undefined =>
  acts.find((it) => it.act === act);

/** A duration that somebody chose: `5 s`, not `5.00 s`. */
export const plain = (value: Duration): string =>
  formatDuration(value).replace(/\.(\d*?)0+ s$/, (_, kept: string) => (kept ? `.${kept} s` : " s"));

/** At least so long: `7 min 12 s` of 7 min 12.6 s. */
export const wholeSeconds = (value: Duration): string =>
  value < 1000 ? formatDuration(value) : plain(ms(Math.floor(value / 1000) * 1000));

/** An instant of the trial: `at 12.345 s`. */
export const atInstant = (at: Instant): string => `at ${(at / 1000).toFixed(3)} s`;

export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
