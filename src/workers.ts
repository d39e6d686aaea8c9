import { availableParallelism } from "node:os";

/** Observing is cheap, but starting the next stack beside it is not: two cores carry one trial at a time. */
export const defaultWorkers = (): number => Math.max(1, Math.floor(availableParallelism() / 2));
