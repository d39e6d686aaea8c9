import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type Dockerode from "dockerode";
import { KnownError } from "../errors.ts";
import { answered, within } from "../limit.ts";
import { type Duration, formatDuration } from "../time.ts";

/** What a command in a container came to. */
export interface Executed {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Where this process has run what, so that it is not taken for somebody else's doing. */
const ours = new Set<string>();
const placed = (containerId: string, command: string) => `${containerId} ${command}`;

/** Whether this process has run that command there. */
export const isOurs = (containerId: string, command: string): boolean => ours.has(placed(containerId, command));

/** Runs a command in a running container, as its image's user unless told, to its end. An error if that takes longer than `limit`. */
export async function execIn(
  container: Dockerode.Container,
  command: readonly string[],
  limit: Duration,
  user?: string,
): Promise<Executed> {
  const said = command.join(" ");
  ours.add(placed(container.id, said.trim()));
  const exec = await answered(
    `to run ${said}`,
    container.exec({
      Cmd: [...command],
      AttachStdout: true,
      AttachStderr: true,
      ...(user === undefined ? {} : { User: user }),
    }),
  );
  const stream = await answered(`to run ${said}`, exec.start({}));
  const [out, err] = [new PassThrough(), new PassThrough()];
  container.modem.demuxStream(stream, out, err);
  stream.once("end", () => {
    out.end();
    err.end();
  });
  stream.once("error", (thrown: Error) => {
    out.destroy(thrown);
    err.destroy(thrown);
  });
  try {
    const [outText, errText] = await within(limit, Promise.all([text(out), text(err)]), (waited) => late(said, waited));
    const { ExitCode } = await answered(`how ${said} ended`, exec.inspect());
    return { exitCode: ExitCode ?? -1, out: outText, err: errText };
  } finally {
    stream.destroy();
  }
}

function late(said: string, limit: Duration): KnownError {
  return new KnownError("exec-too-long", `${said} did not end within ${formatDuration(limit)}`, {
    facts: { try: "running it in the container by hand: healproof run --keep, then docker exec" },
  });
}
