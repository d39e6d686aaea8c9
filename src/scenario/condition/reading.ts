import type { Instant } from "../../time.ts";

/** One sample as far as a condition looks at it: it covers its whole exchange. Of a running total the value is what came since the origin. */
export interface Sampled {
  readonly from: Instant;
  readonly to: Instant;
  readonly value: number;
}

/** What must be looked at for a condition, as the observer that does it is told. */
export type Watch =
  | { readonly by: "prometheus"; readonly selector: string; readonly sum?: true }
  | { readonly by: "promql"; readonly expression: string; readonly alert?: string }
  | { readonly by: "probe"; readonly url: string; readonly body?: string }
  | { readonly by: "state" | "health"; readonly service: string; readonly replica?: number }
  | { readonly by: "starts" | "log-size"; readonly service: string }
  | { readonly by: "log"; readonly service: string; readonly pattern: string }
  | { readonly by: "http"; readonly url: string; readonly pattern: string }
  | { readonly by: "disk"; readonly service: string; readonly path: string };

/** All that the rest of healproof has to know of one condition. Each kind of condition makes it, in a file of its own. */
export interface Reading {
  /** The id of the series that it reads: conditions with equal ids share one. */
  readonly series: string;
  /** `up{job="app"} is 1`, for people. */
  readonly text: string;
  readonly watch: Watch;
  /**
   * Its samples hold a running total, which never falls. What counts is what came since the origin of the act that it is judged in;
   * before the fault, since the observation began.
   */
  readonly cumulative?: true;
  /** It falls all the same where it begins again at 0, as the counter of a program that was restarted. */
  readonly resets?: true;
  readonly good: (sample: Sampled) => boolean;
  /** A sample's value in words: `exited`, `503`. */
  readonly say: (value: number) => string;
}
