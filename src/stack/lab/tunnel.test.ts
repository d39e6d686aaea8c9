import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PretendPrograms } from "./testing/pretend-programs.ts";

/** Whether anything answers at a socket. */
const answers = (socketPath: string) =>
  new Promise<boolean>((resolve) => {
    get({ socketPath, path: "/_ping" }, (answer) => {
      answer.resume();
      resolve(true);
    }).once("error", () => resolve(false));
  });

test("a tunnel ends with the process that opened it, however that ends", async () => {
  using programs = new PretendPrograms();
  programs.add("ssh", `case "$*" in ${programs.tunnelBranch} esac`);
  const socket = join(programs.folder, "engine.sock");
  const script = `
    const { Tunnel } = await import(${JSON.stringify(join(import.meta.dirname, "tunnel.ts"))});
    await Tunnel.open("config", ${JSON.stringify(socket)});
    setInterval(() => undefined, 1000);
  `;
  const opener = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: "ignore" });
  await expect.poll(() => existsSync(socket) && answers(socket), { timeout: 30_000 }).toBe(true);
  opener.kill("SIGKILL");
  await once(opener, "exit");
  await expect.poll(() => answers(socket), { timeout: 10_000 }).toBe(false);
});
