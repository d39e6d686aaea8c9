import { expect, test } from "vitest";
import { selectorsOf } from "./selectors.ts";

test.each([
  ["up", ["up"]],
  ['up{job="app"}', ['up{job="app"}']],
  [
    'sum by (job, instance) (rate(orders_total{status=~"5..", path!="/a}b"}[5s])) > bool 0.5',
    ['orders_total{status=~"5..", path!="/a}b"}'],
  ],
  ["sum(rate(errors[1m] offset 5m)) / sum without (pod) (rate(requests[1m]))", ["errors", "requests"]],
  ["a and on (job) b unless ignoring(x, y) c or vector(0)", ["a", "b", "c"]],
  ["a * on (job) group_left (owner) b + a", ["a", "b"]],
  ["a * on(job) group_left b", ["a", "b"]],
  [
    'count(ALERTS{alertname="Down",alertstate="firing"}) or vector(0)',
    ['ALERTS{alertname="Down",alertstate="firing"}'],
  ],
  ["count({job='app'}) + 1e3 - Inf", ["{job='app'}"]],
  ["max_over_time(x:rate5m[1m:10s]) @ start() # of x:rate5m, not y", ["x:rate5m"]],
  ['label_replace(up, "host", "$1", "instance", "(.*):.*")', ["up"]],
  ["time() - vector(1)", []],
])("in %s are %j", (expression, selectors) => {
  expect(selectorsOf(expression)).toEqual(selectors);
});
