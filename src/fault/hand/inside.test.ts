import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inside } from "./inside.ts";

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "healproof-inside-")));
  mkdirSync(join(root, "var/lib/app"), { recursive: true });
  mkdirSync(join(root, "run"));
  writeFileSync(join(root, "run/app.pid"), "7");
  symlinkSync("/run", join(root, "var/run"));
  symlinkSync("../var/./lib", join(root, "var/library"));
  symlinkSync("/../../../run", join(root, "var/out"));
  symlinkSync("round", join(root, "var/round"));
});

afterEach(() => rmSync(root, { recursive: true }));

test.each([
  ["/var/lib/app", "/var/lib/app"],
  ["/var//lib/./app/", "/var/lib/app"],
  ["/var/run/app.pid", "/run/app.pid"],
  ["/var/library/app/new", "/var/lib/app/new"],
  ["/var/library/../run/app.pid", "/run/app.pid"],
  ["/not/there", "/not/there"],
  ["/", ""],
])("%s is %s", (path, expected) => {
  expect(inside(root, path)).toBe(root + expected);
});

test.each([["/../../etc/passwd"], ["/var/out/../../../etc/passwd"], ["/run/../../../../etc/passwd"]])(
  "%s stays in the container",
  (path) => {
    expect(inside(root, path)).toBe(`${root}/etc/passwd`);
  },
);

test("links that lead in a circle are an error, not a hang", () => {
  expect(() => inside(root, "/var/round/x")).toThrow("too many symbolic links in /var/round/x");
});
