import { describe, expect, test } from "vitest";
import { exitCode, KnownError } from "../errors.ts";
import type { ComposeModel } from "./compose-file.ts";
import { refuseShares } from "./shares.ts";

type Service = ComposeModel["services"][string];

function refusal(service: Service, rest: Partial<ComposeModel> = {}, shares: string[] = []): KnownError | undefined {
  const model: ComposeModel = { ...rest, services: { app: service, unused: { network_mode: "host" } } };
  try {
    refuseShares(model, { file: "/shop/compose.yaml", services: ["app"], shares });
    return undefined;
  } catch (thrown) {
    if (thrown instanceof KnownError) return thrown;
    throw thrown;
  }
}
const bind = (source: string, target: string, more: object = {}) => ({
  volumes: [{ type: "bind", source, target, ...more }],
});
const data = { volumes: [{ type: "volume", source: "data", target: "/data" }] };

const shared: [string, Service, Partial<ComposeModel>, string][] = [
  ["a writable bind mount", bind("/shop/data", "/data"), {}, "bind ./data"],
  ["a writable bind mount from elsewhere", bind("/srv/data", "/data"), {}, "bind /srv/data"],
  ["the engine's socket", bind("/run/user/1000/docker.sock", "/var/run/docker.sock"), {}, "/var/run/docker.sock"],
  [
    "the engine's socket read-only, which is no less",
    bind("/var/run/docker.sock", "/var/run/docker.sock", { read_only: true }),
    {},
    "/var/run/docker.sock",
  ],
  ["the socket's folder", bind("/var/run", "/host", { read_only: true }), {}, "bind /var/run"],
  [
    "a volume that is a folder",
    data,
    { volumes: { data: { driver_opts: { type: "none", o: "bind", device: "/srv" } } } },
    "volume data",
  ],
  ["an external volume", data, { volumes: { data: { external: true, name: "precious" } } }, "external volume precious"],
  [
    "an external network",
    { networks: { proxy: null } },
    { networks: { proxy: { external: true, name: "proxy" } } },
    "external network proxy",
  ],
  ["the host's network", { network_mode: "host" }, {}, "network_mode host"],
  ["another container's network", { network_mode: "container:db" }, {}, "network_mode container:db"],
  ["the host's processes", { pid: "host" }, {}, "pid host"],
  ["the host's shared memory", { ipc: "host" }, {}, "ipc host"],
  ["the host's name", { uts: "host" }, {}, "uts host"],
  [
    "the network that the host is on",
    { networks: { lan: null } },
    { networks: { lan: { driver: "macvlan" } } },
    "macvlan network lan",
  ],
  ["a link to a container outside", { external_links: ["their-db:db"] }, {}, "external link their-db"],
  ["another container's volumes", { volumes_from: ["container:db:rw"] }, {}, "volumes_from container:db"],
  ["a device", { devices: [{ source: "/dev/sda", target: "/dev/sda" }] }, {}, "device /dev/sda"],
  ["all that the host has", { privileged: true }, {}, "privileged"],
];

describe.each(shared)("%s", (_what, service, rest, name) => {
  test("is refused with its service, its name and what to do", () => {
    const error = refusal(service, rest);
    expect(error).toMatchObject({ code: "shared", exitCode: exitCode.usage });
    expect(`${error}`).toContain(`app`);
    expect(`${error}`).toContain(name);
    expect(`${error}`).toContain("stack.shares");
  });

  test("is accepted where the scenario says so", () => {
    expect(refusal(service, rest, [name])).toBeUndefined();
  });
});

test.each<[string, Service, Partial<ComposeModel>]>([
  ["a read-only bind mount", bind("/shop/conf", "/conf", { read_only: true }), {}],
  ["a volume of its own", data, { volumes: { data: null } }],
  ["a volume in memory", data, { volumes: { data: { driver_opts: { type: "tmpfs", device: "tmpfs" } } } }],
  [
    "an external volume that it can only read",
    { volumes: [{ ...data.volumes[0], read_only: true }] },
    { volumes: { data: { external: true } } },
  ],
  ["a network with another service of its own", { network_mode: "service:db" }, {}],
  ["the volumes of another service of its own", { volumes_from: ["db"] }, {}],
  ["a bridge of its own", { networks: { lan: null } }, { networks: { lan: { driver: "bridge" } } }],
  ["a network of its own", { networks: { default: null } }, { networks: { default: null } }],
])("%s is nothing that is shared", (_what, service, rest) => {
  expect(refusal(service, rest)).toBeUndefined();
});

test("everything that is shared is told at once", () => {
  const error = refusal({ pid: "host", ipc: "host" });
  expect(`${error}`).toContain("pid host");
  expect(`${error}`).toContain("ipc host");
});
