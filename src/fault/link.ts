import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type HostSpan, hostNow } from "../clock.ts";
import { KnownError } from "../errors.ts";
import { type Duration, duration, seconds } from "../time.ts";
import { type AnyFault, defineFault, type FaultLook, type FaultTools } from "./define.ts";
import { type HelloName, helloNames, helloOf, likeliest } from "./hello.ts";
import { lookEachSecond } from "./look-each-second.ts";
import { answerLength, type Measure, measured } from "./measure.ts";
import { nothingToBreak } from "./nothing-to-break.ts";
import { service } from "./params.ts";
import { has, type LinkProxy, type Stream, streams, Toxiproxy, toxic } from "./toxiproxy.ts";
import type { Wire } from "./wire/wire.ts";

/** What the faults of a link share: a proxy of Toxiproxy is disturbed, and a hello through it shows that it is. */

export const linkParams = {
  link: z.string().min(1).meta({ description: "The link's name: that of its proxy in Toxiproxy" }),
  through: service.default("toxiproxy").meta({
    description: "The service that is Toxiproxy, with its API on port 8474; toxiproxy unless told",
  }),
};

/** Which bytes are meant: those on their way to the server (upstream), those on their way back (downstream), or both. */
export const directionOf = <const Default extends "both" | Stream>(unlessTold: Default) =>
  z
    .enum(["both", ...streams])
    .default(unlessTold)
    .meta({ description: `Bytes to the server (upstream), from it (downstream) or both; ${unlessTold} unless told` });

const leastDelayMs = 10;

export const delayOf = (description: string) =>
  duration
    .refine((it) => it >= leastDelayMs, `at least ${leastDelayMs}ms: less is not told from a busy machine`)
    .meta({ description });

/** How much of a delay must be seen, in ms, where there is so much time: jitter may take some of it away. */
export const seenOf = (delay: number, within: Duration): number => 0.8 * Math.min(delay, within);

const address = z.strictObject({ host: z.string(), port: z.int() });
type Address = z.output<typeof address>;

const linkAim = z.strictObject({
  through: z.string(),
  link: z.string(),
  /** Where the proxy listens, and where it leads, as seen from its own container. */
  near: address,
  far: address,
  /** What is answered through the link and around it, so that the fault shows in it; null if we know nothing that is. */
  hello: z.enum(helloNames).nullable(),
  /** What is added to the proxy. None: it is disabled. */
  toxics: z.array(toxic),
});
type LinkAim = z.output<typeof linkAim>;

/** A toxic without its name and its direction. */
export interface Kind {
  readonly type: string;
  readonly attributes: Readonly<Record<string, number>>;
}

interface LinkFault<Name extends string, Params extends z.ZodObject<typeof linkParams>> {
  readonly kind: Name;
  readonly summary: string;
  readonly params: Params;
  describe(params: z.output<Params>): string;
  /** What is done to the proxy: a toxic in these directions, or it is disabled. */
  breaks(params: z.output<Params>): { readonly toxic: Kind; readonly direction: "both" | Stream } | "disabled";
  /** How it can be measured with this hello; undefined if it cannot, so that only Toxiproxy's own word is left. */
  measure(toxics: LinkAim["toxics"], hello: HelloName | null, within: Duration): Measure | undefined;
}

/** Declares a fault of a link: held by Toxiproxy, which nothing in the stack tells to stop, and so ended by us. */
export function defineLinkFault<const Name extends string, Params extends z.ZodObject<typeof linkParams>>(
  fault: LinkFault<Name, Params>,
): AnyFault<Name, z.input<Params>, true> {
  const { kind, summary, params, describe } = fault;
  const measureOf = ({ toxics, hello }: LinkAim, within: Duration) => fault.measure(toxics, hello, within);
  return defineFault<Name, Params, LinkAim, true>({
    kind,
    summary,
    params,
    aimed: linkAim,
    ends: "by-us",
    lasts: true,
    describe,

    aim: (tools, written) => {
      const broken = fault.breaks(written);
      const toxics = broken === "disabled" ? [] : toxicsOf(kind, broken);
      return aimAt(tools, linkOf.parse(written), kind, toxics, (hello) => fault.measure(toxics, hello, longest));
    },

    async inject(tools, aim) {
      const toxiproxy = new Toxiproxy(await wireTo(tools, aim.through), aim.through);
      if (aim.toxics.length > 0) return hull(await inOrder(aim.toxics, (it) => toxiproxy.add(aim.link, it)));
      const when = await toxiproxy.enable(aim.link, false);
      if (when) return when;
      throw nothingToBreak(`the link ${aim.link} has gone`, { through: aim.through });
    },

    /** Bitten once a hello through the link fares as the fault has it, while the same hello around the link is answered. */
    async witness(tools, aim, within) {
      const measure = measureOf(aim, within);
      const wire = await wireTo(tools, aim.through);
      return measure ? measured(wire, aim, measure, within) : witnessed(wire, aim, within);
    },

    watch: (tools, aim, tell, until) => {
      const word = measureOf(aim, longest) ? "" : "; only Toxiproxy's word, for nothing that we can say shows it";
      return lookEachSecond(async () => lookAt(tools, aim, word), tell, until);
    },

    undo: (tools, aim) => putBack(tools, aim),
  });
}

/** Any limit does where only asked whether it can be measured. */
const longest = seconds(5);

const linkOf = z.looseObject({ link: z.string(), through: z.string() });

const toxicsOf = (
  kind: string,
  { toxic: { type, attributes }, direction }: { readonly toxic: Kind; readonly direction: "both" | Stream },
): LinkAim["toxics"] =>
  streams
    .filter((stream) => direction === "both" || direction === stream)
    .map((stream) => ({ name: `healproof-${kind}-${stream}`, type, stream, attributes: { ...attributes } }));

async function wireTo(tools: FaultTools, through: string): Promise<Wire> {
  const container = await tools.stack.container(through);
  if (container.running) return tools.wire(container);
  throw nothingToBreak(`${through} does not run`, { container: container.id.slice(0, 12) });
}

async function aimAt(
  tools: FaultTools,
  { link, through }: { readonly link: string; readonly through: string },
  kind: string,
  toxics: LinkAim["toxics"],
  measureBy: (hello: HelloName) => Measure | undefined,
): Promise<LinkAim> {
  const wire = await wireTo(tools, through);
  const proxy = await new Toxiproxy(wire, through).proxy(link);
  if (!proxy.enabled)
    throw nothingToBreak(`the link ${link} is disabled already`, { try: "enable it, or healproof clean" });
  const same = proxy.toxics.filter((it) => it.name.startsWith(`healproof-${kind}-`));
  if (same.length > 0)
    throw nothingToBreak(`the link ${link} has a ${kind} of ours already`, {
      "its toxics": same.map((it) => it.name).join(", "),
      try: "healproof clean, if no other fault of this scenario is meant",
    });
  const near = addressIn(proxy.listen);
  const far = addressIn(proxy.upstream);
  const hello = await answeredHello(wire, near, far);
  const shows = hello !== null && (await canShow(wire, far, measureBy(hello)));
  return { through, link, near, far, hello: shows ? hello : null, toxics };
}

/** `[::]:5432`, `postgres:5432`. Where something listens on all addresses, it listens on 127.0.0.1. */
export function addressIn(text: string): Address {
  const at = text.lastIndexOf(":");
  const host = text.slice(0, at).replace(/^\[(.*)\]$/, "$1");
  return {
    host: host === "" || host === "::" || host === "0.0.0.0" ? "127.0.0.1" : host,
    port: Number(text.slice(at + 1)),
  };
}

/** Long for a hello over a local network, short for whoever waits for the injection. */
const helloLimitMs = 1000;

/** The first hello that is answered around the link and through it. */
async function answeredHello(wire: Wire, near: Address, far: Address): Promise<HelloName | null> {
  for (const name of likeliest(far.port)) {
    const answers = async (to: Address) => {
      const greeting = { ...to, hello: helloOf(name).short, enough: 1, timeoutMs: helloLimitMs };
      return (await wire.greet(greeting)).came === "answer";
    };
    if ((await answers(far)) && (await answers(near))) return name;
  }
  return null;
}

/** Whether the fault can be seen: what it does to an answer is seen only in one that is long enough. */
async function canShow(wire: Wire, far: Address, measure: Measure | undefined): Promise<boolean> {
  if (measure?.until !== "all") return measure !== undefined;
  return (await answerLength(wire, far, measure.hello)) >= (measure.leastBytes ?? 1);
}

/** As it was set, or not any more. */
const isInForce = (proxy: LinkProxy | undefined, { toxics }: LinkAim): boolean =>
  proxy !== undefined && (toxics.length === 0 ? !proxy.enabled : proxy.enabled && toxics.every((it) => has(proxy, it)));

/** Where nothing can be measured: once Toxiproxy says that it is in force. */
async function witnessed(wire: Wire, aim: LinkAim, within: Duration): Promise<HostSpan | undefined> {
  const end = hostNow() + within;
  const toxiproxy = new Toxiproxy(wire, aim.through);
  do {
    const { proxy, when } = await toxiproxy.find(aim.link);
    if (isInForce(proxy, aim)) return when;
    await sleep(100);
  } while (hostNow() < end);
  return undefined;
}

/** Undefined while Toxiproxy cannot be asked (it restarts, say): whether the fault is in force is then not known. */
async function lookAt(tools: FaultTools, aim: LinkAim, word: string): Promise<FaultLook | undefined> {
  const found = await ifItRuns(tools, aim, (toxiproxy) => toxiproxy.find(aim.link)).catch(orSilent);
  if (!found) return undefined;
  const { proxy, when } = found;
  if (isInForce(proxy, aim)) return { state: "in-force", when, why: `in force on ${aim.link}${word}` };
  const why =
    aim.toxics.length === 0 ? "the link is enabled again" : "the toxics are not there any more as they were set";
  return { state: "released", when, why: `${why}: somebody changed it, or Toxiproxy was restarted` };
}

/** Undefined where the container is not there, does not run or stops meanwhile: Toxiproxy keeps nothing on a disk. */
async function ifItRuns<T>(
  tools: FaultTools,
  { through }: LinkAim,
  act: (toxiproxy: Toxiproxy) => Promise<T>,
): Promise<T | undefined> {
  const before = await there(tools, through);
  if (!before?.running) return undefined;
  try {
    return await act(new Toxiproxy(await tools.wire(before), through));
  } catch (thrown) {
    const now = await there(tools, through);
    if (!now?.running || now.pid !== before.pid) return undefined;
    throw thrown;
  }
}

function orSilent(thrown: unknown): undefined {
  if (!(thrown instanceof KnownError) || thrown.code !== "no-toxiproxy") throw thrown;
}

async function there({ stack }: FaultTools, name: string) {
  try {
    return await stack.container(name);
  } catch (thrown) {
    if (thrown instanceof KnownError && /^no-such-(service|replica)$/.test(thrown.code)) return undefined;
    throw thrown;
  }
}

/** One that has just been started takes a moment to listen. */
const undoLimitMs = 5000;

async function putBack(tools: FaultTools, aim: LinkAim): Promise<string> {
  const end = hostNow() + undoLimitMs;
  for (;;) {
    const last = hostNow() > end;
    const done = await removeFrom(tools, aim).catch(last ? undefined : orSilent);
    if (done !== undefined) return done;
    await sleep(200);
  }
}

async function removeFrom(tools: FaultTools, aim: LinkAim): Promise<string> {
  const done = await ifItRuns(tools, aim, async (toxiproxy) => {
    if (aim.toxics.length === 0)
      return (await toxiproxy.enable(aim.link, true)) ? `${aim.link} is enabled again` : `${aim.link} is gone`;
    const removed = await inOrder(aim.toxics, async (it) =>
      (await toxiproxy.remove(aim.link, it.name)) ? [it.name] : [],
    );
    const names = removed.flat();
    return names.length > 0
      ? `removed ${names.join(", ")} from ${aim.link}`
      : `${aim.link} has none of our toxics any more`;
  });
  return done ?? `${aim.through} does not run, and forgets the toxics of ${aim.link} by that`;
}

async function inOrder<T, R>(items: readonly T[], act: (it: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (const it of items) done.push(await act(it));
  return done;
}

const hull = (spans: readonly HostSpan[]): HostSpan => ({
  from: Math.min(...spans.map((it) => it.from)),
  to: Math.max(...spans.map((it) => it.to)),
});
