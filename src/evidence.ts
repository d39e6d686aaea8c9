import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JournalWriter } from "./journal-file.ts";
import type { StartedStack } from "./stack/stack.ts";

/** Saves what a person would look at after a failure, before anything is removed: each service's log and the containers' states. */
export async function saveEvidence(stack: StartedStack, trialFolder: string, journal: JournalWriter): Promise<void> {
  const folder = join(trialFolder, "evidence");
  await mkdir(folder, { recursive: true });
  const keep = async (name: string, what: string, content: Promise<string>) => {
    await writeFile(join(folder, name), await content);
    journal.write({ kind: "evidence", file: `evidence/${name}`, what });
  };
  await Promise.all([
    ...stack.services.map((service) =>
      keep(`${service}.log`, `what ${service} logged`, stack.containers.logs(service)),
    ),
    // A look holds states, not configurations: no environment, and so no secret, is in it.
    keep(
      "containers.json",
      "the containers' last states",
      stack.containers.look().then((looks) => `${JSON.stringify(looks, null, 2)}\n`),
    ),
  ]);
}
