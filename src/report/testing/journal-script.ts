import { type Fact, type Journal, type Phase, parseJournal } from "../../journal.ts";

type Act = "main" | "restored" | "afterwards";
type Stretch = readonly [from: number, to: number];

/** Writes a journal as a trial would have: facts in any order, each with the instant at which it is learned. Times are ms on the trial's clock. */
export class JournalScript {
  readonly #lines: { at: number; fact: Fact }[] = [];

  tell(at: number, fact: Fact): void {
    this.#lines.push({ at, fact });
  }

  phase(act: Act, phase: Phase, from: number, to: number | undefined): void {
    this.tell(from, { kind: "phase", act, phase, edge: "begin" });
    if (to !== undefined) this.tell(to, { kind: "phase", act, phase, edge: "end" });
  }

  fault(
    act: Act,
    stage: Extract<Fact, { kind: "fault" }>["stage"],
    fault: string,
    when: Stretch,
    detail: string,
  ): void {
    const ends = fault === "hang" ? "with-the-process" : "at-once";
    const how = detail === "the process is gone" ? "replaced" : "released";
    const more = stage === "announced" ? { ends } : stage === "ended" ? { how } : {};
    this.tell(when[1], { kind: "fault", act, stage, fault, when: span(when), detail, ...more } as Fact);
  }

  engine(service: string, at: number, action: string, attributes: Record<string, string> = {}): void {
    const container = service.padEnd(12, "0");
    this.tell(at + 2, { kind: "engine", when: span([at, at + 0.4]), service, container, action, attributes });
  }

  container(
    service: string,
    at: number,
    startedAt: number,
    restartCount: number,
    restartPolicy: string,
    health = "healthy",
  ): void {
    const look = { when: span([at, at + 3]), startedAt: span([startedAt, startedAt + 0.4]) };
    const container = service.padEnd(12, "0");
    this.tell(at + 3, {
      kind: "container",
      ...look,
      service,
      container,
      status: "running",
      health,
      restartCount,
      restartPolicy,
    });
  }

  /** A series of scrapes every `everyMs`; a scrape of something frozen takes until its timeout. `holes` are silent. */
  scrapes(
    id: string,
    everyMs: number,
    within: Stretch,
    valueAt: (at: number) => number,
    options: { holes?: readonly Stretch[]; frozen?: readonly Stretch[] } = {},
  ): void {
    this.tell(within[0], { kind: "series", id, observer: "prometheus", everyMs });
    for (let at = within[0] + 137; at < within[1]; at += everyMs) {
      if (inAny(options.holes, at)) continue;
      const took = inAny(options.frozen, at) ? everyMs * 0.9 : 3.2;
      this.tell(at + took + 90, { kind: "samples", series: id, items: [[at, at + took, valueAt(at)]] });
    }
  }

  /** A probe about a hundred times a second, written in batches of a quarter of a second. */
  probe(
    id: string,
    within: Stretch,
    down: readonly Stretch[],
    options: { holes?: readonly Stretch[]; frozen?: boolean } = {},
  ): void {
    this.tell(within[0], { kind: "series", id, observer: "probe", everyMs: 10 });
    let batch: Extract<Fact, { kind: "samples" }>["items"] = [];
    let due = within[0] + 250;
    let inFlight = 0;
    for (let at = within[0]; at < within[1]; at = round(at + 10)) {
      if (inAny(options.holes, at)) continue;
      const isDown = inAny(down, at);
      if (isDown && options.frozen) {
        // 32 tries wait at a time, each until its timeout; then the next 32 begin.
        inFlight = (inFlight + 1) % 100;
        if (inFlight <= 32) batch.push([at, at + 1000, 0, "timeout"]);
      } else if (isDown) batch.push([at, round(at + 0.6), 0, "ECONNREFUSED"]);
      else batch.push([at, round(at + 1.8), 200]);
      if (at >= due && batch.length > 0) {
        this.tell(Math.max(at, ...batch.map((it) => Number(it[1]))), { kind: "samples", series: id, items: batch });
        [batch, due] = [[], at + 250];
      }
    }
  }

  /** Through the real reader, so that what tests use is what a trial could have written. */
  build(): Journal {
    const text = this.#lines
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, fact }, seq) => `${JSON.stringify({ seq, at: round(at), ...fact })}\n`)
      .join("");
    return parseJournal(text, "sample");
  }
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
const span = ([earliest, latest]: Stretch) => ({ earliest, latest });
export const inAny = (stretches: readonly Stretch[] | undefined, at: number): boolean =>
  stretches?.some(([from, to]) => at >= from && at < to) ?? false;
