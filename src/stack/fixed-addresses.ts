import { BlockList, isIP, isIPv6 } from "node:net";
import { z } from "zod";
import { exitCode, KnownError } from "../errors.ts";
import type { ComposeModel } from "./compose-file.ts";

/**
 * Subnets, addresses and names of interfaces that a Compose file fixes: a machine has each only once, so two copies of the stack
 * would collide. They go, and services find each other by name. Text that still names such an address would lead nowhere, or to
 * somebody else: it is refused.
 */

const attachment = z
  .looseObject({
    ipv4_address: z.string().optional(),
    ipv6_address: z.string().optional(),
    link_local_ips: z.array(z.string()).nullish(),
    mac_address: z.string().optional(),
  })
  .nullable();
const service = z.looseObject({
  mac_address: z.string().optional(),
  networks: z.record(z.string(), attachment).nullish(),
});
const pool = z.looseObject({
  subnet: z.string().optional(),
  gateway: z.string().optional(),
  aux_addresses: z.record(z.string(), z.string()).nullish(),
});
const network = z.looseObject({
  ipam: z.looseObject({ config: z.array(pool).nullish() }).nullish(),
  driver_opts: z.record(z.string(), z.unknown()).nullish(),
});

const interfaceName = "com.docker.network.bridge.name";

/** The same stack, with the engine choosing its subnets and addresses. External networks stay as they are, but no address on them. */
export function withoutFixedAddresses(model: ComposeModel): ComposeModel {
  return {
    ...model,
    services: mapped(model.services, (it) => {
      const { mac_address: _mac, networks, ...rest } = service.parse(it);
      return { ...rest, ...(networks ? { networks: mapped(networks, withoutAddress) } : {}) };
    }),
    ...(model.networks
      ? { networks: mapped(model.networks, (it) => (it === null || it.external ? it : withoutPool(it))) }
      : {}),
  };
}

function withoutAddress(it: z.output<typeof attachment>): Record<string, unknown> | null {
  if (it === null) return null;
  const { ipv4_address: _4, ipv6_address: _6, link_local_ips: _local, mac_address: _mac, ...rest } = it;
  return rest;
}

function withoutPool(it: object): Record<string, unknown> {
  const { ipam, driver_opts: options, ...rest } = network.parse(it);
  const { config: _config, ...manager } = ipam ?? {};
  const { [interfaceName]: _name, ...others } = options ?? {};
  return { ...rest, ...(ipam ? { ipam: manager } : {}), ...(options ? { driver_opts: others } : {}) };
}

/** Refuses a stack whose services name, anywhere in their text, an address that the original fixed and its copy does not have. */
export function refuseFixedAddressesIn(copy: ComposeModel, original: ComposeModel): void {
  const fixed = fixedIn(original);
  const configs = z.record(z.string(), z.unknown()).optional().parse(copy.configs) ?? {};
  const named = [
    ...Object.entries(copy.services).map(([name, { image: _, ...rest }]) => ({ what: name, value: rest as unknown })),
    ...Object.entries(configs).map(([name, value]) => ({ what: `config ${name}`, value })),
  ].flatMap(({ what, value }) =>
    textsIn(value).flatMap(({ path, text }) =>
      [...new Set(addressesIn(text).filter(fixed.has))].map((address) => ({
        what: `${what}: ${path.join(".")}`,
        address,
      })),
    ),
  );
  if (named.length === 0) return;
  const owners = [...new Set(named.flatMap(({ address }) => fixed.owners.get(address) ?? []))];
  const lines = named.map(({ what, address }) => {
    const owner = fixed.owners.get(address);
    return `${what} names ${address}${owner === undefined ? "" : `, which is ${owner}`}`;
  });
  throw new KnownError("fixed-address", "the stack names addresses that it has fixed, and a copy of it gets others", {
    facts: {
      named: lines.join("\n"),
      try: `the service's name instead${owners.length > 0 ? `: ${owners.join(", ")}` : ", which leads to it in every copy"}`,
    },
    exitCode: exitCode.usage,
  });
}

interface Fixed {
  has(address: string): boolean;
  /** Which service has it. */
  readonly owners: ReadonlyMap<string, string>;
}

function fixedIn(model: ComposeModel): Fixed {
  const owners = new Map<string, string>();
  const others: string[] = [];
  const subnets = new BlockList();
  for (const [name, it] of Object.entries(model.services)) {
    const { mac_address: mac, networks } = service.parse(it);
    const own = Object.values(networks ?? {}).flatMap((at) => [
      at?.ipv4_address,
      at?.ipv6_address,
      at?.mac_address,
      ...(at?.link_local_ips ?? []),
    ]);
    for (const address of [mac, ...own]) if (address) owners.set(address.toLowerCase(), name);
  }
  for (const it of Object.values(model.networks ?? {})) {
    if (it === null || it.external) continue;
    for (const { subnet, gateway, aux_addresses: aux } of network.parse(it).ipam?.config ?? []) {
      if (gateway) others.push(gateway.toLowerCase());
      others.push(...Object.values(aux ?? {}).map((address) => address.toLowerCase()));
      const [base = "", bits] = subnet?.split("/") ?? [];
      if (isIP(base) && bits) subnets.addSubnet(base, Number(bits), isIPv6(base) ? "ipv6" : "ipv4");
    }
  }
  return {
    owners,
    has: (address) =>
      owners.has(address) ||
      others.includes(address) ||
      (isIP(address) !== 0 && subnets.check(address, isIPv6(address) ? "ipv6" : "ipv4")),
  };
}

/** Every text of a value, with the way there. */
function textsIn(value: unknown, path: readonly string[] = []): { path: readonly string[]; text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...path, key]));
}

const ipv4 = /(?<![\d.])\d{1,3}(\.\d{1,3}){3}(?!\.?\d)/g;
const withColons = /[\da-f]*(:[\da-f]*){2,}/g;
const mac = /^[\da-f]{2}(:[\da-f]{2}){5}$/;

/** What looks like an IPv4, IPv6 or MAC address, in lower case. */
function addressesIn(text: string): string[] {
  const lower = text.toLowerCase();
  return [ipv4, withColons].flatMap((it) => lower.match(it) ?? []).filter((it) => isIP(it) !== 0 || mac.test(it));
}

const mapped = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
