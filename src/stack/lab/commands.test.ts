import { tmpdir } from "node:os";
import { expect, test, vi } from "vitest";
import { seconds } from "../../time.ts";
import { run } from "./commands.ts";

test("a program gets what it is given, not what is taken away, and says what it says in one language", async () => {
  vi.stubEnv("HP_TAKEN", "away");
  vi.stubEnv("HP_STAYS", "here");
  vi.stubEnv("LC_ALL", "de_DE.UTF-8");
  const { exitCode, out } = await run(["env"], seconds(10), tmpdir(), { HP_GIVEN: "yes", HP_TAKEN: undefined });
  vi.unstubAllEnvs();
  expect(exitCode).toBe(0);
  const lines = out.split("\n");
  expect(lines).toEqual(expect.arrayContaining(["HP_GIVEN=yes", "HP_STAYS=here", "LC_ALL=C.UTF-8"]));
  expect(out).not.toContain("HP_TAKEN");
});
