import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { allDone } from "./all-done.ts";
import type { Fact } from "./journal.ts";
import type { ContainerRemains } from "./stack/stack.ts";

/**
 * Saves what a person would look at after a failure, before anything is removed: the containers' states, and the log of each service that
 * has any. One that cannot be saved keeps no other from it.
 */
export async function saveEvidence(
  containers: ContainerRemains,
  trialFolder: string,
  journal: { readonly write: (fact: Fact) => unknown },
): Promise<void> {
  const folder = join(trialFolder, "evidence");
  await mkdir(folder, { recursive: true });
  const keep = async (name: string, what: string, content: Promise<string>) => {
    await writeFile(join(folder, name), await content);
    journal.write({ kind: "evidence", file: `evidence/${name}`, what });
  };
  const looks = await containers.look();
  const services = [...new Set(looks.map((it) => it.service))];
  await allDone([
    ...services.map((service) => keep(`${service}.log`, `what ${service} logged`, containers.logs(service))),
    // A look holds states, not configurations: no environment, and so no secret, is in it.
    keep("containers.json", "the containers' last states", Promise.resolve(`${JSON.stringify(looks, null, 2)}\n`)),
  ]);
}
