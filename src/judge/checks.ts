import { type Journal, type JournalRecord, recordsOf } from "../journal.ts";
import type { Act } from "../plan.ts";
import { describeCondition } from "../scenario/conditions.ts";
import {
  type Duration,
  formatDuration,
  type Instant,
  type Interval,
  instant,
  later,
  type Moment,
  ms,
} from "../time.ts";
import { gapIn } from "./gaps.ts";
import type { ActHistory } from "./history.ts";
import type { CheckJudgement, Evidence } from "./judgement.ts";
import { ticksFor } from "./signals.ts";
import { atInstant, listed, plain } from "./words.ts";

/**
 * What a scenario claims besides its recovery: what must come true while the fault lasts, what may never be, in which order services
 * are started again, and that nobody touches anything where nobody is to heal. Each says yes, no, or that nobody can know.
 */
export function checksOf(journal: Journal, history: ActHistory, until: Instant): CheckJudgement[] {
  const { act, begun } = history;
  if (!begun || act.expect !== "recovered") return [];
  return [
    ...act.during.map((it) => during(journal, history, begun, it)),
    ...act.never.map((it) => never(journal, begun, it, until)),
    ...(act.goal === "recovery" ? [] : [untouched(journal, history, begun, until)]),
    ...(act.recovery.inOrder ? [order(journal, history, begun, until)] : []),
  ];
}

type During = Act["during"][number];

/** Whether it came true in its time: whether nothing that is still to come can change that. */
export function duringIsOpen(journal: Journal, history: ActHistory, now: Instant): boolean {
  const { act, begun } = history;
  if (!begun || act.expect !== "recovered") return false;
  return act.during.some(
    (it) => now <= later(begun.latest, it.within) && during(journal, history, begun, it).agrees !== "yes",
  );
}

/**
 * Only what began after the injection counts, and only if it was seen otherwise since the last sample before it: what was so already and
 * stays so has not come true.
 */
function during(
  journal: Journal,
  { faults }: ActHistory,
  begun: Moment,
  { condition, within }: During,
): CheckJudgement {
  const { surely, perhaps, cutShort } = windowOf(faults, begun, within);
  const series = ticksFor(journal, condition, begun);
  const before = series.ticks.findLastIndex((it) => it.to <= begun.earliest);
  const since = series.ticks.slice(Math.max(0, before));
  const otherwise = since.find((it) => !it.good);
  const good = since.filter((it) => it.good && it.from >= begun.latest);
  const came = otherwise ? good.filter((it) => it.from > otherwise.from) : [];
  const what = `${describeCondition(condition)} within ${plain(within)}`;
  const say = answer("during", what);
  const first = came.find((it) => it.to <= surely);
  if (first) return say("yes", `${what}: it did by ${atInstant(first.to).slice(3)}`, [first.seq]);
  const [late] = came;
  if (late && late.from <= perhaps)
    return say("unknown", `${what}: it came true around the end of that time, ${atInstant(late.to)}`, [late.seq]);
  const still = good.find((it) => it.from <= perhaps);
  if (still) {
    const seqs = [...new Set([since[0]?.seq ?? still.seq, still.seq])];
    return say(
      "unknown",
      `${what}: it was never seen to be otherwise before, so nothing shows that it came true`,
      seqs,
    );
  }
  const gap = gapIn(series, begun.latest, perhaps);
  if (gap) return say("unknown", `${what}: nothing was seen for ${formatDuration(ms(gap.to - gap.from))}`, gap.seqs);
  const ended = cutShort ? ", and the fault was over" : "";
  return say("no", `${what}: it did not${late ? `, only ${atInstant(late.to)}` : ""}${ended}`, late ? [late.seq] : []);
}

/** Until when it must have come true. The injection and the fault's end lie somewhere in their spans, and so does the end of this time. */
function windowOf(faults: ActHistory["faults"], begun: Moment, within: Duration) {
  const lifts = faults.flatMap((it) => it.lifted?.when ?? []);
  const over = (edge: keyof Moment) =>
    lifts.length > 0 && lifts.length === faults.length ? Math.max(...lifts.map((it) => it[edge])) : Infinity;
  return {
    surely: instant(Math.min(later(begun.earliest, within), over("earliest"))),
    perhaps: instant(Math.min(later(begun.latest, within), over("latest"))),
    cutShort: over("earliest") < later(begun.earliest, within),
  };
}

/**
 * From the injection on. What was so before it, such as room on a disk, is still there while the fault is taking it: that counts from
 * the injection's end on.
 */
function never(journal: Journal, begun: Moment, condition: Act["never"][number], until: Instant): CheckJudgement {
  const series = ticksFor(journal, condition, begun);
  const before = series.ticks.findLast((it) => it.to <= begun.earliest);
  const since = before && !before.good ? begun.earliest : begun.latest;
  const what = describeCondition(condition);
  const say = answer("never", what);
  // What was seen only after the watching may owe it to our own undo.
  const bad = series.ticks.find((it) => it.from >= since && it.to <= until && it.good);
  if (bad) return say("no", `${what} ${atInstant(bad.from)}, which may never be`, [bad.seq]);
  if (series.ticks.length === 0) return say("unknown", `${what}: it has no samples, so nobody knows`, []);
  const gap = gapIn(series, since, until);
  if (gap)
    return say(
      "unknown",
      `${what}: nothing was seen for ${formatDuration(ms(gap.to - gap.from))} ${atInstant(gap.from).replace("at", "from")} on, so nobody knows`,
      gap.seqs,
    );
  return say(
    "yes",
    `${what}: never from the fault to the end`,
    [...new Set(series.ticks.map((it) => it.seq))].slice(-2),
  );
}

type Event = JournalRecord<"engine">;

/** What only a request to the engine leaves; a crash and a restart policy leave `die` and `start` alone. */
const requested = /^(kill|stop|restart|pause|unpause|create|destroy|rename|update)$/;

/** Whether one that was stopped by request was started, which no restart policy does. */
function isStartByRequest(events: readonly Event[], { action, container, seq }: Event): boolean {
  if (action !== "start") return false;
  const before = events.findLast(
    (it) => it.container === container && it.seq < seq && /^(stop|die|start)$/.test(it.action),
  );
  return before?.action === "stop";
}

function untouched(journal: Journal, { faults }: ActHistory, begun: Moment, until: Instant): CheckJudgement {
  const ours = faults
    .flatMap((it) => [it.injected, it.lifted, it.undone].flatMap((record) => record ?? []))
    .map((it) => it.when);
  const isOurs = ({ when }: Event) =>
    ours.some((it) => when.earliest <= it.latest + slackMs && it.earliest <= when.latest + slackMs);
  const events = recordsOf(journal, "engine");
  const touched = events
    .filter((it) => requested.test(it.action) || isStartByRequest(events, it))
    .filter((it) => it.when.latest >= begun.earliest && it.when.earliest <= until)
    .filter((it) => !isOurs(it));
  const say = answer("untouched", "nothing is touched through the engine");
  if (touched.length === 0) return say("yes", "nothing was touched through the engine", []);
  const what = listed([...new Set(touched.map((it) => `${it.action} of ${it.service}`))]);
  return say(
    "no",
    `something was touched through the engine: ${what}`,
    touched.map((it) => it.seq),
  );
}

/** The engine tells of what we asked for a moment after it answered. */
const slackMs = 250;

function order(journal: Journal, { services }: ActHistory, begun: Moment, until: Instant): CheckJudgement {
  const what = `${listed(services)} started again in this order`;
  const say = answer("order", what);
  const starts = services.map((service) =>
    journal.find(
      (it): it is Event =>
        it.kind === "engine" &&
        it.service === service &&
        it.action === "start" &&
        it.when.latest >= begun.earliest &&
        it.when.earliest <= until,
    ),
  );
  const missing = services.filter((_, index) => starts[index] === undefined);
  if (missing.length > 0) return say("no", `${what}: no start of ${listed(missing)} was seen`, []);
  const found = starts.flatMap((it) => it ?? []);
  const told = listed(found.map((it) => `${it.service} ${atInstant(it.when.earliest)}`));
  const seqs = found.map((it) => it.seq);
  const pairs = found.slice(1).map((next, index) => [found[index] ?? next, next] as const);
  if (pairs.some(([one, next]) => next.when.latest < one.when.earliest)) return say("no", `${what}: ${told}`, seqs);
  const close = pairs.find(([one, next]) => next.when.earliest <= one.when.latest);
  if (close)
    return say(
      "unknown",
      `${what}: ${told}, and ${listed(close.map((it) => it.service))} so close together that their order is not certain`,
      seqs,
    );
  return say("yes", `${what}: ${told}`, seqs);
}

/** Whether a recovery came no earlier than is claimed, as of another healer in a control. `seqs` are what the recovery time came from. */
export function notBefore(act: Act, recovery: Interval, seqs: Evidence["seqs"]): CheckJudgement[] {
  const least = act.recovery.notBefore;
  if (least === undefined) return [];
  const say = answer("not-before", `not back before ${plain(least)}`);
  if (recovery.atLeast >= least) return [say("yes", `it took ${plain(least)} or longer`, seqs)];
  if (recovery.atMost < least) return [say("no", `it was back before ${plain(least)}`, seqs)];
  return [say("unknown", `${plain(least)} lies inside the interval`, seqs)];
}

const answer =
  (kind: CheckJudgement["kind"], condition: string) =>
  (agrees: CheckJudgement["agrees"], text: string, seqs: Evidence["seqs"]): CheckJudgement => ({
    kind,
    condition,
    agrees,
    evidence: { text, seqs },
  });
