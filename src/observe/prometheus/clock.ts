import { setTimeout as sleep } from "node:timers/promises";
import { hostNow, wallReadingUncertaintyMs } from "../../clock.ts";
import type { Probe } from "../probe/probe.ts";
import { serverTime } from "./api.ts";

/** Prometheus may move a scrape's timestamp by up to this much, so that it compresses better. */
const alignmentMs = 2;
const exchanges = 5;
const retryMs = 100;

/** How Prometheus' clock maps to ours. */
export interface ServerClock {
  readonly sameKernel: boolean;
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
  readonly method: string;
}

/** The offset of Prometheus' clock to ours. Asks until it answers: it may still be starting. */
export async function clockOf(probe: Probe, origin: string, until: AbortSignal): Promise<ServerClock | undefined> {
  // The probe runs beside Prometheus, so what is true of its kernel is true of Prometheus'.
  if (probe.clock.sameKernel)
    return {
      sameKernel: true,
      offsetMs: 0,
      uncertaintyMs: wallReadingUncertaintyMs + alignmentMs,
      method: "same kernel (equal boot_id)",
    };
  let best: { offset: number; half: number } | undefined;
  for (let taken = 0; taken < exchanges && !until.aborted; ) {
    const before = hostNow();
    const time = await serverTime(probe, origin);
    if (time === undefined) {
      await sleep(retryMs, undefined, { signal: until }).catch(() => undefined);
      continue;
    }
    const half = (hostNow() - before) / 2;
    const offset = time - (Date.now() - half);
    if (!best || half < best.half) best = { offset, half };
    taken++;
  }
  return (
    best && {
      sameKernel: false,
      offsetMs: best.offset,
      uncertaintyMs: best.half + wallReadingUncertaintyMs + alignmentMs,
      method: "PromQL time(), exchanged",
    }
  );
}
