// What a thing is built from, as a short name: the same content has the same name on every machine.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const NOT_CONTENT = new Set(["node_modules", "dist"]);

/**
 * 12 hexadecimal digits over files (with their names) and words.
 * @param {{ folders?: readonly string[], files?: readonly string[], words?: readonly string[] }} inputs
 */
export function contentHash({ folders = [], files = [], words = [] }) {
  const hash = createHash("sha256");
  // Lengths before contents: no two different lists of inputs give the same stream of bytes.
  /** @param {string} name @param {Buffer | string} content */
  const add = (name, content) => hash.update(`${name.length} ${name} ${Buffer.byteLength(content)} `).update(content);
  for (const word of words) add("", word);
  for (const file of files) add("", readFileSync(file));
  for (const folder of folders) for (const file of filesIn(folder)) add(relative(folder, file), readFileSync(file));
  return hash.digest("hex").slice(0, 12);
}

/** All source files below a folder, in a fixed order; tests are not part of what they test. @param {string} folder @returns {string[]} */
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return NOT_CONTENT.has(entry.name) ? [] : filesIn(path);
      return entry.isFile() && !/\.test\.\w+$/.test(entry.name) ? [path] : [];
    });
}
