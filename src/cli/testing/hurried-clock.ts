/** Imported before a program, makes its time run twenty times as fast: its limits are seen without being waited for. */
const real = setTimeout;
globalThis.setTimeout = Object.assign(
  (work: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) => real(work, ms / 20, ...given),
  real,
);

const now = performance.now.bind(performance);
performance.now = () => now() * 20;
