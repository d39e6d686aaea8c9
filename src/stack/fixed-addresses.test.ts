import { describe, expect, test } from "vitest";
import { exitCode, KnownError } from "../errors.ts";
import { type ComposeModel, tailor } from "./compose-file.ts";

type Service = ComposeModel["services"][string];

const lan = {
  name: "theirs_lan",
  driver_opts: { "com.docker.network.bridge.name": "br-shop", "com.docker.network.driver.mtu": "1400" },
  ipam: { driver: "default", config: [{ subnet: "172.28.0.0/16", gateway: "172.28.0.1" }, { subnet: "fd00:28::/64" }] },
};
const db: Service = {
  mac_address: "02:42:AC:1C:00:05",
  networks: { lan: { ipv4_address: "172.28.0.5", ipv6_address: "fd00:28::5", aliases: ["store"] } },
};

const stackOf = (app: Service, rest: Partial<ComposeModel> = {}): ComposeModel => ({
  services: { db, app },
  networks: { lan, company: { external: true, name: "company" } },
  ...rest,
});
const copyOf = (model: ComposeModel, ports: "none" | "kept" = "none") =>
  tailor(model, { project: "p", services: ["db", "app"], overrides: {}, labels: {}, ports });

describe("a copy of a stack with fixed addresses", () => {
  test("leaves subnets, addresses and names of interfaces to the engine, and nothing else", () => {
    const { services, networks } = copyOf(stackOf({ networks: { lan: null } }));
    expect(services.db).not.toHaveProperty("mac_address");
    expect(services.db?.networks).toEqual({ lan: { aliases: ["store"] } });
    expect(services.app?.networks).toEqual({ lan: null });
    expect(networks?.lan).toEqual({
      driver_opts: { "com.docker.network.driver.mtu": "1400" },
      ipam: { driver: "default" },
      labels: {},
    });
  });

  test("takes no fixed address on an external network either", () => {
    const { services, networks } = copyOf(stackOf({ networks: { company: { ipv4_address: "10.9.0.7" } } }));
    expect(services.app?.networks).toEqual({ company: {} });
    expect(networks?.company).toEqual({ external: true, name: "company" });
  });

  test("keeps them all where a person is to use it, and may then name them", () => {
    const { services, networks } = copyOf(stackOf({ environment: { DB: "172.28.0.5" } }), "kept");
    expect(services.db).toMatchObject(db);
    expect(networks?.lan).toMatchObject({ driver_opts: lan.driver_opts, ipam: lan.ipam });
  });
});

function refusal(model: ComposeModel): KnownError | undefined {
  try {
    copyOf(model);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof KnownError) return thrown;
    throw thrown;
  }
}

describe.each<[string, Service, Partial<ComposeModel>, string]>([
  ["the environment", { environment: { DB: "pg://172.28.0.5:5432" } }, {}, "app: environment.DB names 172.28.0.5"],
  ["a command", { command: ["serve", "x:1:172.28.0.5"] }, {}, "app: command.1 names 172.28.0.5"],
  ["IPv6", { environment: { DB: "[FD00:28::5]:5432" } }, {}, "app: environment.DB names fd00:28::5"],
  ["a MAC address", { environment: { MAC: "02:42:ac:1c:00:05" } }, {}, "names 02:42:ac:1c:00:05"],
  ["a list of hosts", { extra_hosts: ["gate=172.28.0.1"] }, {}, "app: extra_hosts.0 names 172.28.0.1"],
  ["what is only inside the subnet", { environment: { DB: "172.28.7.7" } }, {}, "app: environment.DB names 172.28.7.7"],
  ["a config", {}, { configs: { hosts: { content: "db 172.28.0.5" } } }, "config hosts: content names 172.28.0.5"],
])("an address in %s", (_where, app, rest, said) => {
  test("is refused with the service, the address and what to do", () => {
    const error = refusal(stackOf(app, rest));
    expect(error).toMatchObject({ code: "fixed-address", exitCode: exitCode.usage });
    expect(error?.facts.named).toContain(said);
    expect(error?.facts.try).toContain("the service's name instead");
  });
});

test("whose address it is, is said", () => {
  const error = refusal(stackOf({ environment: { DB: "172.28.0.5" } }));
  expect(error?.facts).toEqual({
    named: "app: environment.DB names 172.28.0.5, which is db",
    try: "the service's name instead: db",
  });
});

test.each<[string, Service]>([
  ["every interface", { environment: { LISTEN: "0.0.0.0:80 [::]:80 ::1 127.0.0.1" } }],
  ["an address outside of the stack", { environment: { LOGS: "172.29.0.5" } }],
  ["a version", { image: "db:172.28.0.5", environment: { VERSION: "1.172.28.0.5", OTHER: "172.28.0.5.1" } }],
  ["times and other text with colons", { environment: { AT: "12:30:45", URL: "a:b::c" } }],
])("%s is nothing that was fixed", (_what, app) => {
  expect(refusal(stackOf(app))).toBeUndefined();
});

test("a stack that fixes nothing may name what it likes", () => {
  expect(refusal({ services: { db: {}, app: { environment: { DB: "172.28.0.5" } } } })).toBeUndefined();
});
