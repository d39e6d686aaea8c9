import { Resolver } from "node:dns/promises";
import type { Resolve } from "./addresses.ts";

/**
 * Asks the engine's own name server by c-ares: getaddrinfo would block one of four threads for seconds when a name is
 * unknown. The engine answers for a running container in under a millisecond, so a short limit suffices.
 */
export function engineResolver(): Resolve {
  const resolver = new Resolver({ timeout: 250, tries: 1, maxTimeout: 250 });
  return async (name) => {
    const v4 = await orNone(resolver.resolve4(name));
    return v4.length > 0 ? v4 : orNone(resolver.resolve6(name));
  };
}

/** What says that a name is not there, or has no address of this family. */
const absent = new Set(["ENOTFOUND", "ENODATA"]);

async function orNone(asked: Promise<string[]>): Promise<readonly string[]> {
  try {
    return await asked;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && absent.has(String(thrown.code))) return [];
    throw thrown;
  }
}
