import type Dockerode from "dockerode";
import { exitCode, KnownError } from "../errors.ts";
import type { ServiceChange } from "../fault/define.ts";
import { answered } from "../limit.ts";
import { seconds } from "../time.ts";
import { compose } from "./compose.ts";
import { type ComposeModel, overridden } from "./compose-file.ts";
import { endComposeOf } from "./compose-processes.ts";
import { statusOf } from "./remove.ts";
import { rememberedStack } from "./stack-file.ts";

/** A service's containers made anew by Compose itself, as a deployment does it: from the file that its stack was started with. */

/** An old container may take its stop grace, 10 s unless told, and the new one its time to be created. */
const limit = seconds(50);

/** The stack's file with the service changed; an error that says what lacks. Nothing is touched. */
export async function recreatable(
  docker: Dockerode,
  project: string,
  name: string,
  change: ServiceChange,
): Promise<ComposeModel> {
  const model = rememberedStack(project);
  if (!model)
    throw new KnownError("stack-unknown", `it is not known how the stack ${project} was started`, {
      facts: {
        wanted: "its Compose file, which healproof keeps while a stack of its own runs",
        try: "healproof down and healproof up, as the same user",
      },
    });
  const service = model.services[name];
  if (!service)
    throw new KnownError("no-such-service", `the stack has no service ${name}`, {
      facts: { "its services": Object.keys(model.services).join(", ") },
      exitCode: exitCode.usage,
    });
  if (change.image !== undefined && !(await isThere(docker, change.image)))
    throw new KnownError("no-image", `the image ${change.image} is not on this machine`, {
      facts: { wanted: `it for ${name}: one that had to be pulled first would change nothing`, try: "docker pull" },
      exitCode: exitCode.usage,
    });
  const { environment, command, image } = change;
  const changed = overridden(service, {
    ...(environment ? { environment } : {}),
    ...(command ? { command: [...command] } : {}),
    ...(image === undefined ? {} : { image }),
  });
  return { ...model, services: { ...model.services, [name]: changed } };
}

const onlyIt = ["up", "--detach", "--no-deps", "--no-build"];

export async function recreate(docker: Dockerode, project: string, name: string, change: ServiceChange): Promise<void> {
  const model = await recreatable(docker, project, name, change);
  endRecreating(project);
  const args = ["-p", project, "-f", "-", ...onlyIt, name];
  await compose(args, { within: limit, input: JSON.stringify(model) });
}

/** Ends what {@link recreate} left at work when its caller was killed: two of them would get in each other's way. */
export const endRecreating = (project: string): boolean => endComposeOf((it) => it === project, onlyIt) > 0;

async function isThere(docker: Dockerode, image: string): Promise<boolean> {
  try {
    await answered(`for the image ${image}`, docker.getImage(image).inspect());
    return true;
  } catch (thrown) {
    if (statusOf(thrown) === 404) return false;
    throw thrown;
  }
}
