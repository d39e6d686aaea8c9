import type { JournalRecord } from "../journal.ts";
import type { Moment } from "../time.ts";

type Look = JournalRecord<"container">;
type StartedLook = Look & { readonly startedAt: Moment };

/** One container, as it was looked at before and after. */
export interface LookedTwice {
  readonly before: StartedLook;
  readonly after: StartedLook;
}

export interface BeforeAndAfter {
  readonly twice: readonly LookedTwice[];
  /** Containers that were there only before, or only after. */
  readonly once: readonly Look[];
}

/** Each of a service's containers with itself: in the last look before the fault, and in the first from the recovery on. Undefined if there was none. */
export function lookedTwice(looks: readonly Look[], origin: Moment, recoveredAt: Moment): BeforeAndAfter | undefined {
  // A service's containers are all looked at together.
  const withIt = (one: Look | undefined) => looks.filter((it) => it.when.earliest === one?.when.earliest);
  const before = withIt(looks.findLast((it) => it.when.earliest <= origin.latest));
  const after = withIt(looks.find((it) => it.when.latest >= recoveredAt.earliest && !before.includes(it)));
  if (before.length === 0 || after.length === 0 || ![...before, ...after].every(isStarted)) return undefined;
  const twice = before.flatMap((was) => {
    const is = after.find((it) => it.container === was.container);
    return is && isStarted(was) && isStarted(is) ? [{ before: was, after: is }] : [];
  });
  const paired = twice.flatMap((it): Look[] => [it.before, it.after]);
  return { twice, once: [...before, ...after].filter((it) => !paired.includes(it)) };
}

const isStarted = (look: Look): look is StartedLook => look.startedAt !== undefined;

/** Whether it was started once, before both looks. */
export const ranOn = ({ before: { startedAt: was }, after: { startedAt: is } }: LookedTwice): boolean =>
  was.earliest <= is.latest && is.earliest <= was.latest;
