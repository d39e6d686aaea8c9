import { availableParallelism } from "node:os";

/** However many cores there are, they have one engine, with some thirty networks to give. */
const most = 4;

/**
 * How many recoveries are measured at a time unless told: one for each core. A stack that is watched takes half a core, and starts and
 * removals wait until it is quiet no more.
 */
export const defaultWorkers = (): number => Math.min(availableParallelism(), most);
