import type { IncomingMessage, ServerResponse } from "node:http";
import Dockerode from "dockerode";
import { expect, test } from "vitest";
import { ensureHelperImage } from "./helper-image.ts";
import { FakeEngine } from "./testing/fake-engine.ts";

const bundles = { probe: "", hand: "", wire: "" };
const interrupted = new Error("interrupted by SIGINT");

/** What an engine is asked that has no image at all, or only the base. */
function answer({ method, url = "" }: IncomingMessage, response: ServerResponse, hasBase: boolean): boolean {
  if (method !== "GET") return false;
  const found = url.startsWith("/images/json") ? [] : hasBase && url.startsWith("/images/base") ? {} : undefined;
  response.writeHead(found ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(found ?? {}));
  return true;
}

test.each([
  { what: "pull", path: "/images/create", hasBase: false },
  { what: "build", path: "/build", hasBase: true },
])(
  "a $what that takes long is ended at once, with the reason that its signal was aborted for",
  async ({ path, hasBase }) => {
    const begun = Promise.withResolvers<void>();
    const hungUp = Promise.withResolvers<void>();
    using engine = await FakeEngine.start((request, response) => {
      if (answer(request, response, hasBase)) return;
      expect(request.url).toContain(path);
      response.on("close", hungUp.resolve);
      request.resume().on("end", () => {
        response.writeHead(200).write('{"status":"working"}\n');
        begun.resolve();
      });
    });
    const stop = new AbortController();
    const ensuring = ensureHelperImage(new Dockerode({ socketPath: engine.socket }), {
      base: "base",
      bundles,
      signal: stop.signal,
    });
    const over = expect(ensuring).rejects.toBe(interrupted);
    await begun.promise;
    stop.abort(interrupted);
    await over;
    // An engine gives up what nobody waits for any more.
    await hungUp.promise;
  },
);
