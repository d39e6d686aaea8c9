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

function trying(url: string, addresses = here, timeoutMs = 1000): Promise<readonly (number | string)[]> {
  return new Promise((tell) =>
    attempt(targetOf(url), addresses, timeoutMs, (status, note) =>
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
