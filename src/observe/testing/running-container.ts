import type { ContainerLook } from "../../stack/stack.ts";

/** One look at a container that runs. */
export const runningContainer: ContainerLook = {
  service: "app",
  container: "c1",
  pid: 7,
  running: true,
  paused: false,
  status: "running",
  restartCount: 0,
  restartPolicy: "always",
  startedAtUnixMs: 1,
};
