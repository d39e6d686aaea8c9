import type { RequestListener } from "node:http";
import Dockerode from "dockerode";
import { describe, expect, test } from "vitest";
import { Project, withoutFrames } from "./project.ts";
import { FakeEngine } from "./testing/fake-engine.ts";

const frame = (stream: 0 | 1 | 2, content: Buffer | string): Buffer => {
  const body = Buffer.from(content);
  const head = Buffer.alloc(8);
  head.writeUInt8(stream, 0);
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
};

describe("a container's log", () => {
  test("is read without the engine's frames, standard output and error in their order", () => {
    const raw = Buffer.concat([frame(1, "one\n"), frame(2, "two\n"), frame(1, "three\n")]);
    expect(withoutFrames(raw)).toBe("one\ntwo\nthree\n");
  });

  test("keeps a character whose bytes came in two frames", () => {
    const bytes = Buffer.from("é");
    expect(withoutFrames(Buffer.concat([frame(1, bytes.subarray(0, 1)), frame(1, bytes.subarray(1))]))).toBe("é");
  });

  test("of a container with a terminal has no frames and is read as it is, however short", () => {
    expect(withoutFrames(Buffer.from("listening on 8080\n"))).toBe("listening on 8080\n");
    expect(withoutFrames(Buffer.from("ok\n"))).toBe("ok\n");
  });

  test("that was cut off in a frame keeps what there is of it; an empty one is empty", () => {
    expect(withoutFrames(Buffer.concat([frame(1, "whole\n"), frame(1, "cut off\n").subarray(0, 11)]))).toBe(
      "whole\ncut",
    );
    expect(withoutFrames(Buffer.alloc(0))).toBe("");
    expect(withoutFrames(frame(1, ""))).toBe("");
  });
});

describe("the networks in which a stack's containers are reached", () => {
  /** An engine with the project's own networks, and containers that are on these ones. */
  const engineWith =
    (own: readonly string[], containers: Readonly<Record<string, readonly string[]>>): RequestListener =>
    ({ url = "" }, response) => {
      const id = /^\/containers\/(\w+)\/json/.exec(url)?.[1] ?? "";
      const Networks = Object.fromEntries((containers[id] ?? []).map((name) => [name, {}]));
      const found = url.startsWith("/networks")
        ? own.map((Name) => ({ Name }))
        : url.startsWith("/containers/json")
          ? Object.keys(containers).map((Id) => ({ Id, Labels: { "com.docker.compose.service": Id } }))
          : { Id: id, NetworkSettings: { Networks } };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(found));
    };
  const networks = async (...of: Parameters<typeof engineWith>) => {
    using engine = await FakeEngine.start(engineWith(...of));
    return await new Project(new Dockerode({ socketPath: engine.socket }), "shop", []).networks();
  };

  test("are its own, and another only where a container is on no other", async () => {
    expect(await networks(["shop_back", "shop_front"], { app: ["shop_front", "proxy"], db: ["shop_back"] })).toEqual([
      "shop_back",
      "shop_front",
    ]);
    expect(await networks(["shop_default"], { app: ["shop_default"], web: ["proxy"] })).toEqual([
      "proxy",
      "shop_default",
    ]);
  });

  test("are not its own where it has none", async () => {
    expect(await networks([], { app: ["proxy"], web: ["proxy"] })).toEqual(["proxy"]);
  });

  test("are none where its containers have the machine's network, or none", async () => {
    expect(await networks([], { agent: ["host"], job: ["none"] })).toEqual([]);
  });
});
