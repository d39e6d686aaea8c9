import type { Journal, JournalRecord } from "../journal.ts";
import { type Healer, healers } from "../scenario/schema.ts";
import type { Instant, Moment } from "../time.ts";
import type { Absence } from "./history.ts";
import type { Attribution, Evidence, HealedBy } from "./judgement.ts";
import { type LookedTwice, lookedTwice, ranOn } from "./looked-twice.ts";
import { healerOfUnits, unitsNamed } from "./units.ts";
import { atInstant, healerName, listed } from "./words.ts";

/** A healer's own counter (`…{healer="watchdog"}`) that increased after the fault. */
export interface Claim {
  readonly healer: Healer;
  readonly counter: string;
  /** The service whose healing it counts, if its selector names one. */
  readonly service?: string;
  /** Its increases in time for the recovery: each happened in its span. */
  readonly rose: readonly Moment[];
  readonly evidence: Evidence;
}

/** The healer that a counter's selector names. */
export function claimant(counter: string): Healer | undefined {
  const name = /[{,]\s*healer\s*=\s*["']([^"']+)["']/.exec(counter)?.[1];
  return healers.find((it) => it === name);
}

/** The service that a counter's selector names, by equality: a pattern may match others too. */
export const serviceOf = (counter: string): string | undefined =>
  /[{,]\s*service\s*=\s*["']([^"']+)["']/.exec(counter)?.[1];

/** Why a claim counts for nothing, where it does not speak of the service that was hit. */
function besides({ counter, service: of }: Claim, service: string): string | undefined {
  if (of === service) return undefined;
  return of === undefined
    ? `${counter} names no service, so it claims nothing here`
    : `${counter} counts what was done for ${of}, not for ${service}, so it claims nothing here`;
}

/** Of a healer that restarts, where nothing was restarted. */
const contradicted = ({ counter }: Claim, service: string): string =>
  `contradiction: ${counter} rose, and ${service} was not restarted, so it claims nothing here`;

type Event = JournalRecord<"engine">;
type Look = JournalRecord<"container">;

export interface AttributionQuestion {
  readonly journal: Journal;
  /** The service that was hit and is judged. */
  readonly service: string | undefined;
  readonly origin: Moment;
  /** What we did to the stack: API events inside these spans are our own. */
  readonly ours: readonly Moment[];
  /** Absent if it did not recover. */
  readonly recoveredAt: Moment | undefined;
  readonly undone: JournalRecord<"fault"> | undefined;
  /** The end of the observation: what came later is another act's. */
  readonly horizon: Instant;
  readonly claims: readonly Claim[];
  /** When the engine was away, and whatever it did when it came up again was told to nobody. */
  readonly absences?: readonly Absence[];
}

/** Who restarts through the engine's API and may say so by a counter. */
const restarters: readonly Healer[] = ["watchdog", "orchestrator"];
/** What only an API call leaves; a crash and a restart policy leave `die` and `start` alone. */
const apiActions = /^(kill|stop|restart)$/;
const lifecycle = /^(kill|die|stop|start|restart)$/;

/** Who brought the service back between the origin and the recovery: from evidence, in the order of its own timestamps. */
export function attribute(question: AttributionQuestion): Attribution {
  const { journal, service, origin, recoveredAt, undone, horizon, claims, absences = [] } = question;
  if (service === undefined)
    return says(recoveredAt ? "unknown" : "nobody", [
      { text: "the fault names no service, so no container's restarts were looked at", seqs: [] },
    ]);
  const told = journal
    .filter((it): it is Event => it.kind === "engine" && it.service === service)
    .filter((it) => lifecycle.test(it.action) && it.when.latest >= origin.earliest);
  const calls = apiCallsOf(question.ours, told);
  const events = told
    .filter((it) => !ofTheFault(it, calls))
    .sort((a, b) => a.when.earliest - b.when.earliest || a.seq - b.seq);
  const looks = journal
    .filter((it): it is Look => it.kind === "container" && it.service === service)
    .sort((a, b) => a.when.earliest - b.when.earliest || a.seq - b.seq);

  if (!recoveredAt) return nobody(service, events, undone ? Math.min(undone.when.earliest, horizon) : horizon);
  if (undone && undone.when.earliest < recoveredAt.latest)
    return says("harness", [
      {
        text: `healproof put it back ${atInstant(undone.when.earliest)}, before the recovery: ${undone.detail}`,
        seqs: [undone.seq],
      },
    ]);

  const units = unitsNamed(journal, service);
  if (units) return healerOfUnits(journal, units, { origin, recoveredAt, absences });
  const starts = events.filter((it) => it.action === "start" && precedes(it, recoveredAt, events));
  if (starts.length === 0) return withoutRestart(service, looks, { origin, recoveredAt, claims, absences });
  const found = starts.map((start, index) => starter(start, starts[index - 1], events, looks, claims));
  const distinct = [...new Set(found.map((it) => it.healer))];
  const [only] = distinct;
  const evidence = found.flatMap((it) => it.evidence);
  if (distinct.length === 1 && only !== undefined) return says(only, evidence);
  const text = `${service} was started ${starts.length} times before it recovered: by ${listed(distinct.map(healerName))}`;
  return says("several", [{ text, seqs: starts.map((it) => it.seq) }, ...evidence]);
}

/**
 * Whether a start came before the recovery. The engine tells of a start a moment after the process runs, on a busy machine after it
 * has answered. So the first start after a death counts, however late it was told: nothing that was dead recovered before it.
 */
function precedes(start: Event, recoveredAt: Moment, events: readonly Event[]): boolean {
  if (start.when.earliest <= recoveredAt.latest) return true;
  const before = events.slice(0, events.indexOf(start)).findLast((it) => it.action === "die" || it.action === "start");
  return before?.action === "die" && before.when.earliest <= recoveredAt.latest;
}

/** Who is behind one start of the container. */
function starter(
  start: Event,
  previous: Event | undefined,
  events: readonly Event[],
  looks: readonly Look[],
  claims: readonly Claim[],
): Attribution {
  const { service } = start;
  const at = events.indexOf(start);
  const before = events.slice(previous ? events.indexOf(previous) + 1 : 0, at);
  // The engine tells of an API restart after the start that belongs to it, so that it may come before the next start's events.
  const after = events[at + 1];
  const closing = after?.action === "restart" ? [after] : [];
  const api = [...before.filter((it) => apiActions.test(it.action) && !closes(it, previous, events)), ...closing];
  const restart = [...before.filter((it) => apiActions.test(it.action) || it.action === "die"), start, ...closing];
  const seqs = [...new Set(restart.map((it) => it.seq))];

  if (api.length > 0) {
    const actions = [...new Set(restart.map((it) => it.action))].join(", ");
    const text = `${service} was restarted through the engine's API: ${actions}, started ${atInstant(start.when.earliest)}`;
    const called = Math.min(...api.map((it) => it.when.earliest));
    const may = claims.filter((it) => restarters.includes(it.healer));
    const ignored = (it: Claim): string | undefined =>
      besides(it, service) ??
      (it.rose.some(({ latest }) => latest >= called)
        ? undefined
        : `${it.counter} rose before the API was called, so it does not claim this restart`);
    const claim = may.find((it) => ignored(it) === undefined);
    if (claim) return says(claim.healer, [{ text, seqs }, claim.evidence]);
    const told = may.map((it) => ({ text: ignored(it) ?? "", seqs: it.evidence.seqs }));
    return says("unknown", [{ text: `${text}; no healer claims it`, seqs }, ...told]);
  }
  const death = before.findLast((it) => it.action === "die");
  if (!death)
    return says("unknown", [
      { text: `${service} was started ${atInstant(start.when.earliest)}, and nothing says why`, seqs },
    ]);
  const lookBefore = looks.findLast((it) => it.when.latest <= death.when.latest && it.container === start.container);
  const looksAfter = looks.filter((it) => it.container === start.container && it.when.earliest >= start.when.earliest);
  const raised = looksAfter.find((it) => lookBefore !== undefined && it.restartCount > lookBefore.restartCount);
  const code = death.attributes.exitCode;
  const text = `${service} died${code === undefined ? "" : ` (exit ${code})`} ${atInstant(death.when.earliest)} and was started ${atInstant(start.when.earliest)}, with no API call in between`;
  if (raised && lookBefore)
    return says("restart-policy", [
      { text, seqs },
      {
        text: `its RestartCount went from ${lookBefore.restartCount} to ${raised.restartCount} (restart: ${raised.restartPolicy})`,
        seqs: [lookBefore.seq, raised.seq],
      },
    ]);
  const why =
    lookBefore && looksAfter.length > 0
      ? "its RestartCount did not rise, so it was not a restart policy: somebody started it"
      : "its RestartCount was not looked at before and after";
  return says("unknown", [{ text: `${text}; ${why}`, seqs: [...seqs, ...(lookBefore ? [lookBefore.seq] : [])] }]);
}

/** A `restart` directly after the previous start belongs to that one. */
const closes = (event: Event, previous: Event | undefined, events: readonly Event[]) =>
  event.action === "restart" && previous !== undefined && events[events.indexOf(previous) + 1] === event;

/** Nobody restarted the container: what happened, happened inside it. Shown by looks at it, not by the absence of events alone. */
function withoutRestart(
  service: string,
  looks: readonly Look[],
  {
    origin,
    recoveredAt,
    claims,
    absences,
  }: Required<Pick<AttributionQuestion, "origin" | "claims" | "absences">> & {
    readonly recoveredAt: Moment;
  },
): Attribution {
  const seen = lookedTwice(looks, origin, recoveredAt);
  if (!seen)
    return says("unknown", [
      { text: `no start of ${service} was seen, but its container was not looked at before and after`, seqs: [] },
    ]);
  const changed = seen.twice.filter((it) => !ranOn(it));
  const byEngine = changed.flatMap((it) => byTheEngine(service, it, absences, claims) ?? []);
  if (seen.once.length > 0 || byEngine.length < changed.length)
    return says("unknown", [
      {
        text: `${service}'s container was replaced or started again, and no event says by whom`,
        seqs: [...seen.once.map((it) => it.seq), ...changed.flatMap(seqsOf)],
      },
    ]);
  const late = byEngine.find((it) => it.healer !== "restart-policy");
  if (late) return late;
  if (byEngine.length > 0)
    return says(
      "restart-policy",
      byEngine.flatMap((it) => it.evidence),
    );
  const evidence = seen.twice.map((it) => ({
    text: `${service}'s container${seen.twice.length > 1 ? ` ${it.before.container.slice(0, 12)}` : ""} was not restarted: it runs since ${atInstant(it.before.startedAt.earliest).slice(3)}, before and after`,
    seqs: seqsOf(it),
  }));
  const claim = claims.find((it) => healsInside(it) && besides(it, service) === undefined);
  if (claim) return says(claim.healer, [...evidence, claim.evidence]);
  const told = claims
    .filter((it) => healsInside(it) || restarters.includes(it.healer))
    .map((it) => ({ text: besides(it, service) ?? contradicted(it, service), seqs: it.evidence.seqs }));
  return says("application", [...evidence, ...told]);
}

const seqsOf = ({ before, after }: LookedTwice): number[] => [before.seq, after.seq];

/**
 * The engine, when it came up again itself: the same container, started while nobody could ask it for that, with a restart policy that
 * says so, and nobody else who claims to have done it. Docker starts its containers, then tells the service manager that it is ready, and
 * only then answers requests. Both times are of that machine's clock, and a start that is asked for takes longer than they are unsure of.
 * Journals that do not tell when it was ready are taken at their word that it was away.
 */
function byTheEngine(
  service: string,
  { before, after }: LookedTwice,
  absences: readonly Absence[],
  claims: readonly Claim[],
): Attribution | undefined {
  const started = after.startedAt;
  if (after.restartPolicy === "no") return undefined;
  const away = absences.find((it) => it.earliest <= started.latest && started.earliest <= it.latest);
  if (!away || claims.some((it) => restarters.includes(it.healer) && besides(it, service) === undefined))
    return undefined;
  const seqs = [before.seq, after.seq];
  const text = `${service}'s container is the same as before, and was started ${atInstant(started.earliest)}`;
  const { engine } = away;
  if (engine && started.earliest > engine.latest)
    return says("unknown", [
      {
        text: `${text}, after the engine was ready ${atInstant(engine.earliest)}, when anybody may have asked it to`,
        seqs,
      },
    ]);
  const when = engine
    ? `before it was ready ${atInstant(engine.latest)} and answered anybody`
    : "while nobody was seen to be answered";
  return says("restart-policy", [
    { text: `${text}, when the engine came up again and ${when} (restart: ${after.restartPolicy})`, seqs },
  ]);
}

/** Healers that can heal without a restart of the container: systemd its units, a watchdog by another action, such as a runbook. */
function healsInside({ healer, counter }: Claim): boolean {
  const action = /[{,]\s*action\s*=\s*["']([^"']+)["']/.exec(counter)?.[1];
  return healer === "systemd" || (restarters.includes(healer) && action !== undefined && action !== "restart");
}

function nobody(service: string, events: readonly Event[], until: number): Attribution {
  const starts = events.filter((it) => it.action === "start" && it.when.latest < until);
  if (starts.length === 0) return says("nobody", [{ text: `no start of ${service} was seen`, seqs: [] }]);
  const times = starts.length === 1 ? "once" : `${starts.length} times`;
  return says("nobody", [
    { text: `${service} was started ${times}, and did not recover`, seqs: starts.map((it) => it.seq) },
  ]);
}

/**
 * Those of our own doings that went through the engine's API. Of a signal's it is not so: where we were slow to note that it was sent,
 * the death that it caused, and even the start by a restart policy, lie inside it and are no less the service's own story.
 */
const apiCallsOf = (ours: readonly Moment[], events: readonly Event[]): Moment[] =>
  ours.filter((span) => events.some(({ action, when }) => apiActions.test(action) && overlap(when, span)));

/** A call to the API at the time of ours; and all that happened inside it, such as the start of a container that it recreated. */
function ofTheFault({ action, when }: Event, calls: readonly Moment[]): boolean {
  return calls.some((it) => (apiActions.test(action) ? overlap(when, it) : inside(when, it)));
}

const inside = (it: Moment, span: Moment) => it.earliest >= span.earliest && it.latest <= span.latest;

const overlap = (a: Moment, b: { earliest: Instant; latest: Instant }) =>
  a.earliest <= b.latest && b.earliest <= a.latest;

const says = (healer: HealedBy, evidence: readonly Evidence[]): Attribution => ({ healer, evidence });
