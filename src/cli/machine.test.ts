import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PretendPrograms } from "../stack/lab/testing/pretend-programs.ts";
import { cleanCommand } from "./machine.ts";

let programs: PretendPrograms;

beforeEach(() => {
  programs = new PretendPrograms();
});

afterEach(() => {
  vi.restoreAllMocks();
  programs[Symbol.dispose]();
});

test("to clean a lab that does not exist makes none: there is nothing to clean", async () => {
  programs.add("vagrant", `case "$1" in status) echo "1,default,state,not_created";; esac`);
  const printed = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  expect(await cleanCommand(undefined, { all: false, target: "vagrant", json: false })).toBe(0);
  expect(printed).toHaveBeenCalledWith("nothing to clean\n");
  expect(programs.asked).toEqual(["vagrant status --machine-readable"]);
});
