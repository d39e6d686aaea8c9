import { basename, isAbsolute, relative } from "node:path";
import { z } from "zod";
import { exitCode, KnownError } from "../../errors.ts";
import type { ComposeModel } from "../compose-file.ts";

const mounts = z.looseObject({
  volumes: z.array(z.looseObject({ type: z.string(), source: z.string().optional() })).nullish(),
});

/** The VM has the files of the folder with the Vagrantfile and no others: refuses a stack that mounts what it would not find there. */
export function refuseFilesOutside(model: ComposeModel, services: readonly string[], folder: string): void {
  const outside = services.flatMap((service) =>
    (mounts.parse(model.services[service] ?? {}).volumes ?? []).flatMap(({ type, source }) =>
      type !== "bind" || source === undefined || isSocket(source) || isBelow(folder, source)
        ? []
        : [`${service}: ${source}`],
    ),
  );
  if (outside.length === 0) return;
  throw new KnownError("not-in-the-lab", "the stack mounts files that the lab does not have", {
    facts: { mounted: outside.join("\n"), "it has": `what is below ${folder}`, try: "moving them there" },
    exitCode: exitCode.usage,
  });
}

const isSocket = (path: string) => basename(path).endsWith(".sock");

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith("../") && !isAbsolute(way);
}
