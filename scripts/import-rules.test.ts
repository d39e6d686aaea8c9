import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";

// The rules of who may import whom stand in biome.json as patterns, and a pattern that matches nothing is green, too.

const refused: [file: string, imported: string][] = [
  ["src/run.ts", "../fixtures/app/src/main.ts"],
  ["src/cli/run.ts", "@healproof/app"],
  ["src/judge/trial.test.ts", "../../fixtures/app/src/main.ts"],
  ["src/report/page.ts", "../../fixtures/app/src/main.ts"],
  ["fixtures/watchdog/src/main.ts", "../../../src/journal.ts"],
  ["fixtures/watchdog/src/main.ts", "../../../src/judge/trial.ts"],
  ["fixtures/watchdog/src/variants/lame.ts", "../../../../src/journal.ts"],
  ["fixtures/watchdog/src/variants/broken/lame.ts", "../../../../../src/journal.ts"],
  ["fixtures/plug/src/testing/deep/client.ts", "../../../../../src/journal.ts"],
  ["fixtures/plug/src/klap.ts", "../../tapo-exporter/src/klap.ts"],
  ["fixtures/tapo-exporter/src/klap.ts", "@healproof/plug"],
  ["src/judge/trial.ts", "node:fs"],
  ["src/judge/trial.ts", "../clock.ts"],
  ["src/judge/trial.ts", "../stack/engine.ts"],
  ["src/report/page.ts", "../trial.ts"],
  ["src/report/page.ts", "../run-folder.ts"],
  ["src/report/testing/story.ts", "../../undo.ts"],
  ["src/judge/act.ts", "../limit.ts"],
  ["src/judge/act.ts", "../vitest/file-run.ts"],
];
const allowed: [file: string, imported: string][] = [
  ["src/run.ts", "./journal.ts"],
  ["src/judge/act.ts", "./trial.ts"],
  ["src/judge/act.ts", "../journal.ts"],
  ["src/report/page.ts", "../judge/trial.ts"],
  ["src/report/page.ts", "../plan-matrix.ts"],
  ["src/report/testing/story.ts", "../../journal.ts"],
  ["src/report/testing/story.ts", "../run-record.ts"],
  ["src/judge/recorded.test.ts", "node:fs"],
  ["fixtures/watchdog/src/variants/lame.ts", "../journal.ts"],
  ["fixtures/watchdog/src/variants/broken/lame.ts", "../../journal.ts"],
  ["fixtures/plug/src/independent.test.ts", "../../tapo-exporter/src/klap.ts"],
];

const folder = mkdtempSync(join(tmpdir(), "healproof-imports-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What of a file's imports the rules refuse, as Biome counts it. */
function refusals(files: readonly [file: string, imported: string][]): readonly string[] {
  const root = mkdtempSync(join(folder, "checkout-"));
  copyFileSync("biome.json", join(root, "biome.json"));
  files.forEach(([file, imported], n) => {
    // Each in a file of its own, where the rules see it as they would see the one that is named.
    const path = join(
      root,
      file.replace(/(\.test)?\.ts$/, (end) => `-${n}${end}`),
    );
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `export * from "${imported}";\n`);
  });
  execFileSync("git", ["init", "-q"], { cwd: root });
  const biome = join(import.meta.dirname, "../node_modules/.bin/biome");
  const only = ["--only=style/noRestrictedImports", "--max-diagnostics=none", "--reporter=json"];
  const { stdout } = spawnSync(biome, ["lint", ...only, "."], { cwd: root, encoding: "utf8" });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { location: { path: string } }[] };
  const found = new Set(diagnostics.map(({ location }) => location.path));
  return files.flatMap(([file, imported], n) =>
    [...found].some((it) => it.endsWith(file.replace(/(\.test)?\.ts$/, (end) => `-${n}${end}`)))
      ? [`${file} imports ${imported}`]
      : [],
  );
}

test("what the two import rules forbid is refused, however deep the file stands", () => {
  expect(refusals(refused)).toEqual(refused.map(([file, imported]) => `${file} imports ${imported}`));
});

test("what they permit is not", () => {
  expect(refusals(allowed)).toEqual([]);
});
