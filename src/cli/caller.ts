import { existsSync } from "node:fs";
import { resolve } from "node:path";

/**
 * Paths as the caller means them. `npm run healproof` works in the repository's folder, wherever it was called, and says in
 * INIT_CWD where that was.
 */

type Environment = Readonly<Record<string, string | undefined>>;

/** A path that may be there, or a tag: what is in the caller's folder is meant, anything else stays as it is. */
export function fromCaller(text: string, env: Environment = process.env): string {
  const path = newFromCaller(text, env);
  return text.trim() !== "" && !text.includes("\0") && existsSync(path) ? path : text;
}

/** A path that is to be written. */
export function newFromCaller(text: string, env: Environment = process.env): string {
  const ours = env.npm_lifecycle_event === "healproof" || env.npm_lifecycle_event === "start";
  return ours && env.INIT_CWD ? resolve(env.INIT_CWD, text) : text;
}
