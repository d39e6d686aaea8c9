import { Option } from "commander";

/** Where stacks run: in the engine that is found here, or in the lab's VM. */
export type Target = "containers" | "vagrant";

export const targetOption = () =>
  new Option("--target <where>", "the engine that is found here, or the one in the lab's VM")
    .choices(["containers", "vagrant"])
    .default("containers");
