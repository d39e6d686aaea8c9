import type Dockerode from "dockerode";
import type { FaultContainer } from "../define.ts";
import { startWire } from "./start.ts";
import type { Wire } from "./wire.ts";

export interface WiresOrder {
  /** The helper image's reference. */
  readonly image: string;
  /** What the names of their containers begin with: nobody else's may. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Held {
  /** The main process of the run of the container whose network it is. */
  readonly pid: number;
  readonly wire: Promise<Wire>;
}

/** The wires of one stack: one for each container's network, started when first asked for and kept until all are ended. */
export class Wires implements AsyncDisposable {
  readonly #engine: Dockerode;
  readonly #order: WiresOrder;
  readonly #held = new Map<string, Held>();
  readonly #ending = new Map<Held, Promise<unknown>>();
  #started = 0;
  #ended = false;

  constructor(engine: Dockerode, order: WiresOrder) {
    this.#engine = engine;
    this.#order = order;
  }

  /** The wire into a running container's network as it is now. */
  readonly to = async ({ id, pid }: FaultContainer): Promise<Wire> => {
    if (this.#ended) throw new Error("the wires have been ended already");
    const held = this.#held.get(id);
    if (held?.pid === pid) return held.wire;
    if (held) this.#drop(id, held);
    const next: Held = { pid, wire: this.#start(id) };
    this.#held.set(id, next);
    // One that could not be started, or whose network is gone, is in nobody's way.
    next.wire
      .then((wire) => wire.ended)
      .then(
        () => this.#drop(id, next),
        () => this.#drop(id, next),
      );
    return next.wire;
  };

  #start(container: string): Promise<Wire> {
    this.#started += 1;
    const { image, labels, name } = this.#order;
    return startWire(this.#engine, { image, labels, container, name: `${name}-${this.#started}` });
  }

  #drop(id: string, held: Held): void {
    if (this.#held.get(id) === held) this.#held.delete(id);
    const ending = end(held);
    this.#ending.set(held, ending);
    ending.then(
      () => this.#ending.delete(held),
      // Tried again by whoever ends them all: its engine may be away just now.
      () => undefined,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    for (const [id, held] of this.#held) this.#drop(id, held);
    await Promise.all([...this.#ending].map(([held, ending]) => ending.catch(() => end(held))));
  }
}

const end = ({ wire }: Held): Promise<void> =>
  wire.then(
    (it) => it[Symbol.asyncDispose](),
    () => undefined,
  );
