import type { FaultStack, FaultTools } from "../define.ts";

const notReached = () => Promise.reject(new Error("not reached"));

/** A stack and tools of which nothing may be used; a test puts in what it needs. */
export const noStack: FaultStack = {
  container: notReached,
  start: notReached,
  stop: notReached,
  restart: notReached,
  untilStopped: notReached,
  pause: notReached,
  unpause: notReached,
  limits: notReached,
  setLimits: notReached,
  endpoints: notReached,
  neighbours: notReached,
  leave: notReached,
  join: notReached,
  states: notReached,
  kill: notReached,
  occupy: notReached,
  vacate: notReached,
  checkRecreatable: notReached,
  recreate: notReached,
  endRecreating: notReached,
  run: notReached,
};

export const noHand: FaultTools["hand"] = {
  bootId: "",
  identify: notReached,
  list: notReached,
  signal: notReached,
  watch: notReached,
  usage: notReached,
  descriptors: { look: notReached, limit: notReached },
  memory: { look: notReached, exhaust: notReached, release: notReached },
  disk: { look: notReached, use: notReached, fill: notReached, remove: notReached },
  [Symbol.asyncDispose]: async () => undefined,
};

export const noWire: FaultTools["wire"] = notReached;

export const noTools: FaultTools = { stack: noStack, hand: noHand, wire: noWire };
