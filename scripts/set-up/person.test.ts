import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { person } from "./person.mjs";

function someone() {
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = "";
  output.setEncoding("utf8").on("data", (text) => {
    shown += text;
  });
  return { ...person({ input, output }), input, shown: () => shown };
}

test("one answer answers one question: of two that are asked side by side, the second waits for the first", async () => {
  const { ask, input, shown } = someone();
  const answers = [ask("Install the engine?"), ask("Install mmdebstrap?")];
  await expect.poll(shown).toContain("Install the engine? [y/N] ");
  expect(shown()).not.toContain("mmdebstrap");
  input.write("y\n");
  expect(await answers[0]).toBe(true);
  await expect.poll(shown).toContain("Install mmdebstrap? [y/N] ");
  input.write("\n");
  expect(await answers[1]).toBe(false);
});

test("nothing is said into an open question, and nothing of it is lost", async () => {
  const { ask, say, input, shown } = someone();
  say("set-up: dependencies: npm ci");
  const answer = ask("Install the engine?");
  say("set-up: node: in place");
  await expect.poll(shown).toContain("[y/N] ");
  expect(shown()).toBe("set-up: dependencies: npm ci\nInstall the engine? [y/N] ");
  input.write("yes\n");
  expect(await answer).toBe(true);
  await expect.poll(shown).toContain("[y/N] set-up: node: in place\n");
});

test("an input that ends is a no", async () => {
  const { ask, input } = someone();
  const answers = [ask("Install the engine?"), ask("Install mmdebstrap?")];
  input.end();
  expect(await Promise.all(answers)).toEqual([false, false]);
});
