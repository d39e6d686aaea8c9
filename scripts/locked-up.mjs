// What a Go program that hangs waits for, out of the stacks of its goroutines.

const SHOWN = 12;
const FRAMES = 4;

/**
 * One line for each place in which goroutines wait for a lock, most of them first: how many, for how long where that is known, and who
 * called whom there. Who waits for work, or for others to be done, is not among them.
 * @param {string} stacks as the runtime prints them
 * @returns {string[]}
 */
export function lockedUp(stacks) {
  /** @type {Map<string, { count: number, minutes: number }>} */
  const places = new Map();
  for (const block of stacks.split(/\n\s*\n/)) {
    // Before Go 1.20 a lock's reason is "semacquire", which a WaitGroup's is, too.
    const [header, minutes = "0"] =
      /^goroutine \d+ \[(?:semacquire|sync\.(?:RW)?Mutex\.\w+)(?:, (\d+) minutes)?\b/m.exec(block) ?? [];
    if (header === undefined || block.includes("sync.(*WaitGroup)")) continue;
    const frames = block.split("\n").flatMap((line) => /^([\w./()*-]+)\(.*\)$/.exec(line)?.[1] ?? []);
    const place = frames
      .filter((it) => !/^(sync|runtime|internal)\b/.test(it))
      .slice(0, FRAMES)
      .map((it) => it.slice(it.lastIndexOf("/") + 1))
      .join(" < ");
    const known = places.get(place);
    places.set(place, {
      count: (known?.count ?? 0) + 1,
      minutes: Math.max(known?.minutes ?? 0, Number(minutes)),
    });
  }
  return [...places]
    .toSorted(([, a], [, b]) => b.count - a.count)
    .slice(0, SHOWN)
    .map(
      ([place, { count, minutes }]) =>
        `${count} waiting for a lock${minutes > 0 ? `, for ${minutes} min` : ""}: ${place}`,
    );
}
