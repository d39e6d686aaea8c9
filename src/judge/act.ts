import { headerOf, type Journal } from "../journal.ts";
import type { Act } from "../plan.ts";
import { type Duration, elapsed, type Interval, instant, type Moment, moment, ms } from "../time.ts";
import { attribute, type Claim } from "./attribution.ts";
import { baselineDoubt } from "./baseline.ts";
import { checksOf, notBefore } from "./checks.ts";
import { contradictions } from "./contradiction.ts";
import { corroborate } from "./corroboration.ts";
import { explain } from "./explain.ts";
import { endedEarly, unseen } from "./held.ts";
import { type ActHistory, historyOf } from "./history.ts";
import type {
  ActJudgement,
  Attribution,
  CheckJudgement,
  CorroborationJudgement,
  Evidence,
  HealedBy,
  Verdict,
} from "./judgement.ts";
import type { Recovery } from "./recovery.ts";
import { type ActSignals, signalsOf, silenceIn, toSignalJudgement } from "./signals.ts";
import { type Doubt, unfinished } from "./unfinished.ts";
import { neverReached, outcomeOf, verdictOf } from "./verdict.ts";
import { atInstant, healerName, listed } from "./words.ts";

/** What is found out about an act, before it is held against the claim and put into words. */
export interface Finding {
  readonly verdict: Verdict;
  readonly recoveredAt?: Moment;
  readonly recovery?: Interval;
  readonly recoveryEvidence?: Evidence;
  readonly watchedFor?: Duration;
  readonly attribution: Attribution;
  readonly corroboration: readonly CorroborationJudgement[];
  readonly checks: readonly CheckJudgement[];
  /** Why it is inconclusive. */
  readonly why?: string;
}

/** Judges one act of a trial. */
export function judgeAct(journal: Journal, act: Act): ActJudgement {
  const history = historyOf(journal, act);
  const seen = signalsOf(journal, history);
  const finding = find(journal, history, seen);
  return conclude(journal, history, seen, finding);
}

/** An act about which nothing can be said. */
export function doubtfulAct(journal: Journal, act: Act, doubt: Doubt): ActJudgement {
  const nothing = { act, faults: [], horizon: instant(0), absences: [], observed: false, services: [] };
  return conclude(journal, nothing, undefined, inconclusive(doubt));
}

function conclude(journal: Journal, history: ActHistory, seen: ActSignals | undefined, finding: Finding): ActJudgement {
  const { act, origin, faults, horizon } = history;
  const { plan } = headerOf(journal);
  const { why: _, ...found } = finding;
  const broke = act.faults.map(({ kind }, nth) => faults[nth]?.injected?.detail ?? kind);
  const bitten = act.id === "restored" ? undefined : faults[0]?.bitten;
  const end = seen?.recovery.state === "recovered" ? seen.recovery.stableUntil : horizon;
  const judged = {
    act: act.id,
    ...(broke.length === 0 ? {} : { fault: listed(broke) }),
    ...(origin ? { origin } : {}),
    ...(act.recovery.measuredFrom === "fault-end" ? { measuredFrom: act.recovery.measuredFrom } : {}),
    ...(bitten ? { bitten: bitten.when } : {}),
    budget: act.recovery.within,
    signals: origin && seen ? seen.signals.map((it) => toSignalJudgement(it, origin, end)) : [],
    ...found,
    expected: act.expect,
  };
  return {
    ...judged,
    outcome: outcomeOf(judged, act.recovery.healedBy),
    explanation: explain(finding, act, seen, plan.control),
  };
}

const inconclusive = ({ reason, text }: Doubt): Finding => ({
  verdict: { kind: "inconclusive", reason },
  attribution: { healer: "unknown", evidence: [] },
  corroboration: [],
  checks: [],
  why: text,
});

function find(journal: Journal, history: ActHistory, seen: ActSignals | undefined): Finding {
  const { act, begun, origin, faults } = history;
  const ended = unfinished(journal);
  if (!begun || !seen)
    return inconclusive(ended ?? { reason: "harness-error", text: `the act ${act.id} was not reached` });
  const sick = baselineDoubt(journal, history, begun);
  if (sick) return inconclusive(sick);
  const own = act.id === "restored" ? [] : faults;
  const missed = own.flatMap((it) => it.missed ?? [])[0];
  if (missed) return inconclusive({ reason: "fault-had-no-effect", text: missed.detail });
  if (own.some((it) => !it.bitten))
    return inconclusive(ended ?? { reason: "harness-error", text: "whether the fault has bitten was never looked at" });
  if (!origin)
    return inconclusive(ended ?? { reason: "harness-error", text: "the end of the fault's time was never reached" });
  const { recovery } = seen;
  if (recovery.state === "recovered") {
    const { at, stableUntil } = recovery;
    const { claims, judgements } = corroborate(journal, history, at);
    const attribution = healerOf(journal, history, at, claims);
    if (attribution.healer !== "harness") {
      const silence = silenceIn(seen.signals, begun, stableUntil, history.absences);
      if (silence) return inconclusive({ reason: "observer-gap", text: silence });
      const early = endedEarly(journal, history, at.latest);
      if (early) return inconclusive({ reason: "fault-ended-early", text: early });
      const blind = unseen(history, at.latest);
      if (blind) return inconclusive({ reason: "fault-not-shown-in-force", text: blind });
      const interval = elapsed(origin, at);
      const bounds = boundsOf(recovery.bounds);
      return {
        verdict: verdictOf(interval, act.recovery.within, act.goal),
        recoveredAt: at,
        recovery: interval,
        recoveryEvidence: bounds,
        attribution,
        corroboration: judgements.map(({ condition, agrees, evidence }) => ({ condition, agrees, evidence })),
        checks: [
          ...checksOf(journal, history, history.horizon),
          ...notBefore(act, interval, [history.originSeq ?? [], bounds.seqs].flat()),
        ],
      };
    }
  }
  return notRecovered(journal, history, seen, origin, ended);
}

/** The last bad and the first good sample of each signal that gave the recovery's bounds. */
function boundsOf(bounds: Extract<Recovery, { state: "recovered" }>["bounds"]): Evidence {
  const ticks = bounds.flatMap(({ outage }) => [outage.lastBad, ...(outage.firstGood ? [outage.firstGood] : [])]);
  const text = bounds
    .map(({ signal, outage: { lastBad, firstGood } }) => {
      const back = firstGood ? ` and first good ${atInstant(firstGood.to)}` : "";
      return `${signal.series.id} was last bad ${atInstant(lastBad.from)}${back}`;
    })
    .join("; ");
  return { text, seqs: [...new Set(ticks.map((it) => it.seq))].toSorted((a, b) => a - b) };
}

/** Non-recovery is claimed only where it was watched for as long as the act has patience, without a gap. */
function notRecovered(
  journal: Journal,
  history: ActHistory,
  { signals, recovery }: ActSignals,
  origin: Moment,
  ended: Doubt | undefined,
): Finding {
  const { act, horizon, observed, undone } = history;
  const begun = history.begun ?? origin;
  const end = undone && undone.when.earliest < horizon ? undone.when.earliest : horizon;
  // The trial counts its patience from somewhere within the origin's span: any of it is long enough.
  const watched = elapsed(origin, moment(end, end));
  if (!observed || watched.atMost < act.recovery.patience)
    return inconclusive(
      ended ?? { reason: "harness-error", text: "the observation ended before its patience was over" },
    );
  const silence = silenceIn(signals, begun, end, history.absences);
  if (silence) return inconclusive({ reason: "observer-gap", text: silence });
  const early = endedEarly(journal, history, end);
  if (early) return inconclusive({ reason: "fault-ended-early", text: early });
  const blind = unseen(history, end);
  if (blind) return inconclusive({ reason: "fault-not-shown-in-force", text: blind });
  if (recovery.state === "no-outage")
    return inconclusive({
      reason: "no-outage-observed",
      text: "the fault has bitten, yet no recovery condition was ever seen to be bad",
    });
  if (recovery.state === "holding")
    return inconclusive({
      reason: "harness-error",
      text: "the observation ended when it was back, but not yet for as long as it must stay so",
    });
  return {
    verdict: neverReached(act.goal),
    watchedFor: ms(watched.atLeast),
    attribution: healerOf(journal, history, undefined, []),
    corroboration: contradictions(journal, history, signals, end),
    checks: checksOf(journal, history, end),
  };
}

/** Who healed these services, all healed by the same. Of several, each service's first evidence says which. */
const healedBy = (healer: HealedBy, of: readonly (Attribution & { readonly service: string })[]): string =>
  healer === "several"
    ? listed(of.map(({ evidence: [first] }) => first?.text ?? healerName(healer)))
    : `${listed(of.map((it) => it.service))} by ${healerName(healer)}`;

/** Who healed the services; where nobody is to, that is not asked. */
function healerOf(
  journal: Journal,
  { act, faults, services, begun, undone, horizon, absences }: ActHistory,
  recoveredAt: Moment | undefined,
  claims: readonly Claim[],
): Attribution {
  if (act.goal !== "recovery") return { healer: "nobody", evidence: [] };
  const question = {
    journal,
    horizon,
    origin: begun ?? moment(0, 0),
    ours: faults.flatMap((it) => [it.injected, it.lifted].flatMap((record) => record?.when ?? [])),
    undone,
    recoveredAt,
    claims,
    absences,
  };
  const [only, ...others] = services;
  if (others.length === 0) return attribute({ ...question, service: only });
  const found = services.map((service) => ({ service, ...attribute({ ...question, service }) }));
  const evidence = found.flatMap((it) => it.evidence);
  const byHealer = Map.groupBy(found, (it) => it.healer);
  const [healer = "unknown", ...more] = byHealer.keys();
  if (more.length === 0 && healer !== "several") return { healer, evidence };
  const text = [...byHealer].map(([it, of]) => healedBy(it, of)).join("; ");
  return { healer: "several", evidence: [{ text, seqs: [] }, ...evidence] };
}
