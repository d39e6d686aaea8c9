import type {
  ActJudgement,
  Evidence,
  HealedBy,
  InconclusiveReason,
  Outcome,
  ScenarioJudgement,
  TrialJudgement,
  Verdict,
} from "../judge/judgement.ts";
import { isAsClaimed } from "../judge/ledger.ts";
import { together } from "../judge/together.ts";
import { actOf, healerName, wholeSeconds, withoutHealer } from "../judge/words.ts";
import { type Duration, formatDuration, formatInterval, ms } from "../time.ts";
import { matrixHeadline } from "./matrix-words.ts";
import type { RunRecord } from "./run-record.ts";

/** The phrases that every report shares: a page, a terminal table and a pull request comment say the same thing in the same words. */

const outcomeRank: Record<Outcome, number> = { refuted: 0, inconclusive: 1, proven: 2 };

/** Failures first, then what is unknown, then what is proven; within each, the order of the run. */
export function failuresFirst<T extends { readonly outcome: Outcome }>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => outcomeRank[a.outcome] - outcomeRank[b.outcome]);
}

function countOf(items: readonly { readonly outcome: Outcome }[], outcome: Outcome): number {
  return items.filter((it) => it.outcome === outcome).length;
}

/** `2 of 3 claims proven, 1 refuted, all 11 broken healers caught`. */
export function headline({ scenarios, matrix, notRun }: RunRecord): string {
  const refuted = countOf(scenarios, "refuted");
  const inconclusive = countOf(scenarios, "inconclusive");
  const total = scenarios.length;
  const proven = countOf(scenarios, "proven");
  const first =
    total === 0
      ? "No claim was tried"
      : total === 1 && proven === 1
        ? "The claim is proven"
        : total === proven
          ? `All ${total} claims proven`
          : `${proven} of ${total} ${total === 1 ? "claim" : "claims"} proven`;
  return [
    first,
    refuted > 0 && `${refuted} refuted`,
    inconclusive > 0 && `${inconclusive} inconclusive`,
    matrix && lowerFirst(matrixHeadline(matrix)),
    notRun.length > 0 && `${notRun.length} not run`,
  ]
    .filter((it) => typeof it === "string")
    .join(", ");
}

/** `recovered`, `inconclusive: observer-gap`: the words of the glossary. */
export const verdictText = (verdict: Verdict): string =>
  verdict.kind === "inconclusive" ? `inconclusive: ${verdict.reason}` : verdict.kind;

export const reasonMeaning: Record<InconclusiveReason, string> = {
  "stack-not-up": "The stack did not come up healthy, so there was nothing that could be broken.",
  "sick-baseline": "The stack was not steady before the fault, so nothing that came after says anything about it.",
  "fault-had-no-effect": "The fault was injected, but was not seen to bite within its limit.",
  "fault-ended-early": "The fault stopped being in force though nothing had healed it.",
  "fault-not-shown-in-force": "The fault is one that lasts, and was not looked at for too long to know that it did.",
  "trial-not-run": "A trial that was planned for this claim was not run: without it nothing is proven.",
  "control-not-run": "A control that was planned for this claim was not run: without it nothing is proven.",
  "no-outage-observed": "The fault bit, yet no recovery signal ever looked bad.",
  "observer-gap": "A signal that is needed has no samples for longer than is tolerable.",
  "budget-inside-uncertainty": "The budget lies inside the measured interval: it cannot be told whether it was kept.",
  "not-steady-again": "What was broken was put back, and the stack was not steady again: something is left over.",
  "ledger-unchecked": "Whether all that was acknowledged is still there was not shown.",
  "harness-error":
    "The trial was not carried through: healproof failed in it, or could not do what it was asked for. That is never a pass.",
  interrupted: "The trial was interrupted before it could say anything.",
};

/** The recovery time as an interval, or what is known instead: `4.10 to 4.31 s`, `not in 30.0 s`, `not measured`. */
export function recoveryText(act: ActJudgement | undefined): string {
  if (act?.recovery) return formatInterval(act.recovery);
  if (act && isNever(act.verdict)) return act.watchedFor ? `not in ${formatDuration(act.watchedFor)}` : "never";
  return "not measured";
}

/** What one act came to, after a colon: `recovered in 4.10 to 4.31 s`, `did not come back in 15.0 s`, `inconclusive: observer-gap`. */
export function actResult(act: ActJudgement): string {
  const control = act.expected === "never-recovered";
  switch (act.verdict.kind) {
    case "inconclusive":
      return verdictText(act.verdict) + (act.recovery ? ` (${formatInterval(act.recovery)})` : "");
    case "never-recovered":
      return `did not come back${act.watchedFor === undefined ? "" : ` in ${formatDuration(act.watchedFor)}`}`;
    case "never-escalated":
      return `nobody was called${act.watchedFor === undefined ? "" : ` in ${formatDuration(act.watchedFor)}`}`;
    case "never-held":
      return "it did not stay so";
    case "escalated":
      return `a person was called${act.recovery ? ` after ${formatInterval(act.recovery)}` : ""}`;
    case "held":
      return "it stayed so";
    case "recovered":
    case "too-slow": {
      const verb = control ? "came back all the same" : act.act === "restored" ? "healed" : "recovered";
      const when = act.recovery ? ` in ${formatInterval(act.recovery)}` : "";
      return `${verb}${when}${act.verdict.kind === "too-slow" && !control ? ", too slow" : ""}`;
    }
  }
}

/** What was not run, for one reason each: `plug-loses-power: there is no device`, `left out, tagged slow (2): a, b`. */
export function notRunTexts(notRun: RunRecord["notRun"]): { readonly lead: string; readonly rest: string }[] {
  return [...Map.groupBy(notRun, (it) => it.why)].map(([why, of]) => {
    const [first = { what: "" }] = of;
    if (of.length === 1) return { lead: first.what, rest: why };
    return { lead: `${why} (${of.length})`, rest: of.map((it) => it.what).join(", ") };
  });
}

/** How a recovery is to be looked at: in time, too late (or not wanted at all, as in a control), or not to be told. */
export function toneOf({ verdict, expected }: ActJudgement): "in-time" | "late" | "unsure" {
  if (verdict.kind === "inconclusive") return "unsure";
  return verdict.kind === "too-slow" || (!isNever(verdict) && expected === "never-recovered") ? "late" : "in-time";
}

const isNever = ({ kind }: Verdict): boolean => kind.startsWith("never-");

/** All trials of a scenario: its own, those that repeat it, its controls. */
export const trialsOf = ({ trial, again, controls }: ScenarioJudgement): readonly TrialJudgement[] => [
  trial,
  ...again,
  ...controls,
];

/** How an act is introduced: `Without the watchdog`, `Afterwards, without the watchdog`, `Switched on again`, `Afterwards`. */
export function actTitle(trial: TrialJudgement, act: ActJudgement): string {
  if (act.act === "restored") return "Switched on again";
  if (act.act === "afterwards") return act.fault ? `Afterwards: ${act.fault}` : "Afterwards";
  return trial.control ? upperFirst(withoutHealer(trial.control)) : (act.fault ?? "The fault");
}

/** `without the watchdog: did not come back in 15.0 s; switched on again: healed in 3.10 to 3.31 s`. */
export function controlSentence(control: TrialJudgement): string {
  if (control.acts.length === 0) return `${controlName(control)}: ${control.outcome}`;
  const acts = control.acts.map((act) => `${lowerFirst(actTitle(control, act))}: ${actResult(act)}`);
  const { ledger } = control;
  const lost = ledger?.lossExpected ? [`${ledger.lost.length} of ${ledger.acknowledged} acknowledged lost`] : [];
  return [...acts, ...lost].join("; ");
}

const controlName = (control: TrialJudgement): string =>
  control.control ? withoutHealer(control.control) : control.id;

/** A common claim that controls contradict, as the first of them shows it, and the others that show it again. */
export interface CommonClaim {
  readonly control: TrialJudgement;
  readonly refutes: Evidence;
  readonly again: readonly TrialJudgement[];
}

export function commonClaims(scenarios: readonly ScenarioJudgement[]): CommonClaim[] {
  const shown = scenarios
    .flatMap((it) => it.controls)
    .flatMap((control) => (control.refutes ? [{ control, refutes: control.refutes }] : []));
  // Its text names the claim, then a colon, then what this control saw.
  const claims = Map.groupBy(shown, ({ refutes }) => refutes.text.split(":")[0]);
  return [...claims.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, again: others.map((it) => it.control) }] : [],
  );
}

/** The trial that a scenario's line is about: of several the first that did not come out as claimed, else the first. */
export const decidingTrial = ({ trial, again }: ScenarioJudgement): TrialJudgement =>
  [trial, ...again].find((it) => it.outcome !== "proven") ?? trial;

/** A scenario's recovery time in a cell: of several trials that all came out as claimed from the shortest to the longest, `4.10 to 6.31 s (10 ×)`. */
export function scenarioRecovery(of: ScenarioJudgement): string {
  const { trials, proven, recovery } = together(of);
  if (trials > 1 && proven === trials && recovery) return `${formatInterval(recovery)} (${trials} ×)`;
  return recoveryText(decidingAct(decidingTrial(of)));
}

/** The act that a scenario's line is about: the first that did not come out as claimed, else the main one. */
export const decidingAct = ({ acts }: TrialJudgement): ActJudgement | undefined =>
  acts.find((it) => it.outcome !== "proven") ?? acts.find((it) => it.act === "main") ?? acts[0];

/** A scenario's verdict in the words of the glossary, and why it is none. */
export interface ShownVerdict {
  readonly word: string;
  readonly reason?: InconclusiveReason;
}

/**
 * A scenario's verdict in a line: its trial's, unless that is well and there is a doubt all the same, or something that was planned beside
 * it was not run. A recovery that lost what was acknowledged is told as one.
 */
export function scenarioVerdict(of: ScenarioJudgement): ShownVerdict {
  const { notRun, outcome } = of;
  const trial = decidingTrial(of);
  const act = decidingAct(trial);
  if (trial.doubt) return { word: "inconclusive", reason: trial.doubt };
  const open = outcome === "inconclusive" && notRun.length > 0 && (!act || act.outcome === "proven");
  if (open) return { word: "inconclusive", reason: notRunReason(of, notRun) };
  const verdict = act?.verdict ?? { kind: "inconclusive", reason: "harness-error" };
  if (verdict.kind === "inconclusive") return { word: verdict.kind, reason: verdict.reason };
  return { word: trial.ledger && !isAsClaimed(trial.ledger) ? `${verdict.kind}, data lost` : verdict.kind };
}

export const scenarioVerdictText = (of: ScenarioJudgement): string => {
  const { word, reason } = scenarioVerdict(of);
  return reason === undefined ? word : `${word}: ${reason}`;
};

/** What else is to be said of a scenario that is not proven: what of it was not run. A trial that is missing says so itself. */
export const notRunOf = ({ trial, notRun }: ScenarioJudgement): ScenarioJudgement["notRun"] =>
  notRun.filter(({ id }) => id !== trial.id);

/** Why what was not run leaves a scenario open: one of its trials is missing, or only controls are. */
export const notRunReason = ({ trial }: ScenarioJudgement, notRun: ScenarioJudgement["notRun"]): InconclusiveReason =>
  notRun.every(({ id }) => trial.controls.includes(id)) ? "control-not-run" : "trial-not-run";

/** The controls in few words, for a table: `down for 15 s`, `down for 15 s, then healed`, `came back`, `afterwards down for 15 s`. */
export function controlShort(scenario: ScenarioJudgement): string {
  const { trial, controls } = scenario;
  const missing = trial.controls.some((id) => !controls.some((it) => it.id === id));
  if (controls.length === 0) return missing ? "not run" : "none";
  const words = controls.map((it) => `${it.control?.of === undefined ? "" : "afterwards "}${oneControlShort(it)}`);
  return [...new Set([...words, ...(missing ? ["not run"] : [])])].join("; ");
}

function oneControlShort(control: TrialJudgement): string {
  if (control.outcome === "inconclusive") return "inconclusive";
  const main = actOf(control, "main");
  if (main === undefined) return "inconclusive";
  switch (main.verdict.kind) {
    case "never-escalated":
      return "nobody called";
    case "escalated":
      return "called all the same";
    case "never-held":
      return "did not stay so";
    case "held":
      return "stayed so all the same";
    case "never-recovered":
      return downShort(control, main);
    default:
      if (control.ledger?.lossExpected) return control.outcome === "proven" ? "data lost" : "no data lost";
      return control.outcome === "proven" ? `healed by ${healerName(main.attribution.healer)}` : "came back";
  }
}

function downShort(control: TrialJudgement, main: ActJudgement): string {
  const restored = actOf(control, "restored");
  const down = main.watchedFor === undefined ? "down" : `down for ${wholeSeconds(main.watchedFor)}`;
  if (!restored) return control.outcome === "proven" ? down : "refuted";
  return `${down}, ${restored.outcome === "proven" ? "then healed" : "not healed"}`;
}

/** Whether a control came out in a way that a reader has to see. */
export const anyControlFailed = (scenario: ScenarioJudgement): boolean =>
  scenario.controls.some((it) => it.outcome !== "proven") || notRunOf(scenario).length > 0;

/**
 * What it cost. Trials run beside one another, so that the wall time may be less than what they need; what they took in all, with their
 * waiting for one another, cannot: that is what the harness adds.
 */
export function costText({ cost: { wall, floor }, trials }: Pick<RunRecord, "cost" | "trials">): string {
  const inAll = ms(trials.reduce((sum, { total }) => sum + total, 0));
  const count = trials.length === 1 ? "1 trial" : `${trials.length} trials`;
  const took = `${count} of ${formatDuration(inAll)} in all`;
  if (floor === 0) return `wall ${formatDuration(wall)}; ${took}`;
  const times = (it: Duration): string => `${(it / floor).toFixed(2)} times`;
  return `wall ${formatDuration(wall)}, ${times(wall)} the stacks' starts and the recoveries alone (${formatDuration(floor)}); ${took}, ${times(inAll)}`;
}

/** `+4.312 s`, `−0.250 s`: an instant told from a trial's zero. Always in one unit, so that a column of them lines up. */
export function formatOffset(offset: number): string {
  const magnitude = (Math.abs(offset) / 1000).toFixed(3);
  return `${offset < 0 && Number(magnitude) !== 0 ? "−" : "+"}${magnitude} s`;
}

/** What the act claims, in the words of its verdict: `recovered`, `escalated`, `never-held`. */
export function claimedText({ verdict, expected }: ActJudgement): string {
  const goal = verdict.kind.replace("never-", "");
  const word = goal === "escalated" || goal === "held" ? goal : "recovered";
  return expected === "recovered" ? word : `never-${word}`;
}

/** Who healed, or that it is not known. */
export const healedByText = (healer: HealedBy): string => (healer === "unknown" ? "not known" : healerName(healer));

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
