import { z } from "zod";
import { duration, formatDuration, parseDuration, seconds } from "../../time.ts";
import { asPattern, pattern } from "./pattern.ts";
import type { Reading } from "./reading.ts";

/** What an address inside the stack's network answers, tried 20 to 100 times a second. */

const probeUrl = /^(http:\/\/[^\s/:]+(:\d+)?(\/\S*)?|tcp:\/\/[^\s/:]+:\d+)$/;

/** A try is given up after this long: what takes longer is no answer. */
const longestTry = seconds(1);

/** A plan keeps it as it is written, so that a condition read twice is still the same. */
const latency = duration.in
  .refine((text) => (parseDuration(text) ?? 0) > 0, "a duration longer than 0")
  .refine((text) => (parseDuration(text) ?? 0) < longestTry, {
    message: "a try is given up after 1s: wanted less",
  });

const httpOnly = {
  status: "a tcp probe has no status: an accepted connection is good",
  otherThan: "a tcp probe has no status: an accepted connection is good",
  body: "a tcp probe has no body: an accepted connection is good",
} as const;

export const probeCondition = z
  .strictObject({
    probe: z
      .string()
      .regex(
        probeUrl,
        "an address inside the stack's network without TLS, such as http://app:8080/readyz or tcp://postgres:5432",
      )
      .meta({ description: "Tried from inside the stack's network, 20 to 100 times a second" }),
    status: z.int().min(100).max(599).optional().meta({ description: "The HTTP status that is good; 200 unless told" }),
    otherThan: z.int().min(100).max(599).optional().meta({
      description: "In place of status: good is any answer but this, and no answer at all",
    }),
    body: pattern
      .optional()
      .meta(asPattern("A regular expression (^ and $ at each line) that must match the answer's body")),
    latencyAtMost: latency
      .optional()
      .meta({ description: "The longest that a good try may take, from finding the address to the answer's end" }),
  })
  .superRefine((it, context) => {
    if (it.otherThan !== undefined && (it.status !== undefined || it.body !== undefined))
      context.addIssue({
        code: "custom",
        path: ["otherThan"],
        message: "`otherThan` stands alone: without status and body",
      });
    if (!it.probe.startsWith("tcp:")) return;
    for (const key of ["status", "otherThan", "body"] as const)
      if (it[key] !== undefined) context.addIssue({ code: "custom", path: [key], message: httpOnly[key] });
  });

export function readProbe(it: z.output<typeof probeCondition>): Reading {
  const { probe: url, status = 200, otherThan, body } = it;
  const longest = it.latencyAtMost === undefined ? undefined : parseDuration(it.latencyAtMost);
  const answered = otherThan === undefined ? `answers ${status}` : `answers other than ${otherThan}, or not`;
  const answers = url.startsWith("tcp:") ? `${url} accepts` : `${url} ${answered}`;
  const parts = [
    ...(body === undefined ? [] : [`with a body that matches /${body}/`]),
    ...(longest === undefined ? [] : [`in at most ${formatDuration(longest)}`]),
  ];
  return {
    series: body === undefined ? url : `${url} body /${body}/`,
    text: [answers, ...parts].join(" "),
    watch: { by: "probe", url, ...(body === undefined ? {} : { body }) },
    // A body that does not match is told by the sign; no answer is 0.
    good: ({ from, to, value }) =>
      (otherThan === undefined ? value === status : value !== otherThan) &&
      (longest === undefined || to - from <= longest),
    say: (value) => (value < 0 ? `${-value}, and its body does not match` : String(value)),
  };
}
