import type { Probe } from "../probe/probe.ts";
import { OtherWall, sameWall, type WallClock } from "../wall-clock.ts";
import { serverTime } from "./api.ts";

/** Prometheus may move a scrape's timestamp by up to this much, so that it compresses better. */
const alignmentMs = 2;

/** How Prometheus' clock maps to ours. */
export type ServerClock = Omit<WallClock, "toHost">;

/** Asks until it answers, as it may still be starting; undefined if it does not before the end. */
export async function clockOf(probe: Probe, origin: string, until: AbortSignal): Promise<ServerClock | undefined> {
  // The probe runs beside Prometheus, so what is true of its kernel is true of Prometheus'.
  if (probe.clock.sameKernel) return sameWall(alignmentMs);
  const ask = () => serverTime(probe, origin);
  return OtherWall.compared({ ask, method: "PromQL time(), exchanged", moreMs: alignmentMs, until });
}
