import { expect, test } from "vitest";
import { runningContainer } from "../observe/testing/running-container.ts";
import { Remains } from "./remains.ts";
import type { ContainerLook } from "./stack.ts";

const looked = (service: string, status: string): ContainerLook => ({
  ...runningContainer,
  service,
  container: service,
  status,
});

/** Containers that somebody takes down. */
function stack(...there: ContainerLook[]) {
  let looks = there;
  return {
    look: async () => looks,
    async logs(service: string) {
      if (looks.every((it) => it.service !== service)) throw new Error(`no container of ${service}`);
      return `${service} started\n`;
    },
    becomes(...now: ContainerLook[]) {
      looks = now;
    },
  };
}

test("of a stack that is taken down is told what it was when it was ill, and of what is still there what it is now", async () => {
  const containers = stack(looked("app", "exited"), looked("postgres", "running"));
  const remains = new Remains(containers);
  remains.remember();
  await remains.look();
  containers.becomes(looked("postgres", "removing"));
  expect(await remains.look()).toEqual([looked("app", "exited"), looked("postgres", "removing")]);
  expect(await remains.logs("app")).toBe("app started\n");
});

test("what was never seen ill is told as it is, and what nobody remembers is an error", async () => {
  const containers = stack(looked("app", "created"));
  const remains = new Remains(containers);
  expect(await remains.look()).toEqual([looked("app", "created")]);
  containers.becomes();
  await expect(remains.logs("app")).rejects.toThrow("no container of app");
});

test("a look that fails ends nothing: the next one counts", async () => {
  let fails = true;
  const containers = stack(looked("app", "exited"));
  const look = () => (fails ? Promise.reject(new Error("no answer")) : containers.look());
  const remains = new Remains({ ...containers, look });
  remains.remember();
  await remains.logs("app");
  fails = false;
  remains.remember();
  await remains.look();
  containers.becomes();
  expect([await remains.look(), await remains.logs("app")]).toEqual([[looked("app", "exited")], "app started\n"]);
});
