import { expect, test } from "vitest";
import { scriptedMachine } from "./scripted-machine.ts";
import { cannotInstall, debianSources, mirrorsIn, systemPackages } from "./system-packages.mjs";

const installs = (ran: readonly string[]) => ran.filter((line) => line.startsWith("apt-get install"));

test("without a terminal packages are installed without a question", async () => {
  const { machine, ran, asked } = scriptedMachine({ isTerminal: false });
  await systemPackages(machine).install(["docker.io"], "No engine");
  expect(asked).toEqual([]);
  expect(ran[0]).toBe("apt-get update -q");
  expect(installs(ran)).toHaveLength(1);
  expect(installs(ran)[0]).toMatch(/ docker\.io$/);
});

test("on a terminal a person is asked first, and a no is a no", async () => {
  const { machine, ran, asked } = scriptedMachine({ isTerminal: true, yes: false });
  await expect(systemPackages(machine).install(["docker.io", "iptables"], "No engine")).rejects.toThrow(
    "apt-get install docker.io iptables",
  );
  expect(asked).toEqual(["No engine: install the system packages docker.io, iptables?"]);
  expect(ran).toEqual([]);
});

test("on a terminal a yes installs", async () => {
  const { machine, ran } = scriptedMachine({ isTerminal: true, yes: true });
  await systemPackages(machine).install(["docker.io"], "No engine");
  expect(installs(ran)).toHaveLength(1);
});

test("on a terminal apt is never used before a yes, whoever wants to know something", async () => {
  const { machine, ran } = scriptedMachine({ isTerminal: true, yes: true });
  const packages = systemPackages(machine);
  await expect(packages.candidate("docker-cli")).rejects.toThrow("before a yes");
  await expect(packages.debianMirrors()).rejects.toThrow("before a yes");
  expect(ran).toEqual([]);
  await packages.allow(["docker.io"], "No engine");
  await packages.candidate("docker-cli");
  expect(ran[0]).toBe("apt-get update -q");
});

test("who is not root may fetch no lists, so they are read as they are", async () => {
  const { machine, ran } = scriptedMachine({ uid: 1000 });
  await systemPackages(machine).debianMirrors();
  expect(ran.filter((line) => line.includes("update"))).toEqual([]);
});

test.each([
  [{ platform: "darwin" as const }, "on macOS the set-up installs no system software"],
  [{ uid: 1000 }, "installing system packages takes root"],
  [{ commands: [] }, "this machine has no apt-get, the only package manager that the set-up knows"],
  [{}, undefined],
])("%j cannot be helped: %s", async (facts, why) => {
  const { machine, ran } = scriptedMachine(facts);
  expect(cannotInstall(machine)).toBe(why);
  if (why) {
    await expect(systemPackages(machine).install(["docker.io"], "No engine")).rejects.toThrow(why);
    expect(ran).toEqual([]);
  }
});

test("apt is never run twice at the same time, also after a failure, and fetches its lists once", async () => {
  let running = 0;
  let most = 0;
  const { machine, ran } = scriptedMachine({}, async (line) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running -= 1;
    return line.includes("mmdebstrap") ? { code: 100 } : "";
  });
  const packages = systemPackages(machine);
  const results = await Promise.allSettled(["mmdebstrap", "docker.io"].map((name) => packages.install([name], "why")));
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  expect(most).toBe(1);
  expect(ran.filter((line) => line.includes("update"))).toHaveLength(1);
});

test("the candidate is read without its epoch, and none is none", async () => {
  const { machine } = scriptedMachine({}, (line) =>
    line.endsWith("docker-compose") ? "docker-compose:\n  Candidate: 5:2.26.1-4\n" : "x:\n  Candidate: (none)\n",
  );
  const packages = systemPackages(machine);
  expect(await packages.candidate("docker-compose")).toBe("2.26.1-4");
  expect(await packages.candidate("x")).toBeUndefined();
});

test("a release of Debian comes from the machine's own Debian mirrors, and from no other archive of its list", () => {
  const mirrors = mirrorsIn(
    "Acme|stable|http://acme.test/x\nDebian|Debian|http://mirror.test/d\nDebian|Debian|http://mirror.test/other\n" +
      "Debian|Debian-Security|http://mirror.test/s\n",
  );
  expect(debianSources("trixie", mirrors)).toEqual([
    "deb http://mirror.test/d trixie main",
    "deb http://mirror.test/d trixie-updates main",
    "deb http://mirror.test/s trixie-security main",
  ]);
  expect(debianSources("bookworm", mirrors)[0]).toBe("deb http://mirror.test/d bookworm main");
  expect(debianSources("trixie", mirrorsIn("Ubuntu|Ubuntu|http://mirror.test/u\n"))).toEqual([]);
});
