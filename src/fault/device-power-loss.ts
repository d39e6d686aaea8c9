import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { spanOf } from "../clock.ts";
import { KnownError } from "../errors.ts";
import { duration, ms, seconds } from "../time.ts";
import { defineFault, type FaultStack } from "./define.ts";
import { keepLooking, seenWithin } from "./looking.ts";
import { nothingToBreak } from "./nothing-to-break.ts";

const longestBoot = seconds(30);
const boot = duration.in
  .refine((text) => (duration.safeParse(text).data ?? 0) <= longestBoot, "a boot time of at most 30s")
  .pipe(duration);

/** The engine is asked. */
const lookEvery = ms(100);

const endpoint = z.strictObject({
  network: z.string(),
  address: z.string(),
  aliases: z.array(z.string()),
  fixed: z.string().optional(),
});
const deviceAim = z.strictObject({
  device: z.string(),
  container: z.string(),
  /** Its main process. */
  pid: z.int().positive(),
  endpoints: z.array(endpoint).min(1),
  returnsAt: z.enum(["same-address", "new-address"]),
  boot: z.number().nonnegative(),
  /** The name of the containers that hold its address while it returns at another. */
  holder: z.string(),
});
type DeviceAim = z.output<typeof deviceAim>;

/**
 * The mains of a device fail: it vanishes from the network in the middle of a word and its process is gone, with no good-bye on any
 * connection. Nothing in the stack can bring it back: whoever starts its container has a device without a network.
 */
export const devicePowerLoss = defineFault({
  kind: "device-power-loss",
  summary:
    "A device loses its mains: gone from the network without a good-bye; with the power it returns, as it boots.",
  params: z.strictObject({
    device: z
      .string()
      .min(1)
      .meta({ description: "The service that is the device, or emulates it; its first container, of several" }),
    returnsAt: z.enum(["same-address", "new-address"]).default("same-address").meta({
      description: "The address that it has with the power back; same-address unless told",
    }),
    boot: boot.default(seconds(0)).meta({
      description:
        "From the power's return until it is on the network again, on top of what it takes to start by itself; 0s unless told",
    }),
  }),
  aimed: deviceAim,
  ends: "by-us",
  lasts: true,
  describe: ({ device }) => `power loss of ${device}`,

  async aim({ stack }, { device, returnsAt, boot }) {
    const { id, pid, running } = await stack.container(device);
    const endpoints = (await stack.endpoints(id)).map((it) => ({ ...it, aliases: [...it.aliases] }));
    if (!running || endpoints.length === 0)
      throw nothingToBreak(`${device} cannot lose its mains`, {
        container: id.slice(0, 12),
        "its state": running ? "it is on no network of its own" : "it does not run",
      });
    return { device, container: id, pid, endpoints, returnsAt, boot, holder: `healproof-holder-${id.slice(0, 12)}` };
  },

  /** Off the network first: a process that dies on the network says good-bye, for its kernel does. */
  inject: ({ stack }, { container, endpoints }) =>
    spanOf(async () => {
      for (const { network } of endpoints) await stack.leave(container, network);
      await stack.kill(container);
    }),

  /** Bitten once it is in no network and its process is gone. */
  witness({ stack }, { device, container, pid }, within) {
    return seenWithin(
      async () => {
        const found = await deviceAt(stack, device, container);
        return found !== undefined && found.endpoints.length === 0 && found.pid !== pid;
      },
      within,
      lookEvery,
    );
  },

  watch({ stack }, { device, container }, tell, until) {
    const look = async () => {
      const found = await deviceAt(stack, device, container);
      if (!found) return { state: "replaced", why: `${device} is another container now` } as const;
      if (found.endpoints.length > 0) return { state: "released", why: `${device} is on a network again` } as const;
      return { state: "in-force", why: `${device} is off the network` } as const;
    };
    return keepLooking(look, tell, until);
  },

  async undo({ stack }, aim) {
    const { device, container, endpoints, holder } = aim;
    // Of an undo that was killed.
    await stack.vacate(holder);
    const found = await deviceAt(stack, device, container);
    if (!found) return `${device} is another container now; nothing to put back`;
    if (found.running && found.endpoints.length === endpoints.length) return `${device} has power`;
    try {
      await powerBack(stack, aim);
    } finally {
      await stack.vacate(holder);
    }
    const addresses = await checkAddresses(stack, aim);
    return `${device} has power again, at ${addresses.join(", ") || "no address"}`;
  },
});

const deviceAt = async (stack: FaultStack, device: string, container: string) =>
  (await stack.states(device)).find((it) => it.id === container);

async function powerBack(stack: FaultStack, { container, endpoints, returnsAt, boot, holder }: DeviceAim) {
  await sleep(boot);
  // Somebody may have started it meanwhile, or an undo have been killed halfway.
  await stack.kill(container);
  for (const { network } of endpoints) await stack.leave(container, network);
  if (returnsAt === "new-address")
    for (const { network, address } of endpoints) await stack.occupy(holder, container, { network, address });
  for (const { fixed, ...it } of endpoints)
    await stack.join(container, returnsAt === "same-address" && fixed ? { ...it, fixed } : it);
  await stack.start(container);
}

/** Told only once it is back: an address is no reason to leave a device without power. */
async function checkAddresses(stack: FaultStack, { device, container, endpoints, returnsAt }: DeviceAim) {
  const now = await stack.endpoints(container);
  const addresses = endpoints.map(({ network, address }) => ({
    before: address,
    after: now.find((it) => it.network === network)?.address ?? "none",
  }));
  const wrong = addresses.find(({ before, after }) => (before === after) === (returnsAt === "new-address"));
  if (wrong)
    throw new KnownError("wrong-address", `${device} has power again, but not at a ${returnsAt.replace("-", " ")}`, {
      facts: { before: wrong.before, now: wrong.after },
    });
  return addresses.map((it) => it.after);
}
