import type { ActJudgement, Outcome, ScenarioJudgement, TrialJudgement } from "../judge/judgement.ts";
import type { BrokenHealerJudgement, MatrixCell, MatrixJudgement } from "../judge/matrix.ts";
import { controlTitle } from "../judge/words.ts";
import { type Html, html } from "./html.ts";
import { cellWord, triedAgainst } from "./matrix-words.ts";
import type { RunRecord } from "./run-record.ts";
import { notRunOf, notRunReason, trialsOf, verdictText } from "./words.ts";

/** A run as CI servers read it: a suite for each scenario, a case for its trial and for each control; one more for the broken healers. A failure is a refuted claim, an error is inconclusive. */
export function junitXml(run: RunRecord): string {
  const apart = leftOut(run);
  const suites = [
    ...run.scenarios.map((it) => suite(it, run)),
    ...(run.matrix ? [brokenHealers(run.matrix, run)] : []),
    ...(apart.length > 0 ? [skipped(apart, run)] : []),
  ];
  const trials = [...run.scenarios.flatMap(trialsOf), ...(run.matrix?.healers ?? [])];
  const missing = run.scenarios.flatMap(notRunOf).length;
  const count = trials.length + missing + apart.length;
  const text = html`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="healproof" tests="${count}" failures="${failed(trials)}" errors="${unclear(trials) + missing}" skipped="${apart.length}" time="${inSeconds(run.cost.wall)}">
${suites}</testsuites>
`;
  return text.markup;
}

/** What was not run and is part of no claim of the run: what is, leaves its claim open, and is no more neutral than that. */
function leftOut({ scenarios, notRun }: RunRecord): RunRecord["notRun"] {
  const claimed = new Set(scenarios.flatMap(({ trial }) => [trial.id, ...trial.again, ...trial.controls]));
  return notRun.filter(({ what }) => !claimed.has(what));
}

type Judged = readonly { readonly outcome: Outcome }[];
const failed = (of: Judged): number => of.filter((it) => it.outcome === "refuted").length;
const unclear = (of: Judged): number => of.filter((it) => it.outcome === "inconclusive").length;
const inSeconds = (ms: number): string => (ms / 1000).toFixed(3);

function suite(of: ScenarioJudgement, run: RunRecord): Html {
  const { scenario, claim } = of;
  const missing = notRunOf(of);
  const trials = trialsOf(of);
  const took = (it: TrialJudgement): number => run.trials.find(({ id }) => id === it.id)?.total ?? 0;
  const why = (id: string): string[] => run.notRun.filter(({ what }) => what === id).map((it) => `not run: ${it.why}`);
  const time = trials.reduce((sum, it) => sum + took(it), 0);
  return html`<testsuite name="${scenario}" tests="${trials.length + missing.length}" failures="${failed(trials)}" errors="${unclear(trials) + missing.length}" skipped="0" time="${inSeconds(time)}" timestamp="${run.startedAt}">
<properties>
${property("run", run.id)}${property("healproof", run.healproof)}${property("claim", claim)}</properties>
${trials.map((it) => testCase(it, claim, took(it), why(it.id)))}${missing.map((it) => missingCase(it, of, why(it.id)))}</testsuite>
`;
}

/** A case for each broken healer: it passes if it is caught. */
function brokenHealers(matrix: MatrixJudgement, run: RunRecord): Html {
  const took = (trial: string | undefined): number => run.trials.find(({ id }) => id === trial)?.total ?? 0;
  const cases = matrix.healers.map((healer) => {
    const tried = triedAgainst(matrix, healer.name);
    const time = tried.reduce((sum, it) => sum + took(it.trial), 0);
    return { healer, tried, time };
  });
  const time = cases.reduce((sum, it) => sum + it.time, 0);
  const { healers } = matrix;
  return html`<testsuite name="broken healers" tests="${healers.length}" failures="${failed(healers)}" errors="${unclear(healers)}" skipped="0" time="${inSeconds(time)}" timestamp="${run.startedAt}">
${cases.map(({ healer, tried, time }) => healerCase(healer, tried, time))}</testsuite>
`;
}

function healerCase(
  { name, breaks, what, outcome, explanation }: BrokenHealerJudgement,
  tried: readonly MatrixCell[],
  took: number,
): Html {
  const told = tried.map((it) => `${it.scenario}: ${cellWord(it)}: ${it.text}`).join("\n");
  const problem =
    outcome === "refuted"
      ? html`<failure message="${explanation}" type="hole">${what}
${told}</failure>
`
      : outcome === "inconclusive" &&
        html`<error message="${explanation}" type="inconclusive">${what}
${told}</error>
`;
  return html`<testcase classname="broken healers" name="${name} is caught" time="${inSeconds(took)}">
<properties>
${property("breaks", breaks)}${property("what", what)}</properties>
${problem}<system-out>${told}</system-out>
</testcase>
`;
}

/** A trial or a control that was planned and not run is an error: CI must not take its claim for proven. */
function missingCase(
  missing: ScenarioJudgement["notRun"][number],
  of: ScenarioJudgement,
  why: readonly string[],
): Html {
  const { id, text } = missing;
  const reason = notRunReason(of, [missing]);
  return html`<testcase classname="${of.scenario}" name="${reason === "control-not-run" ? "control" : "trial"} not run: ${id}" time="0.000"><error message="${text}" type="inconclusive: ${reason}">${[text, ...why].join("\n")}</error></testcase>
`;
}

function testCase(trial: TrialJudgement, claim: string, took: number, why: readonly string[]): Html {
  const name = trial.control ? controlTitle(trial.control) : claim;
  const tag = `${trial.nth === undefined ? "" : ` (trial ${trial.nth})`}${trial.variant === undefined ? "" : ` (variant ${trial.variant})`}`;
  return html`<testcase classname="${trial.scenario}" name="${name}${tag}" time="${inSeconds(took)}">
<properties>
${property("trial", trial.id)}${trial.acts.map(actProperties)}</properties>
${problem(trial, why)}<system-out>${details(trial)}</system-out>
</testcase>
`;
}

function problem({ outcome, acts, doubt, explanation, errors }: TrialJudgement, why: readonly string[]): Html {
  const body = [explanation, ...why, ...errors.map((it) => `error: ${it.text}`)].join("\n");
  const odd = acts.find((it) => it.outcome !== "proven");
  const type = odd ? verdictText(odd.verdict) : doubt === undefined ? outcome : `${outcome}: ${doubt}`;
  if (outcome === "refuted")
    return html`<failure message="${explanation}" type="${type}">${body}</failure>
`;
  if (outcome === "inconclusive")
    return html`<error message="${explanation}" type="${type}">${body}</error>
`;
  return html``;
}

function actProperties(act: ActJudgement): Html {
  const named = (name: string) => (act.act === "main" ? name : `${act.act}.${name}`);
  return html`${property(named("verdict"), verdictText(act.verdict))}${property(named("expected"), act.expected)}${property(named("budget.seconds"), inSeconds(act.budget))}${act.recovery && html`${property(named("recovery.atLeast.seconds"), inSeconds(act.recovery.atLeast))}${property(named("recovery.atMost.seconds"), inSeconds(act.recovery.atMost))}`}${act.watchedFor !== undefined && property(named("watchedFor.seconds"), inSeconds(act.watchedFor))}${property(named("healedBy"), act.attribution.healer)}`;
}

function details({ acts, remarks, refutes }: TrialJudgement): string {
  return [
    ...acts.flatMap((it) => [
      `${it.act}: ${it.explanation}`,
      ...it.attribution.evidence.map(({ text, seqs }) => `  evidence: ${text}${lines(seqs)}`),
      ...it.corroboration.map(
        ({ condition, agrees, evidence }) => `  ${condition}: ${agrees}, ${evidence.text}${lines(evidence.seqs)}`,
      ),
    ]),
    ...(refutes ? [`refuted: ${refutes.text}${lines(refutes.seqs)}`] : []),
    ...remarks.map(({ text, seqs }) => `remark: ${text}${lines(seqs)}`),
  ].join("\n");
}

const lines = (seqs: readonly number[]): string =>
  seqs.length > 0 ? ` (journal lines ${seqs.slice(0, 8).join(", ")}${seqs.length > 8 ? ", …" : ""})` : "";

const property = (name: string, value: string): Html => html`<property name="${name}" value="${value}"/>
`;

function skipped(notRun: RunRecord["notRun"], { startedAt }: RunRecord): Html {
  const cases = notRun.map(
    ({
      what,
      why,
    }) => html`<testcase classname="not run" name="${what}" time="0.000"><skipped message="${why}"/></testcase>
`,
  );
  return html`<testsuite name="not run" tests="${notRun.length}" failures="0" errors="0" skipped="${notRun.length}" time="0.000" timestamp="${startedAt}">
${cases}</testsuite>
`;
}
