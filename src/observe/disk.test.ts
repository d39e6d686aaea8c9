import { expect, test } from "vitest";
import type { Executed } from "../stack/exec.ts";
import type { ContainerLook } from "../stack/stack.ts";
import { eventually } from "../stack/testing/playground.ts";
import { observeDisk, shareOf } from "./disk.ts";
import { Observed } from "./testing/tools.ts";

const df = (line: string) => `Filesystem     1024-blocks    Used Available Capacity Mounted on\n${line}\n`;

test.each([
  ["tmpfs                32768   26214      6554      81% /var/lib/app", 80],
  ["/dev/sda1         10000000 4000000   4000000      50% /with space/x", 50],
  ["a name with spaces   32768       0     32768       0% /data", 0],
  ["tmpfs                32768   32768         0     100% /data", 100],
])("of %j the share in use is %d %%", (line, share) => {
  expect(shareOf(df(line))).toBe(share);
});

test.each(["", "df: /nowhere: No such file or directory", df("none 0 0 0 - /proc")])("%j tells no share", (out) => {
  expect(shareOf(out)).toBeUndefined();
});

const watched = { id: "disk", service: "app", path: "/data" };
const look: ContainerLook = {
  service: "app",
  container: "c0ffee",
  pid: 1,
  running: true,
  paused: false,
  status: "running",
  restartCount: 0,
  restartPolicy: "always",
};
const ran = (out: string, exitCode = 0, err = ""): Executed => ({ exitCode, out, err });

test("a container that does not run, or answers an error later on, gives no sample", async () => {
  using observed = new Observed();
  const looks = [undefined, { ...look, running: false }];
  let asked = 0;
  const commands: (readonly string[])[] = [];
  const containers = {
    lookAt: async () => (asked < looks.length ? looks[asked++] : look),
    run: async (_: string, command: readonly string[]) => {
      commands.push(command);
      if (commands.length === 2) throw new Error("it is being stopped");
      return commands.length === 3 ? ran("", 1, "df: no") : ran(df("tmpfs 100 50 50 50% /data"));
    },
  };
  const done = observeDisk(containers, watched, observed.tools, 20);
  await eventually("two samples", () => observed.values().length >= 2);
  observed.end();
  await done;
  expect(commands[0]).toEqual(["df", "-P", "/data"]);
  expect(commands.length).toBe(4);
  expect(observed.values()).toEqual([50, 50]);
});

test("a path that is not there, or an image without df, is said with what the command said", async () => {
  using observed = new Observed();
  const containers = {
    lookAt: async () => look,
    run: async () => ran("", 1, "df: /data: No such file or directory\n"),
  };
  await expect(observeDisk(containers, watched, observed.tools)).rejects.toMatchObject({
    code: "no-disk-use",
    facts: { "it said": "df: /data: No such file or directory" },
  });
});
