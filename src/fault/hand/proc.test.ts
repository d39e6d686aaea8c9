import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { statText } from "../../stack/testing/stat-text.ts";
import { isInContainer, ProcessTable } from "./proc.ts";

const container = "4f".repeat(32);
const other = "e0".repeat(32);

describe("isInContainer", () => {
  test.each([
    ["cgroup v1", `12:cpu,cpuacct:/docker/${container}\n1:name=systemd:/docker/${container}\n`],
    ["cgroup v2", `0::/docker/${container}\n`],
    ["cgroup v2 under systemd", `0::/system.slice/docker-${container}.scope\n`],
    ["cgroup v2 seen from another cgroup namespace", `0::/../docker-${container}.scope\n`],
    ["Podman", `0::/machine.slice/libpod-${container}.scope/container\n`],
    ["Kubernetes", `0::/kubepods.slice/kubepods-pod12.slice/cri-containerd-${container}.scope\n`],
    ["an engine inside a container", `5:pids:/docker/${other}/docker/${container}\n`],
    ["a unit of a systemd inside it", `0::/docker/${container}/system.slice/app.service\n`],
  ])("knows its container by the path of %s", (_, text) => {
    expect(isInContainer(text, container)).toBe(true);
    expect(isInContainer(text, "ab".repeat(32))).toBe(false);
  });

  test("takes neither the host's own processes nor part of an id for a container", () => {
    expect(isInContainer("0::/init.scope\n", container)).toBe(false);
    expect(isInContainer(`0::/docker/${container}\n`, container.slice(0, 12))).toBe(false);
    expect(isInContainer(`0::/docker/${container}0\n`, container)).toBe(false);
    expect(isInContainer("0::/\n", "")).toBe(false);
  });
});

describe("ProcessTable", () => {
  const roots: string[] = [];
  afterEach(() => {
    for (const root of roots.splice(0)) rmSync(root, { recursive: true });
  });

  function tableOf(
    ...processes: [pid: number, comm: string, state: string, parent: number, ticks: number, id: string][]
  ) {
    const root = mkdtempSync(join(tmpdir(), "healproof-proc-"));
    roots.push(root);
    for (const [pid, comm, state, parent, ticks, id] of processes) {
      mkdirSync(join(root, String(pid)));
      writeFileSync(join(root, String(pid), "stat"), statText(pid, comm, state, parent, ticks));
      writeFileSync(join(root, String(pid), "cgroup"), `0::/docker/${id}\n`);
    }
    return new ProcessTable(root);
  }

  test("identifies a main process by its start and its container", () => {
    expect(tableOf([10, "node", "S", 1, 500, container]).identify(container, 10)).toEqual({
      pid: 10,
      startTicks: 500,
      container,
    });
  });

  test("does not identify what is gone, a zombie or in another container", () => {
    const table = tableOf([10, "node", "S", 1, 500, other], [11, "node", "Z", 1, 500, container]);
    expect(table.identify(container, 10)).toBeUndefined();
    expect(table.identify(container, 11)).toBeUndefined();
    expect(table.identify(container, 12)).toBeUndefined();
  });

  test("takes the oldest child of an init shim for the program, and no process of another container", () => {
    const table = tableOf(
      [10, "docker-init", "S", 1, 500, container],
      [9, "sh", "S", 10, 500, other],
      [30, "node", "S", 10, 501, container],
      [12, "orphan", "S", 10, 900, container],
      [31, "worker", "S", 30, 502, container],
    );
    expect(table.identify(container, 10)).toMatchObject({ pid: 30, startTicks: 501 });
  });

  test.each(["runc:[2:INIT]", "tini"])(
    "says that the program of a container is on its way while that is still %s",
    (comm) => {
      expect(tableOf([10, comm, "S", 1, 500, container]).identify(container, 10)).toBe("starting");
      expect(tableOf([10, comm, "S", 1, 500, container]).identify(other, 10)).toBeUndefined();
    },
  );

  test.each([
    ["R", "running"],
    ["S", "running"],
    ["D", "running"],
    ["T", "stopped"],
    ["t", "stopped"],
    ["Z", "gone"],
    ["X", "gone"],
  ])("calls a process in state %s %s", (letter, state) => {
    expect(tableOf([10, "a) T (b", letter, 1, 500, container]).stateOf({ pid: 10, startTicks: 500, container })).toBe(
      state,
    );
  });

  test("takes a later process with the same number for a stranger", () => {
    const table = tableOf([10, "node", "S", 1, 501, container]);
    expect(table.stateOf({ pid: 10, startTicks: 500, container })).toBe("gone");
    expect(table.isStill({ pid: 10, startTicks: 500, container })).toBe(false);
    expect(table.isStill({ pid: 10, startTicks: 501, container: other })).toBe(false);
    expect(table.isStill({ pid: 10, startTicks: 501, container })).toBe(true);
  });

  test("lists a service's processes, the oldest first: the main one and its descendants, and nobody who entered from outside", () => {
    const table = tableOf(
      [10, "tini", "S", 1, 500, container],
      [9, "worker", "T", 30, 503, container],
      [30, "node", "S", 10, 501, container],
      [31, "dead", "Z", 30, 502, container],
      [29, "late", "S", 10, 504, container],
      [40, "healthcheck", "S", 1, 600, container],
      [41, "curl", "S", 40, 601, container],
      [50, "stranger", "S", 30, 700, other],
    );
    expect(table.list(container, 10).map(({ process, ...it }) => ({ pid: process.pid, ...it }))).toEqual([
      { pid: 10, comm: "tini", state: "running" },
      { pid: 30, comm: "node", state: "running" },
      { pid: 9, comm: "worker", state: "stopped" },
      { pid: 29, comm: "late", state: "running" },
    ]);
    expect(table.list(container, 30)[0]?.process).toEqual({ pid: 30, startTicks: 501, container });
  });

  test("lists nothing where the main process is gone, or its number is another container's", () => {
    const table = tableOf([11, "orphan", "S", 10, 501, container], [12, "other", "S", 1, 500, other]);
    expect(table.list(container, 10)).toEqual([]);
    expect(table.list(container, 12)).toEqual([]);
  });
});
