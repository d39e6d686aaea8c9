import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** Answers like an engine at the socket that it is told to lead to one, as long as its input lasts: what it runs at the other end reads that. */
const engine = `
  const [, , socket] = process.argv;
  require("node:http").createServer((_, answer) => answer.end("OK")).listen(socket);
  process.stdin.resume().once("end", () => process.exit());
`;

/** Programs that are found before this machine's own, only remember what they were asked, and answer as a script says. */
export class PretendPrograms implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "hp-lab-"));
  /** Of a script for `ssh`: the branch in which it is a tunnel to an engine. */
  readonly tunnelBranch =
    `*" -L "*) socket=$(sed 's/.* -L \\([^:]*\\):.*/\\1/' <<< "$*"); exec "${process.execPath}" "${this.folder}/engine.cjs" "$socket";;`;
  readonly #path = process.env.PATH;

  constructor() {
    writeFileSync(join(this.folder, "engine.cjs"), engine);
    process.env.PATH = `${this.folder}${delimiter}${this.#path}`;
  }

  /** Notes its arguments, then runs `script` in Bash. */
  add(name: string, script: string): void {
    const file = join(this.folder, name);
    writeFileSync(file, `#!/bin/bash\necho "${name} $*" >> "${this.folder}/asked"\n${script}\n`);
    chmodSync(file, 0o755);
  }

  /** What they were asked, a line each: the program and its arguments. */
  get asked(): string[] {
    return readFileSync(join(this.folder, "asked"), "utf8").trim().split("\n");
  }

  [Symbol.dispose](): void {
    process.env.PATH = this.#path;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
