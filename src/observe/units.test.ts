import { expect, test } from "vitest";
import { restartsOf } from "./units.ts";

test("how often a unit was restarted is read where systemd knows it, and nowhere else", () => {
  expect(restartsOf("LoadState=loaded\nNRestarts=3\n")).toBe(3);
  expect(restartsOf("NRestarts=0\nLoadState=loaded\n")).toBe(0);
  // systemd answers 0 for any name.
  expect(restartsOf("LoadState=not-found\nNRestarts=0\n")).toBeUndefined();
  expect(
    restartsOf("System has not been booted with systemd as init system (PID 1). Can't operate.\n"),
  ).toBeUndefined();
});
