import type Dockerode from "dockerode";
import { z } from "zod";
import { answered } from "../limit.ts";

const config = z.looseObject({
  Healthcheck: z.looseObject({ Test: z.array(z.string()).nullish() }).nullish(),
  Shell: z.array(z.string()).nullish(),
});

/** What a container's healthcheck runs, in the words in which the engine tells of any command; undefined without one. */
export function checkIn(configuration: unknown): string | undefined {
  const { Healthcheck, Shell } = config.parse(configuration);
  const [how, ...words] = Healthcheck?.Test ?? [];
  if (how === "CMD") return words.join(" ").trim();
  return how === "CMD-SHELL" ? [...(Shell ?? ["/bin/sh", "-c"]), ...words].join(" ").trim() : undefined;
}

export async function healthcheckOf(docker: Dockerode, id: string): Promise<string | undefined> {
  return checkIn((await answered(`to inspect ${id.slice(0, 12)}`, docker.getContainer(id).inspect())).Config);
}
