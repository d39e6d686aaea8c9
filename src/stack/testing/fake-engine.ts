import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What answers in the engine's place, on a socket of its own. */
export class FakeEngine implements Disposable {
  readonly socket: string;
  readonly #folder: string;
  readonly #server: Server;

  private constructor(answer: RequestListener) {
    this.#folder = mkdtempSync(join(tmpdir(), "hp-engine-"));
    this.socket = join(this.#folder, "docker.sock");
    this.#server = createServer(answer);
  }

  static async start(answer: RequestListener): Promise<FakeEngine> {
    const engine = new FakeEngine(answer);
    engine.#server.listen(engine.socket);
    await once(engine.#server, "listening");
    return engine;
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.#server.closeAllConnections();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
