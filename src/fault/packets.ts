import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type HostSpan, hostNow } from "../clock.ts";
import { KnownError } from "../errors.ts";
import type { FaultContainer, FaultLook, FaultTools } from "./define.ts";
import { nothingToBreak } from "./nothing-to-break.ts";
import type { Wire } from "./wire/wire.ts";

/**
 * What the faults on packets share: rules of nftables in the container's own network, in a table of ours. A container that restarts
 * gets a new network, without them; yet who cuts a service off for 15 s means 15 s, whatever the healers do meanwhile. So each new
 * network gets the rules as soon as it is seen, each look says for how long it was without them, and the fault is ended by us.
 */

export const packetAim = z.strictObject({
  service: z.string(),
  replica: z.int().optional(),
  /** The run of the container that the rules were first meant for. */
  container: z.string(),
  pid: z.int(),
  /** The table's name. */
  table: z.string(),
});
export type PacketAim = z.output<typeof packetAim>;

/** The chains of the table as they should be now. They may depend on what is known only inside, or changes. */
export type Rules = (wire: Wire, container: FaultContainer) => Promise<string>;

/** The container that is meant and the wire into it. It runs, and has no rules of this kind yet. */
export async function aimAtNetwork(
  tools: FaultTools,
  kind: string,
  service: string,
  replica: number | undefined,
): Promise<{ readonly aim: PacketAim; readonly container: FaultContainer; readonly wire: Wire }> {
  const container = await tools.stack.container(service, replica);
  const facts = { container: container.id.slice(0, 12) };
  if (!container.running) throw nothingToBreak(`${service} does not run, so it has no network`, facts);
  const table = `healproof-${kind}`;
  const wire = await tools.wire(container);
  if ((await wire.table(table)) !== undefined)
    throw nothingToBreak(`${service} has rules of a ${kind} of ours already`, {
      ...facts,
      try: "healproof clean, if no other fault of this scenario is meant",
    });
  const { id, pid } = container;
  const aim = { service, ...(replica === undefined ? {} : { replica }), container: id, pid, table };
  return { aim, container, wire };
}

/** Puts the rules in force, and says when. */
export async function applyRules(tools: FaultTools, aim: PacketAim, rules: Rules): Promise<HostSpan> {
  const when = await inside(tools, aim, async (wire, container) =>
    wire.nft(filling(aim.table, await rules(wire, container))),
  );
  if (when) return when;
  throw nothingToBreak(`${aim.service} stopped before its packets could be touched`, {
    container: aim.container.slice(0, 12),
  });
}

/** Empties the table and fills it in one step: at no moment is more let through than before or after. */
const filling = (table: string, chains: string) => `${removing(table)}table inet ${table} {\n${chains}\n}\n`;

/** Creating it first makes it an empty step where there is none. */
const removing = (table: string) => `add table inet ${table}\ndelete table inet ${table}\n`;

/** What is done inside the container's present network; undefined where it does not run, or stops meanwhile. */
export async function inside<T>(
  tools: FaultTools,
  aim: Pick<PacketAim, "service" | "replica">,
  act: (wire: Wire, container: FaultContainer) => Promise<T>,
): Promise<T | undefined> {
  const before = await containerOf(tools, aim);
  if (!before?.running) return undefined;
  try {
    return await act(await tools.wire(before), before);
  } catch (thrown) {
    const now = await containerOf(tools, aim);
    if (!now?.running || now.id !== before.id || now.pid !== before.pid) return undefined;
    throw thrown;
  }
}

/** Undefined while there is none (it is being made anew, say). */
async function containerOf(
  { stack }: FaultTools,
  { service, replica }: Pick<PacketAim, "service" | "replica">,
): Promise<FaultContainer | undefined> {
  try {
    return await stack.container(service, replica);
  } catch (thrown) {
    if (thrown instanceof KnownError && /^no-such-(service|replica)$/.test(thrown.code)) return undefined;
    throw thrown;
  }
}

/** Removes the rules. None there, or no container that runs, is a success: a network ends with the container's run. */
export async function removeRules(tools: FaultTools, aim: PacketAim): Promise<string> {
  const { service, table } = aim;
  const removed = await inside(tools, aim, async (wire) => {
    const were = (await wire.table(table)) !== undefined;
    await wire.nft(removing(table));
    return were ? `removed the rules from ${service}'s network` : `${service}'s network has no such rules any more`;
  });
  return removed ?? `${service} does not run: the rules are gone with its network`;
}

const everyMs = 1000;
/** While it does not run: its next network should not be without rules for long. */
const everyMsDown = 100;

/** Keeps the rules in force, in each next network of the container too, and tells each second that they are. */
export async function holdRules(
  tools: FaultTools,
  aim: PacketAim,
  rules: Rules,
  tell: (look: FaultLook) => void,
  until: AbortSignal,
): Promise<void> {
  const keeper = new RuleKeeper(tools, aim, rules);
  let told = { why: "", at: Number.NEGATIVE_INFINITY };
  while (!until.aborted) {
    const look = await keeper.look();
    if (until.aborted) return;
    if (look && (look.why !== told.why || look.when.to - told.at >= everyMs * 0.9)) {
      tell(look);
      told = { why: look.why, at: look.when.to };
    }
    if (look && look.state !== "in-force") return;
    await keeper.pause(until);
  }
}

/** Looks at the rules in the container's present network, and puts them there where they are not yet. */
class RuleKeeper {
  readonly #tools: FaultTools;
  readonly #aim: PacketAim;
  readonly #rules: Rules;
  /** The network that was last seen with the rules, by the container's run. */
  #network: { readonly container: string; readonly pid: number };
  /** The chains that were wanted last, and the table as nft listed it then. */
  #chains: string | undefined;
  #listed: string | undefined;
  /** When nothing was last seen to go through, by rules or for want of a network. */
  #closedAt = hostNow();
  /** When the chains that were wanted last were last found to be those that were wanted. */
  #wantedAt = hostNow();
  /** Fulfils when the network is gone; undefined while there is none. */
  #ended: Promise<void> | undefined;

  constructor(tools: FaultTools, aim: PacketAim, rules: Rules) {
    this.#tools = tools;
    this.#aim = aim;
    this.#rules = rules;
    this.#network = aim;
  }

  /** Undefined if the container stopped or started while it was looked at: then there is more to see at once. */
  async look(): Promise<FaultLook | undefined> {
    this.#ended = undefined;
    const from = hostNow();
    const seen = await inside(this.#tools, this.#aim, (wire, container) => this.#lookInside(wire, container));
    if (seen) {
      const look = { ...seen, when: { from, to: hostNow() } };
      if (look.state === "in-force") this.#closedAt = look.when.to;
      return look;
    }
    const container = await containerOf(this.#tools, this.#aim);
    if (container?.running) return undefined;
    this.#closedAt = hostNow();
    const why = `${this.#aim.service} does not run, and has no network`;
    return { state: "in-force", why, when: { from, to: this.#closedAt } };
  }

  /** Until the next look is due: at once when the network goes. */
  async pause(until: AbortSignal): Promise<void> {
    const gone = new AbortController();
    this.#ended?.then(() => {
      this.#closedAt = hostNow();
      gone.abort();
    });
    const limit = this.#ended ? everyMs : everyMsDown;
    await sleep(limit, undefined, { signal: AbortSignal.any([until, gone.signal]) }).catch(() => undefined);
  }

  async #lookInside(wire: Wire, container: FaultContainer): Promise<Omit<FaultLook, "when">> {
    this.#ended = wire.ended;
    const { service, table } = this.#aim;
    const asked = hostNow();
    const chains = await this.#rules(wire, container);
    if (this.#network.container !== container.id || this.#network.pid !== container.pid) {
      const open = await this.#put(wire, container, chains, asked, this.#closedAt);
      return inForce(`${service} was restarted: its new network got the rules after at most ${open} ms`);
    }
    const listed = await wire.table(table);
    if (listed === undefined || listed !== (this.#listed ?? listed))
      return { state: "released", why: `the rules in ${service}'s network were taken away or changed` };
    if (chains !== this.#chains) {
      // At the first look nobody knows yet whether those that were injected are still the ones that are wanted.
      const isFirst = this.#chains === undefined;
      const open = await this.#put(wire, container, chains, asked, this.#wantedAt);
      if (!isFirst) return inForce(`a peer of ${service} has moved: the rules followed it after at most ${open} ms`);
      if (listed !== this.#listed)
        return inForce(
          `a peer of ${service} has moved since the injection, or the rules were changed: they are right now`,
        );
    }
    this.#wantedAt = asked;
    return inForce(`the rules are in ${service}'s network`);
  }

  /** For how long it may have been open, in whole ms, where it was closed for certain `since` then. */
  async #put(wire: Wire, { id, pid }: FaultContainer, chains: string, asked: number, since: number): Promise<number> {
    const { to } = await wire.nft(filling(this.#aim.table, chains));
    this.#network = { container: id, pid };
    this.#chains = chains;
    this.#wantedAt = asked;
    this.#listed = await wire.table(this.#aim.table);
    return Math.max(0, Math.round(to - since));
  }
}

const inForce = (why: string) => ({ state: "in-force", why }) as const;
