// The person in front of the machine. Steps run side by side; a person reads and answers one thing at a time.

import { once } from "node:events";
import { createInterface } from "node:readline/promises";

/**
 * Questions come one after the other, and what is said while one is open is said after its answer.
 * @param {{ input: NodeJS.ReadableStream, output: NodeJS.WritableStream }} streams
 */
export function person({ input, output }) {
  /** @type {Promise<unknown>} */
  let lastQuestion = Promise.resolve();
  let open = 0;
  /** @type {string[]} */
  const held = [];

  /** @param {string} question */
  async function askNow(question) {
    if ("readableEnded" in input && input.readableEnded) return false;
    const reader = createInterface({ input, output });
    // Else readline keeps Ctrl-C to itself.
    reader.once("SIGINT", () => {
      reader.close();
      process.kill(process.pid, "SIGINT");
    });
    try {
      // An input that ends meanwhile (Ctrl-D) is no answer either, and readline would wait for one for good.
      const answer = await Promise.race([reader.question(`${question} [y/N] `), once(reader, "close")]);
      return /^y(es)?$/i.test(String(answer).trim());
    } finally {
      reader.close();
    }
  }

  return {
    /** Only y and yes are a yes. @param {string} question @returns {Promise<boolean>} */
    ask(question) {
      open += 1;
      const answer = lastQuestion
        .then(() => askNow(question))
        .finally(() => {
          open -= 1;
          if (open === 0) for (const line of held.splice(0)) output.write(`${line}\n`);
        });
      lastQuestion = answer.catch(() => {});
      return answer;
    },
    /** @param {string} line */
    say(line) {
      if (open > 0) held.push(line);
      else output.write(`${line}\n`);
    },
  };
}
