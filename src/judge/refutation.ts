import { headerOf, type Journal, type JournalRecord } from "../journal.ts";
import { formatDuration, type Moment, ms } from "../time.ts";
import { historyOf } from "./history.ts";
import type { ActJudgement, Evidence } from "./judgement.ts";

/** Policies that restart a container whenever it ends by itself. */
const restarting: readonly string[] = ["always", "unless-stopped"];

/**
 * What a control without the watchdog shows of a common belief: that a restart policy restarts a container which is unhealthy.
 * Only from what the engine itself said: its healthcheck failed, its policy restarts, and it was not restarted all the same.
 */
export function refutationOf(journal: Journal, acts: readonly ActJudgement[]): Evidence | undefined {
  const { plan } = headerOf(journal);
  const main = acts.find((it) => it.act === "main");
  const planned = plan.acts.find((it) => it.id === "main");
  if (plan.control?.without !== "watchdog" || !planned || !main) return undefined;
  if (main.outcome !== "proven" || main.verdict.kind !== "never-recovered") return undefined;
  const { origin, originSeq, services, horizon, undone } = historyOf(journal, planned);
  const [service] = services;
  if (!origin || originSeq === undefined || service === undefined) return undefined;
  const end = Math.min(horizon, undone?.when.earliest ?? horizon);
  const within = ({ when }: { readonly when: Moment }) => when.latest >= origin.earliest && when.earliest <= end;
  const unhealthy = journal
    .filter((it) => it.kind === "engine" || it.kind === "container")
    .filter((it) => it.service === service && saysUnhealthy(it))
    .filter((it) => it.when.earliest >= origin.earliest && it.when.latest <= end)
    .sort((a, b) => a.when.earliest - b.when.earliest)[0];
  // It may be one of several.
  const ofIt = <T extends { readonly container: string }>(it: T) => it.container === unhealthy?.container;
  const events = journal.filter((it) => it.kind === "engine").filter(ofIt);
  const looks = journal.filter((it) => it.kind === "container").filter(ofIt);
  const before = looks.findLast((it) => it.when.earliest <= origin.earliest);
  const after = looks.find((it) => it.when.latest >= end);
  if (!before || !after || !unhealthy) return undefined;
  const moved = events.some((it) => within(it) && /^(start|restart|health_status: healthy)$/.test(it.action));
  if (moved || !stayed(before, after)) return undefined;
  const since = formatDuration(ms(Math.max(0, unhealthy.when.latest - origin.earliest)));
  return {
    text: `The common claim that a restart policy restarts an unhealthy container is refuted: with \`restart: ${before.restartPolicy}\`, ${service} was unhealthy from ${since} after the fault on and was not restarted in the ${formatDuration(main.watchedFor ?? ms(0))} watched`,
    seqs: [before.seq, originSeq, unhealthy.seq, after.seq],
  };
}

const saysUnhealthy = (it: JournalRecord<"engine"> | JournalRecord<"container">): boolean =>
  it.kind === "engine" ? it.action === "health_status: unhealthy" : it.health === "unhealthy";

const stayed = (before: JournalRecord<"container">, after: JournalRecord<"container">): boolean =>
  restarting.includes(before.restartPolicy) &&
  after.restartPolicy === before.restartPolicy &&
  after.container === before.container &&
  after.restartCount === before.restartCount;
