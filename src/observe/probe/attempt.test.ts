import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { Addresses } from "./addresses.ts";
import { attempt, targetOf } from "./attempt.ts";
import { fetchOnce } from "./fetch.ts";

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A server that does as it is told with each connection, by its port. */
async function serving(connected: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    connected(socket);
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

const answering = (text: string) => serving((socket) => socket.once("data", () => socket.end(text)));
const here = new Addresses(async () => ["127.0.0.1"], performance.now.bind(performance));
const nowhere = new Addresses(async () => [], performance.now.bind(performance));
const hanging = new Addresses(() => new Promise(() => undefined), performance.now.bind(performance));

function trying(url: string, addresses = here, timeoutMs = 1000, body?: string): Promise<readonly (number | string)[]> {
  return new Promise((tell) =>
    attempt(targetOf(url, body), addresses, timeoutMs, (status, note) =>
      tell(note === undefined ? [status] : [status, note]),
    ),
  );
}

describe("a try", () => {
  test("of HTTP gives the answer's status", async () => {
    const port = await answering("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    expect(await trying(`http://app:${port}/health`)).toEqual([503]);
  });

  test("is answered by the headers, without waiting for the body", async () => {
    const port = await serving((socket) => socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\n\r\nsome")));
    expect(await trying(`http://app:${port}/`)).toEqual([200]);
  });

  test("sends a plain request that asks to close", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const port = await serving((socket) => socket.once("data", (data) => resolve(data.toString())));
    void trying(`http://app:${port}/a?b=c`);
    const request = await promise;
    expect(request).toMatch(/^GET \/a\?b=c HTTP\/1\.1\r\n/);
    expect(request).toContain(`\r\nHost: app:${port}\r\n`);
    expect(request).toContain("\r\nConnection: close\r\n");
    expect(request.endsWith("\r\n\r\n")).toBe(true);
  });

  test("of TCP is answered by an accepted connection", async () => {
    const port = await serving(() => undefined);
    expect(await trying(`tcp://app:${port}`)).toEqual([200]);
  });

  test("that worked spares the next one the question for the address", async () => {
    let questions = 0;
    const counted = new Addresses(async () => {
      questions += 1;
      return ["127.0.0.1"];
    }, performance.now.bind(performance));
    const port = await answering("HTTP/1.1 200 OK\r\n\r\n");
    for (let tries = 0; tries < 3; tries++) await trying(`http://app:${port}/`, counted);
    expect(questions).toBe(1);
  });

  test("says that it was refused", async () => {
    const port = await serving(() => undefined);
    servers.pop()?.close();
    expect(await trying(`http://app:${port}/`)).toEqual([0, "ECONNREFUSED"]);
  });

  test("says that the connection was closed or was no HTTP", async () => {
    const closing = await serving((socket) => socket.once("data", () => socket.end()));
    expect(await trying(`http://app:${closing}/`)).toEqual([0, "closed without an answer"]);
    const other = await answering("220 mail ready\r\n");
    expect(await trying(`http://app:${other}/`)).toEqual([0, "the answer is not HTTP"]);
  });

  test("ends at its limit and says where it stood", async () => {
    const silent = await serving(() => undefined);
    expect(await trying(`http://app:${silent}/`, here, 60)).toEqual([
      0,
      "no answer within 60 ms, waiting for the answer",
    ]);
  });

  test("covers finding the address by its limit", async () => {
    expect(await trying("http://app/", hanging, 60)).toEqual([0, "no answer within 60 ms, finding the address"]);
    expect(await trying("http://app/", nowhere)).toEqual([0, "name unknown"]);
  });
});

describe("a try whose body must match", () => {
  const matching = (port: number, body: string, timeoutMs = 1000) =>
    trying(`http://app:${port}/`, here, timeoutMs, body);
  const ok = "HTTP/1.1 200 OK\r\n";

  test.each([
    ["of a known length", `${ok}Content-Length: 9\r\n\r\nredis: ok and more`],
    ["in chunks", `${ok}Transfer-Encoding: chunked\r\n\r\n4\r\nredi\r\n5;x=y\r\ns: ok\r\n0\r\n\r\n`],
    ["up to the connection's end", `${ok}\r\nredis: ok`],
  ])("reads a body %s", async (_, answer) => {
    const port = await answering(answer);
    expect(await matching(port, "^redis: ok$")).toEqual([200]);
    expect(await matching(port, "^redis: lost$")).toEqual([-200]);
  });

  test("reads it as UTF-8, line by line, with whatever status", async () => {
    const text = "datenbank: ok\nlänge: 3";
    const port = await answering(`HTTP/1.1 503 No\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    expect(await matching(port, "^länge: \\d$")).toEqual([503]);
    expect(await matching(port, "redis")).toEqual([-503]);
    const open = await serving((socket) => socket.once("data", () => socket.write("HTTP/1.1 204 No Content\r\n\r\n")));
    expect(await matching(open, "^$")).toEqual([204]);
  });

  test("waits for all of it: the try lasts until then, and ends at its limit", async () => {
    const late = await serving((socket) =>
      socket.once("data", () => {
        socket.write(`${ok}Content-Length: 4\r\n\r\nye`);
        setTimeout(() => socket.end("s!"), 80);
      }),
    );
    const began = performance.now();
    expect(await matching(late, "yes!")).toEqual([200]);
    expect(performance.now() - began).toBeGreaterThan(75);
    const never = await serving((socket) =>
      socket.once("data", () => socket.write(`${ok}Content-Length: 4\r\n\r\nye`)),
    );
    expect(await matching(never, "ye", 60)).toEqual([0, "no answer within 60 ms, waiting for the answer"]);
  });

  test("says that it was cut off, or is too long to be looked at", async () => {
    const torn = await answering(`${ok}Content-Length: 40\r\n\r\nyes`);
    expect(await matching(torn, "yes")).toEqual([0, "closed in the middle of the answer"]);
    const unended = await answering(`${ok}Transfer-Encoding: chunked\r\n\r\n3\r\nyes\r\n`);
    expect(await matching(unended, "yes")).toEqual([0, "closed in the middle of the answer"]);
    const long = await answering(`${ok}\r\n${"x".repeat(2 ** 20 + 1)}`);
    expect(await matching(long, "x")).toEqual([-200, "the answer is longer than 1 MiB"]);
  });
});

describe("a fetch", () => {
  test("gives status and body, and names the host that was asked for", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const port = await serving((socket) =>
      socket.once("data", (data) => {
        resolve(data.toString());
        socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nyes\r\n0\r\n\r\n");
      }),
    );
    expect(await fetchOnce(`http://app:${port}/`, 1000, here)).toMatchObject({ status: 200, body: "yes" });
    expect(await promise).toContain(`Host: app:${port}\r\n`);
  });

  test("says why there is no answer, and ends at its limit also in the middle of a body", async () => {
    expect(await fetchOnce("http://app/", 1000, nowhere)).toMatchObject({ error: "name unknown" });
    expect(await fetchOnce("http://app/", 60, hanging)).toMatchObject({ error: "no answer within 60 ms" });
    const torn = await serving((socket) =>
      socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome")),
    );
    expect(await fetchOnce(`http://app:${torn}/`, 60, here)).toMatchObject({ error: "no answer within 60 ms" });
  });

  test("refuses a body that is too long", async () => {
    const port = await answering(`HTTP/1.1 200 OK\r\n\r\n${"x".repeat(8 * 2 ** 20 + 1)}`);
    expect(await fetchOnce(`http://app:${port}/`, 5000, here)).toMatchObject({
      error: "the answer is longer than 8 MiB",
    });
  });
});
