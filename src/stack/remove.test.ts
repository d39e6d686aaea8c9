import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import Dockerode from "dockerode";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { ms } from "../time.ts";
import { removeLabelled } from "./remove.ts";

/**
 * An engine with one network, which it gives up only when told; it counts how often it was asked to. And with containers on it, which take
 * a moment each to leave; it counts how many do so at once.
 */
interface Engine {
  readonly docker: Dockerode;
  containers: string[];
  atOnce: number;
  asked: number;
  on: Record<string, object>;
  refuses: boolean;
}

const disconnection = z.strictObject({ Container: z.string(), Force: z.literal(true) });

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function engine(): Promise<Engine> {
  const containers: string[] = [];
  const state = { asked: 0, on: {}, refuses: true, there: true, containers, atOnce: 0 };
  const left = new Set<string>();
  let leaving = 0;
  const server = createServer((request, response) => {
    const { method, url = "" } = request;
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    if (url.startsWith("/containers/json"))
      return answer(
        200,
        state.containers.map((Id) => ({
          Id,
          NetworkSettings: {
            Networks: { shop_default: { NetworkID: "n1", EndpointID: left.has(Id) ? "" : `e${Id}` }, none: {} },
          },
        })),
      );
    /** A removed container leaves its network as one that is taken from it does. */
    const leave = async (id: string) => {
      if (left.has(id)) return;
      state.atOnce = Math.max(state.atOnce, ++leaving);
      await sleep(5);
      leaving--;
      left.add(id);
    };
    if (url === "/networks/n1/disconnect") {
      void json(request).then(async (it) => {
        const { Container } = disconnection.parse(it);
        await leave(Container);
        answer(Container === "c2" ? 500 : 200, { message: "container c2 is not connected to the network" });
      });
      return;
    }
    if (method === "DELETE" && url.startsWith("/containers/")) {
      const id = /c\d/.exec(url)?.[0] ?? "";
      void leave(id).then(() => {
        state.containers = state.containers.filter((it) => it !== id);
        answer(204, undefined);
      });
      return;
    }
    if (url.startsWith("/volumes")) return answer(200, { Volumes: [] });
    if (method === "DELETE") {
      state.asked++;
      if (state.refuses) return answer(403, { message: "network shop_default has active endpoints" });
      state.there = false;
      return answer(204, undefined);
    }
    if (url.startsWith("/networks/n1")) return answer(200, { Containers: state.on });
    return answer(200, state.there ? [{ Id: "n1", Name: "shop_default" }] : []);
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  const docker = new Dockerode({ protocol: "http", host: "127.0.0.1", port: address.port });
  return Object.assign(state, { docker });
}

test("a network that the engine counts endpoints on which no container has is told of, and not waited for", async () => {
  const it = await engine();
  const removed = await removeLabelled(it.docker, ["of=shop"], ms(120));
  expect(removed).toEqual({ containers: 0, networks: 0, volumes: 0, stuck: ["shop_default"] });
  expect(it.asked).toBeGreaterThan(1);
});

test("one that a container is still on is waited for, however long that takes", async () => {
  const it = await engine();
  it.on = { c1: { Name: "shop-app-1" } };
  const removing = removeLabelled(it.docker, ["of=shop"], ms(50));
  await expect.poll(() => it.asked).toBeGreaterThan(3);
  it.refuses = false;
  expect(await removing).toEqual({ containers: 0, networks: 1, volumes: 0, stuck: [] });
});

test("its containers leave it one after another: an engine may lock up, or lose count, where several do so at once", async () => {
  const it = await engine();
  it.containers = ["c1", "c2", "c3"];
  it.refuses = false;
  expect(await removeLabelled(it.docker, ["of=shop"])).toEqual({ containers: 3, networks: 1, volumes: 0, stuck: [] });
  expect(it.atOnce).toBe(1);
});
