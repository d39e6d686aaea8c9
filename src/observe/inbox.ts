import { z } from "zod";
import { exitCode, KnownError } from "../errors.ts";
import { stretched } from "../limit.ts";
import { patternOf } from "../pattern.ts";
import { ms, seconds } from "../time.ts";
import { looks } from "./pace.ts";
import type { Probe } from "./probe/probe.ts";
import type { ObserverTools } from "./series.ts";

export interface WatchedInbox {
  readonly id: string;
  readonly url: string;
  readonly pattern: string;
}

const every = ms(250);
const usualLimit = seconds(1);

/** Counts the messages that a webhook's receiver keeps and that match: a running total, asked for at a steady pace. */
export async function observeInbox(
  probe: Probe,
  { id, url, pattern }: WatchedInbox,
  tools: ObserverTools,
): Promise<void> {
  const { journal, clock, changed, until } = tools;
  const count = counting(patternOf(pattern));
  for await (const _ of looks({ id, observer: "http", every }, tools)) {
    const answer = await probe.fetch(url, { timeoutMs: stretched(usualLimit) });
    if (until.aborted) return;
    // A receiver that does not answer says nothing about what it has.
    if ("status" in answer && answer.status === 200) {
      const { from, to } = answer.when;
      const total = count(messagesIn(url, answer.body));
      journal.write({ kind: "samples", series: id, items: [[clock.at(from), clock.at(to), total]] });
      changed();
    }
  }
}

function messagesIn(url: string, body: string): unknown[] {
  try {
    return z.array(z.unknown()).parse(JSON.parse(body));
  } catch {
    throw new KnownError("no-messages", `${url} does not list messages`, {
      facts: { wanted: "a JSON array, an item for each message", "it answered": body.slice(0, 200) || "nothing" },
      exitCode: exitCode.usage,
    });
  }
}

/**
 * Counts those that were not in the list before. A receiver may drop the oldest, or forget all when it is restarted, and count
 * repetitions in a message that it has: so a message is known by its texts, not by its place or its numbers.
 */
export function counting(pattern: RegExp): (messages: readonly unknown[]) => number {
  let total = 0;
  let before = new Map<string, number>();
  return (messages) => {
    const now = new Map<string, number>();
    for (const it of messages) {
      const texts = textsOf(it);
      if (![...texts, JSON.stringify(it)].some((text) => pattern.test(text))) continue;
      const key = JSON.stringify(texts);
      now.set(key, (now.get(key) ?? 0) + 1);
    }
    for (const [key, times] of now) total += Math.max(0, times - (before.get(key) ?? 0));
    before = now;
    return total;
  };
}

/** All texts in a message, however deep. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
