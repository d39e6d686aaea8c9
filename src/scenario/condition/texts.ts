import { z } from "zod";
import { asPattern, pattern } from "./pattern.ts";
import type { Reading } from "./reading.ts";

/** What was written or sent since the fault: lines of a log, messages that a webhook's receiver keeps. */

const atLeast = z.int().min(1).optional().meta({ description: "So many or more since the fault; 1 unless told" });

export const logCondition = z.strictObject({
  log: z.string().min(1).meta({ description: "A service of the Compose file: what its first container writes" }),
  matches: pattern.meta(asPattern("A regular expression that a line must match")),
  atLeast,
});

const receiver = /^http:\/\/[^\s/:]+(:\d+)?(\/\S*)?$/;

export const messageCondition = z.strictObject({
  message: pattern.meta(
    asPattern(
      "A regular expression (^ and $ at each line) that one of a message's texts, or all of it as JSON, must match",
    ),
  ),
  at: z
    .string()
    .regex(
      receiver,
      "an address inside the stack's network without TLS that lists messages, such as http://notify:8025/messages",
    )
    .meta({ description: "Answers with a JSON array of the messages that were received; asked four times a second" }),
  atLeast,
});

export const readLog = ({ log, matches, atLeast = 1 }: z.output<typeof logCondition>): Reading => ({
  series: `log of ${log} /${matches}/`,
  text:
    atLeast === 1
      ? `a line of ${log}'s log matches /${matches}/`
      : `${atLeast} lines of ${log}'s log match /${matches}/`,
  watch: { by: "log", service: log, pattern: matches },
  cumulative: true,
  good: ({ value }) => value >= atLeast,
  say: (value) => (value === 1 ? "1 line" : `${value} lines`),
});

export const readMessage = ({ message, at, atLeast = 1 }: z.output<typeof messageCondition>): Reading => ({
  series: `messages at ${at} /${message}/`,
  text: atLeast === 1 ? `a message at ${at} matches /${message}/` : `${atLeast} messages at ${at} match /${message}/`,
  watch: { by: "http", url: at, pattern: message },
  cumulative: true,
  good: ({ value }) => value >= atLeast,
  say: (value) => (value === 1 ? "1 message" : `${value} messages`),
});
