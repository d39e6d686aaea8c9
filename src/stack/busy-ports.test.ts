import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { refuseBusyPorts } from "./busy-ports.ts";

async function taken<T>(use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  try {
    return await use(address.port);
  } finally {
    server.close();
  }
}

const model = (...ports: { published?: string; host_ip?: string; protocol?: string }[]) => ({
  services: { app: { ports }, idle: {} },
});

test("all ports that somebody has are told at once, with the services that want them", async () => {
  await taken((one) =>
    taken(async (other) => {
      const wanted = [one, other].map((it) => ({ published: `${it}`, host_ip: "127.0.0.1" }));
      const refused = refuseBusyPorts(model(...wanted), ["app", "idle"], "compose.yaml");
      await expect(refused).rejects.toMatchObject({
        code: "busy-ports",
        facts: { "in use": `127.0.0.1:${one}, wanted by app\n127.0.0.1:${other}, wanted by app` },
      });
    }),
  );
});

test("one that is taken on one address is not free on all of them", async () => {
  await taken(async (port) => {
    await expect(refuseBusyPorts(model({ published: `${port}` }), ["app"], "f")).rejects.toThrow("in use");
  });
});

test("free ports, those that the engine chooses, ranges and UDP are none of this", async () => {
  const free = await taken(async (port) => port);
  await taken(async (port) => {
    const ports = [
      { published: `${free}`, host_ip: "127.0.0.1" },
      { host_ip: "127.0.0.1" },
      { published: "0" },
      { published: `${port}-${port + 5}`, host_ip: "127.0.0.1" },
      { published: `${port}`, host_ip: "127.0.0.1", protocol: "udp" },
    ];
    await refuseBusyPorts(model(...ports), ["app"], "compose.yaml");
  });
});

test("a service that is not started wants nothing", async () => {
  await taken(async (port) => refuseBusyPorts(model({ published: `${port}`, host_ip: "127.0.0.1" }), ["idle"], "f"));
});
