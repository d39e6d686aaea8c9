import { kept, ownerLives } from "./stack/labels.ts";

/** What a cleaning leaves alone: what a process that lives is at, and stacks that are meant to stay. */
export class LeftAlone {
  readonly #owners = new Map<string, string>();

  /** Something of a run is this owner's. */
  add(run: string, owner: string): void {
    // Whoever is at work with a stack that is kept matters more than that it is.
    if (ownerLives(owner) || !this.#owners.has(run)) this.#owners.set(run, owner);
  }

  get inUse(): boolean {
    return [...this.#owners.values()].some((it) => it !== kept);
  }

  /** A line for each run, with what can be done. */
  get lines(): string[] {
    return [...this.#owners].map(([run, owner]) =>
      owner === kept
        ? `run ${run}: left alone, its stack is meant to stay; healproof down ${run} removes it`
        : `run ${run}: left alone, process ${owner.split(".")[0]} is at work with it; end that, or healproof clean ${run} --all`,
    );
  }
}
