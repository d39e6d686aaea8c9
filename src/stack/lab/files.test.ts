import { expect, test } from "vitest";
import { composeModel } from "../compose-file.ts";
import { refuseFilesOutside } from "./files.ts";

const model = (source: string, type = "bind") =>
  composeModel.parse({ services: { api: { image: "api", volumes: [{ type, source, target: "/etc/api" }] } } });

test.each([
  ["a folder of the project", model("/project/stack/config")],
  ["the project itself", model("/project")],
  ["the engine's socket, which the VM has too", model("/var/run/docker.sock")],
  ["a volume", model("data", "volume")],
])("%s is found in the lab", (_what, it) => {
  expect(() => refuseFilesOutside(it, ["api"], "/project")).not.toThrow();
});

test.each(["/etc/api", "/projects/other", "/"])("%s is refused, with the service that mounts it", (source) => {
  expect(() => refuseFilesOutside(model(source), ["api"], "/project")).toThrow(
    "mounts files that the lab does not have",
  );
  expect(() => refuseFilesOutside(model(source), ["another"], "/project")).not.toThrow();
});
