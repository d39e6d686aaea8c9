import type { Act, TrialPlan } from "../plan.ts";
import { type Duration, formatDuration, formatInterval, minutes, ms } from "../time.ts";
import type { Finding } from "./act.ts";
import type { ActSignals } from "./signals.ts";
import { healerName, otherwise, plain, wholeSeconds } from "./words.ts";

/** One sentence for people about an act: figures, healer, and what is off. */
export function explain(
  finding: Finding,
  act: Act,
  seen: ActSignals | undefined,
  control: TrialPlan["control"],
): string {
  const { verdict, recovery, watchedFor, attribution } = finding;
  const { within, healedBy } = act.recovery;
  const without = act.id === "main" && control ? ` ${otherwise(control)}` : "";
  const again =
    act.id === "restored" && control ? `once ${healerName(control.without ?? "unknown")} was on again, ` : "";

  const besides = finding.checks.filter((it) => it.agrees !== "yes");
  const failed = besides.map(({ agrees, evidence }) => `${agrees === "no" ? "but" : "not shown:"} ${evidence.text}`);
  if (act.goal !== "recovery") return [explainWithoutHealer(finding, act, without), ...failed].join("; ");

  if (!recovery) {
    if (verdict.kind === "inconclusive")
      return [`inconclusive: ${finding.why ?? "nothing is known"}`, ...failed].join("; ");
    const text = `${again}did not come back in ${howLong(watchedFor)}${without}`;
    if (act.expect === "never-recovered") return `${text}, as it must`;
    const contradicted = finding.corroboration.map(({ evidence }) => evidence.text);
    return [`${text} (budget ${plain(within)})`, ...contradicted, ...failed].join("; ");
  }

  const took = formatInterval(recovery);
  const by = `healed by ${healersOf(attribution)}`;
  if (act.expect === "never-recovered")
    return `came back in ${took}${without}, ${by}: it recovered without its healer, so the scenario proves nothing`;
  if (verdict.kind === "too-slow")
    return [`${again}back only after ${took}: over the budget of ${plain(within)}; ${by}`, ...failed].join("; ");
  if (verdict.kind === "inconclusive")
    return `inconclusive: ${again}back in ${took}, and the budget of ${plain(within)} lies inside; ${faster(seen)}`;

  const wrong =
    attribution.healer === healedBy
      ? by
      : `but ${by}, not by ${healerName(healedBy)}${attribution.healer === "unknown" ? " as far as the evidence shows" : " as claimed"}`;
  const odd = finding.corroboration.filter((it) => it.agrees !== "yes");
  const denied = odd.map(
    ({ agrees, evidence }) => `${agrees === "no" ? "denied" : "not corroborated"}: ${evidence.text}`,
  );
  return [`${again}back in ${took} (budget ${plain(within)}), ${wrong}`, ...denied, ...failed].join("; ");
}

/** What was watched: where the figure is rounded to seconds never more than that, as in the tables. */
const howLong = (watched: Duration = ms(0)): string =>
  watched < minutes(1) ? formatDuration(watched) : wholeSeconds(watched);

/** Of several its first evidence says which. */
const healersOf = ({ healer, evidence }: Finding["attribution"]): string =>
  healer === "several" && evidence[0] ? `several healers (${evidence[0].text})` : healerName(healer);

/** Of a scenario in which nobody heals: that a person is called, or that what the fault did stays so. */
function explainWithoutHealer({ verdict, recovery, watchedFor, why }: Finding, act: Act, without: string): string {
  const { within, stableFor } = act.recovery;
  const escalates = act.goal === "escalation";
  if (!recovery) {
    if (verdict.kind === "inconclusive") return `inconclusive: ${why ?? "nothing is known"}`;
    const text = `${escalates ? "nobody was called" : "it did not stay so"} in ${howLong(watchedFor)}${without}`;
    return act.expect === "never-recovered" ? `${text}, as it must be` : `${text} (budget ${plain(within)})`;
  }
  const took = formatInterval(recovery);
  if (act.expect === "never-recovered")
    return `${escalates ? `a person was called after ${took}` : "it stayed so"}${without} all the same, so the scenario proves nothing`;
  if (verdict.kind === "inconclusive")
    return `inconclusive: it came in ${took}, and the budget of ${plain(within)} lies inside`;
  if (verdict.kind === "too-slow") return `only after ${took}: over the budget of ${plain(within)}`;
  return escalates
    ? `a person was called after ${took} (budget ${plain(within)})`
    : `so from ${took} after the fault on, and for ${plain(stableFor)}`;
}

/** Which observer to speed up: the one whose own bounds are the widest. */
function faster(seen: ActSignals | undefined): string {
  if (seen?.recovery.state !== "recovered") return "no observer is to blame";
  const [widest] = seen.recovery.bounds
    .map(({ signal, outage }) => ({ signal, width: (outage.firstGood?.to ?? outage.lastBad.to) - outage.lastBad.from }))
    .sort((a, b) => b.width - a.width);
  if (!widest) return "no observer is to blame";
  const { id, observer, every } = widest.signal.series;
  const what = observer === "probe" ? "the probe of " : "";
  return `speed up ${what}${id}: it looks every ${plain(every)} and leaves ${formatDuration(ms(widest.width))} open`;
}
