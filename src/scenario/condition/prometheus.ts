import { z } from "zod";
import { bounds, boundsText, fitting, someBound, within } from "./bounds.ts";
import type { Reading } from "./reading.ts";

/** What Prometheus knows: the raw samples of a series, an expression's value, an alert. */

const matcher = String.raw`[a-zA-Z_][a-zA-Z0-9_]*\s*(=|!=|=~|!~)\s*("([^"\\]|\\.)*"|'([^'\\]|\\.)*')`;
const selectorPattern = new RegExp(
  String.raw`^[a-zA-Z_:][a-zA-Z0-9_:]*(\{\s*(${matcher}\s*(,\s*${matcher}\s*)*)?\})?$`,
);
export const selector = z.string().regex(selectorPattern, 'a PromQL series selector, such as up{job="app"}').meta({
  description: 'A PromQL series selector, such as up{job="app"}. Its raw samples are read, not an expression.',
});

export const metricCondition = z
  .strictObject({ metric: selector, ...bounds(z.number()) })
  .superRefine(fitting("a metric condition"))
  .meta(someBound);

export const promqlCondition = z
  .strictObject({
    promql: z.string().min(1).meta({
      description:
        "A PromQL expression with one value, asked four times a second. No value, or several, is no sample: a comparison needs `bool`",
    }),
    ...bounds(z.number()),
  })
  .superRefine(fitting("a promql condition"))
  .meta(someBound);

export const counterCondition = z.strictObject({
  counter: selector.meta({
    description: 'A counter by its selector, such as errors_total{job="app"}; the sum of several series',
  }),
  increases: z.literal(true),
});

const labelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "the name of a label, such as job");

export const alertCondition = z.strictObject({
  alert: z.string().min(1).meta({ description: "The name of an alert rule of Prometheus; good while it fires" }),
  where: z
    .record(labelName, z.string())
    .optional()
    .meta({ description: "Only of the alert with these labels; any of it unless told" }),
  is: z.enum(["firing", "quiet"]).optional().meta({ description: "firing unless told; quiet: it does not fire" }),
});

export const readMetric = (it: z.output<typeof metricCondition>): Reading => ({
  series: it.metric,
  text: `${it.metric} ${boundsText(it)}`,
  watch: { by: "prometheus", selector: it.metric },
  good: ({ value }) => within(it, value),
  say: String,
});

export const readCounter = ({ counter }: Pick<z.output<typeof counterCondition>, "counter">): Reading => ({
  series: counter,
  text: `${counter} increases`,
  watch: { by: "prometheus", selector: counter, sum: true },
  cumulative: true,
  resets: true,
  good: ({ value }) => value > 0,
  say: (value) => `${value} more`,
});

export const readPromql = (it: z.output<typeof promqlCondition>): Reading => ({
  series: `promql ${it.promql}`,
  text: `${it.promql} ${boundsText(it)}`,
  watch: { by: "promql", expression: it.promql },
  good: ({ value }) => within(it, value),
  say: String,
});

export function readAlert({ alert, where = {}, is = "firing" }: z.output<typeof alertCondition>): Reading {
  const labels = Object.entries(where).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const name = `alert ${alert}${labels.length === 0 ? "" : `{${labels.join(",")}}`}`;
  const matchers = [`alertname=${JSON.stringify(alert)}`, `alertstate="firing"`, ...labels];
  const say = (firing: number) => (firing > 0 ? "firing" : "not firing");
  return {
    series: name,
    text: `${name} is ${is === "firing" ? is : "not firing"}`,
    // An alert that does not fire has no series: 0 then, so that it is no gap.
    watch: { by: "promql", expression: `count(ALERTS{${matchers.join(",")}}) or vector(0)`, alert },
    good: ({ value }) => value > 0 === (is === "firing"),
    say,
  };
}
