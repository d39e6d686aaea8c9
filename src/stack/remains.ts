import type { ContainerLook, ContainerRemains } from "./stack.ts";

/**
 * What there is of a stack that did not come up, and what there was: whoever started it may take it down again before anybody can look.
 * Told of each illness, it remembers how all containers were then, and what they had logged.
 */
export class Remains implements ContainerRemains {
  readonly #there: ContainerRemains;
  readonly #looks = new Map<string, ContainerLook>();
  readonly #logs = new Map<string, string>();
  #remembering: Promise<unknown> = Promise.resolve();

  constructor(there: ContainerRemains) {
    this.#there = there;
  }

  /** One after the other: what was seen last is what counts. What cannot be had any more may lack. */
  remember(): void {
    this.#remembering = this.#remembering.then(() => this.#rememberAll()).catch(() => undefined);
  }

  async look(): Promise<ContainerLook[]> {
    await this.#remembering;
    for (const it of await this.#there.look()) this.#looks.set(it.container, it);
    return [...this.#looks.values()];
  }

  async logs(service: string): Promise<string> {
    await this.#remembering;
    try {
      return await this.#there.logs(service);
    } catch (thrown) {
      const remembered = this.#logs.get(service);
      if (remembered === undefined) throw thrown;
      return remembered;
    }
  }

  async #rememberAll(): Promise<void> {
    const looks = await this.#there.look();
    for (const it of looks) this.#looks.set(it.container, it);
    const services = [...new Set(looks.map((it) => it.service))];
    await Promise.allSettled(services.map(async (it) => this.#logs.set(it, await this.#there.logs(it))));
  }
}
