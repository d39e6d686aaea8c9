import { availableParallelism, totalmem } from "node:os";

/** However many cores there are, they have one engine, with some thirty networks to give. */
const most = 4;
/** What is measured has up to two stacks beside it that come and go; one takes some 0.6 GiB where ours is the measure. */
const memoryForEach = 2 * 1024 ** 3;

/** Of a machine as it is, `memory` in bytes: one for each core, at least one, and no more than its memory carries. */
export const workersFor = ({ cores, memory }: { readonly cores: number; readonly memory: number }): number =>
  Math.max(1, Math.min(cores, most, Math.floor(memory / memoryForEach)));

/** How many recoveries are measured at a time unless told. A stack that is watched takes half a core. */
export const defaultWorkers = (): number => workersFor({ cores: availableParallelism(), memory: totalmem() });
