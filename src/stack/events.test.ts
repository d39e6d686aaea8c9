import type { ServerResponse } from "node:http";
import Dockerode from "dockerode";
import { expect, onTestFinished, test, vi } from "vitest";
import { followEvents } from "./events.ts";
import { FakeEngine } from "./testing/fake-engine.ts";

/** Follows what a test lets the engine say. */
async function following() {
  const { promise: asked, resolve } = Promise.withResolvers<ServerResponse>();
  const engine = await FakeEngine.start((request, response) => {
    expect(decodeURIComponent(request.url ?? "")).toContain("com.docker.compose.project=p1");
    response.writeHead(200).flushHeaders();
    resolve(response);
  });
  onTestFinished(() => engine[Symbol.dispose]());
  const tell = vi.fn();
  const lost = vi.fn();
  const follower = await followEvents(new Dockerode({ socketPath: engine.socket }), "p1", { tell, lost });
  return { follower, tell, lost, says: await asked };
}

const line = (action: string) => `${JSON.stringify({ Action: action, timeNano: 1, Actor: { ID: "c1" } })}\n`;

test("each event is told once it is whole, however it came", async () => {
  const { tell, lost, says } = await following();
  says.write(line("start") + line("die").slice(0, 9));
  await vi.waitFor(() => expect(tell).toHaveBeenCalledTimes(1));
  says.write(line("die").slice(9));
  await vi.waitFor(() => expect(tell).toHaveBeenCalledTimes(2));
  expect(tell.mock.calls.map(([event]) => event.Action)).toEqual(["start", "die"]);
  expect(lost).not.toHaveBeenCalled();
});

test.each<[string, (says: ServerResponse) => void]>([
  ["ends", (says) => says.end()],
  ["breaks off", (says) => says.destroy()],
  ["says what is no event", (says) => says.write("{}\n{}\n")],
])("a stream that %s is lost, once", async (_how, happens) => {
  const { tell, lost, says } = await following();
  happens(says);
  await vi.waitFor(() => expect(lost).toHaveBeenCalledTimes(1));
  await vi.waitFor(() => expect(says.destroyed).toBe(true));
  expect(lost).toHaveBeenCalledTimes(1);
  expect(tell).not.toHaveBeenCalled();
});

test("a stream that is not followed any more is closed, and its end is no loss", async () => {
  const { follower, lost, says } = await following();
  follower[Symbol.dispose]();
  await vi.waitFor(() => expect(says.destroyed).toBe(true));
  expect(lost).not.toHaveBeenCalled();
});

test("an engine that never opens its stream is told within the limit, and a late stream is closed", async () => {
  const { promise: asked, resolve } = Promise.withResolvers<ServerResponse>();
  using engine = await FakeEngine.start((_request, response) => resolve(response));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const listener = { tell: () => undefined, lost: () => undefined };
  const follower = followEvents(new Dockerode({ socketPath: engine.socket }), "p1", listener);
  const refused = expect(follower).rejects.toMatchObject({ code: "engine-silent" });
  const late = await asked;
  await vi.advanceTimersByTimeAsync(60_000);
  await refused;
  vi.useRealTimers();
  late.writeHead(200).flushHeaders();
  await vi.waitFor(() => expect(late.destroyed).toBe(true));
});
