// Which of vitest's projects (vitest.config.ts) a command of ours runs.

/** @param {readonly string[]} args for vitest. Whoever names projects means these. */
export const withoutFullSet = (args) =>
  args.some((it) => it === "--project" || it.startsWith("--project=")) ? [...args] : ["--project=!full*", ...args];

/** @param {readonly string[]} args */
export const fullSet = (args) => ["--project=full*", ...args];
