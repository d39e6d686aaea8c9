import { messageOf } from "../errors.ts";
import { headerOf, type Journal } from "../journal.ts";
import type { Act, TrialPlan } from "../plan.ts";
import { doubtfulAct, judgeAct } from "./act.ts";
import { historyOf } from "./history.ts";
import type { ActJudgement, Evidence, TrialJudgement } from "./judgement.ts";
import { isAsClaimed, ledgerDoubt, ledgerOf } from "./ledger.ts";
import { refutationOf } from "./refutation.ts";
import { remarksOn } from "./remarks.ts";
import { runMeanwhile } from "./run-meanwhile.ts";
import { signalsOf } from "./signals.ts";
import { unfinished } from "./unfinished.ts";
import { worst } from "./verdict.ts";
import { toBeSeen } from "./words.ts";

/**
 * Judges one trial from its journal alone. Three-valued: whatever goes wrong in judging itself is inconclusive, never a pass,
 * and so is a trial that was not carried through, unless what it did show is enough to refute its claim.
 */
export function judgeTrial(journal: Journal): TrialJudgement {
  try {
    return judge(journal);
  } catch (thrown) {
    const explanation = `inconclusive: judging failed: ${messageOf(thrown)}`;
    const errors = [{ text: messageOf(thrown), seqs: [] }];
    const named = identityOf(journal);
    return { ...named, acts: [], outcome: "inconclusive", explanation, remarks: [], errors };
  }
}

function identityOf(
  journal: Journal,
): Pick<
  TrialJudgement,
  "id" | "scenario" | "claim" | "control" | "nth" | "again" | "controls" | "uncontrolled" | "variant"
> {
  const header = journal.find((it) => it.kind === "header");
  if (!header) return { id: "unknown", scenario: "unknown", claim: "", again: [], controls: [] };
  const { id, scenario, claim, control, nth, again, controls, uncontrolled, variant } = header.plan;
  return {
    id,
    scenario,
    claim,
    ...(nth === undefined ? {} : { nth }),
    again,
    controls,
    ...(control
      ? {
          control: {
            ...(control.without === undefined ? {} : { without: control.without }),
            ...(control.given === undefined ? {} : { given: control.given }),
            ...(control.of === undefined ? {} : { of: control.of }),
            ...(control.because === undefined ? {} : { because: control.because }),
            expects: toBeSeen(header.plan),
          },
        }
      : {}),
    ...(uncontrolled === undefined ? {} : { uncontrolled }),
    ...(variant === undefined ? {} : { variant }),
  };
}

function judge(journal: Journal): TrialJudgement {
  const { plan } = headerOf(journal);
  const acts: ActJudgement[] = [];
  const remarks = slownessRemarks(plan);
  let notReached: Act | undefined;
  for (const act of plan.acts) {
    const before = acts.at(-1);
    const reached = before === undefined || historyOf(journal, act).begun !== undefined;
    if (!reached && before.outcome === "refuted") {
      notReached = act;
      break;
    }
    const found = reached ? judged(journal, act) : unreached(journal, act, before);
    acts.push(found);
    remarks.push(...remarksOf(journal, act), ...(found.recovery ? [] : found.corroboration.map((it) => it.evidence)));
  }

  const ended = unfinished(journal);
  const errors = journal.flatMap((it) =>
    it.kind === "error" ? [{ text: `${it.code}: ${it.message}`, seqs: [it.seq] }] : [],
  );
  const ledger = ledgerOf(journal);
  const found = worst(acts);
  const doubt = found === "proven" ? (ended ?? ledgerDoubt(journal)) : undefined;
  const carriedThrough = doubt ? "inconclusive" : found;
  const outcome = ledger && !isAsClaimed(ledger) ? "refuted" : carriedThrough;
  const sentences = acts.map((it) => it.explanation);
  if (notReached) sentences.push(`the act ${notReached.id} was not reached`);
  if (doubt) sentences.push(`inconclusive all the same: ${doubt.text}`);
  if (ledger && !isAsClaimed(ledger)) sentences.push(ledger.evidence.text);
  const refutes = refutationOf(journal, acts);
  return {
    ...identityOf(journal),
    acts,
    ...(ledger ? { ledger } : {}),
    outcome,
    ...(doubt && outcome === "inconclusive" ? { doubt: doubt.reason } : {}),
    explanation: sentences.join("; "),
    remarks,
    errors,
    ...(refutes ? { refutes } : {}),
  };
}

/** Why its budgets are longer than those that are claimed. */
function slownessRemarks({ slowedBy }: TrialPlan): Evidence[] {
  if (slowedBy === undefined) return [];
  const text = `the lab is ${slowedBy.toFixed(1)} times slower than the machine that it runs on, as was measured before the trials: so much longer are budgets and limits`;
  return [{ text, seqs: [0] }];
}

function judged(journal: Journal, act: Act): ActJudgement {
  try {
    return judgeAct(journal, act);
  } catch (thrown) {
    return doubtfulAct(journal, act, { reason: "harness-error", text: `judging failed: ${messageOf(thrown)}` });
  }
}

/** What was to come after an act that did not go as expected, or that was the last before the trial ended. */
function unreached(journal: Journal, act: Act, before: ActJudgement): ActJudgement {
  const { verdict } = before;
  const ended = unfinished(journal);
  if (verdict.kind === "inconclusive")
    return doubtfulAct(journal, act, { reason: verdict.reason, text: `the act ${act.id} was not reached` });
  return doubtfulAct(journal, act, ended ?? { reason: "harness-error", text: `the act ${act.id} was not reached` });
}

function remarksOf(journal: Journal, act: Act): Evidence[] {
  try {
    const history = historyOf(journal, act);
    const seen = signalsOf(journal, history);
    return [...(seen ? remarksOn(journal, history, seen) : []), ...runMeanwhile(journal, history)];
  } catch {
    return []; // judging this act has failed already, and says so
  }
}
