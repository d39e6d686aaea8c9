import { hostOfWall } from "../../clock.ts";
import { exitCode, KnownError } from "../../errors.ts";
import { didYouMean } from "../../scenario/suggest.ts";
import { ms } from "../../time.ts";
import { looks } from "../pace.ts";
import type { Probe } from "../probe/probe.ts";
import type { ObserverTools } from "../series.ts";
import { alertAges, evaluate, longestScrape } from "./api.ts";
import type { ServerClock } from "./clock.ts";
import { selectorsOf } from "./selectors.ts";

/**
 * Asks Prometheus for an expression's value at a steady pace. A sample covers the time from the oldest of the newest raw samples that
 * the expression reads to its evaluation: in that time things were as the value says. What the expression itself looks back over
 * (`[5s]`) is part of what is claimed.
 */

const every = ms(250);

export interface Question {
  /** The series' id. */
  readonly id: string;
  readonly expression: string;
  /** It is about this alert: how old its state may be is known from its rule. */
  readonly alert?: string;
}

export async function ask(
  probe: Probe,
  origin: string,
  question: Question,
  server: ServerClock,
  tools: ObserverTools,
): Promise<void> {
  const { journal, clock, changed, until } = tools;
  const { id, expression } = question;
  const since =
    question.alert === undefined ? newestRead(probe, origin, expression) : ofAlert(probe, origin, question.alert);
  for await (const _ of looks({ id, observer: "promql", every }, tools)) {
    // Before the value: what is read then is as new as this, or newer.
    const known = await since();
    const found = known && (await evaluate(probe, origin, expression));
    if (until.aborted) return;
    if (found && "refused" in found) throw refused(expression, found.refused);
    const [value, ...others] = found?.values ?? [];
    if (known && found && value !== undefined && others.length === 0) {
      const to = hostOfWall(found.unixMs - server.offsetMs);
      const from = to - Math.max(0, known.ageMs ?? found.unixMs - (known.unixMs ?? found.unixMs));
      const span = [clock.at(from - server.uncertaintyMs), clock.at(to + server.uncertaintyMs)] as const;
      journal.write({ kind: "samples", series: id, items: [[...span, value]] });
      changed();
    }
  }
}

/** Since when what Prometheus has is so: since a time of its clock, or for an age before the evaluation. */
interface Since {
  readonly unixMs?: number;
  readonly ageMs?: number;
}

/** Undefined while Prometheus does not say. */
type Freshness = () => Promise<Since | undefined>;

/** The time of the oldest sample among the newest of each series that the expression reads. */
function newestRead(probe: Probe, origin: string, expression: string): Freshness {
  const selectors = selectorsOf(expression);
  let longest: number | undefined;
  return async () => {
    const found = await Promise.all(
      selectors.map((it) => evaluate(probe, origin, `min(timestamp(${it}))`).then((at) => ({ it, at }))),
    );
    // What is no selector after all is refused, and is none; of what Prometheus has no samples now, it may have had some.
    const read = found.flatMap(({ at }) => (at && "refused" in at ? [] : [at?.values[0]]));
    if (!read.includes(undefined)) return { unixMs: Math.min(...read.map((it) => (it ?? 0) * 1000)) };
    longest ??= await longestScrape(probe, origin);
    return longest === undefined ? undefined : { ageMs: longest };
  };
}

function ofAlert(probe: Probe, origin: string, alert: string): Freshness {
  let ageMs: number | undefined;
  return async () => {
    if (ageMs === undefined) {
      const ages = await alertAges(probe, origin);
      if (!ages) return undefined;
      ageMs = ages.get(alert);
      if (ageMs === undefined) throw noSuchAlert(alert, [...ages.keys()], origin);
    }
    return { ageMs };
  };
}

const refused = (expression: string, reason: string) =>
  new KnownError("promql-refused", `Prometheus cannot give the value of ${expression}`, {
    facts: { reason, wanted: "a PromQL expression with one number as its value" },
    exitCode: exitCode.usage,
  });

const noSuchAlert = (alert: string, known: readonly string[], origin: string) =>
  new KnownError("no-such-alert", `Prometheus has no alert rule ${JSON.stringify(alert)}${didYouMean(alert, known)}`, {
    facts: { asked: origin, "it has": known.join(", ") || "none" },
    exitCode: exitCode.usage,
  });
