import { setTimeout as sleep } from "node:timers/promises";

const LIMIT_MS = 60_000;
const AGAIN_MS = 100;

/** What tests make in the engine themselves carries this in its name, so that it can be told from everybody else's. */
export const testRunVariable = "HEALPROOF_TEST_RUN";

/**
 * Removes the containers, networks and volumes whose names carry a test run's id: an interrupted test cannot. Looks until it finds none,
 * for the engine may still be making some.
 * @param {Pick<import("./set-up/machine.mjs").Machine, "run">} machine @param {string} testRun @returns {Promise<number>} how many were removed
 */
export async function sweep(machine, testRun) {
  const docker = async (/** @type {string[]} */ ...args) => {
    const { code, stdout, why } = await machine.run("docker", args, { timeoutMs: 20_000 });
    // Not to be taken for nothing there.
    if (why) throw new Error(`what tests have left behind stays: docker ${args[0]}: ${why}`);
    return code === 0 ? stdout.split("\n").filter((line) => line !== "") : [];
  };
  const filter = ["--quiet", "--filter", `name=-${testRun}-`];
  const began = performance.now();
  const removed = new Set();
  for (;;) {
    const containers = await docker("ps", "--all", ...filter);
    // One after another: an engine before 20.10.27 may lock up where several leave a network at once (moby/moby#46661).
    for (const container of containers) await docker("rm", "--force", "--volumes", container);
    const [networks, volumes] = await Promise.all([
      docker("network", "ls", ...filter),
      docker("volume", "ls", ...filter),
    ]);
    if (containers.length + networks.length + volumes.length === 0) return removed.size;
    for (const it of [...containers, ...networks, ...volumes]) removed.add(it);
    await Promise.all([
      networks.length > 0 && docker("network", "rm", ...networks),
      volumes.length > 0 && docker("volume", "rm", ...volumes),
    ]);
    if (performance.now() - began > LIMIT_MS)
      throw new Error(`docker still has ${[...containers, ...networks, ...volumes].join(", ")} of the tests`);
    await sleep(AGAIN_MS);
  }
}
