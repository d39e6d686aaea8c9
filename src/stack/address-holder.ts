import type Dockerode from "dockerode";
import { KnownError } from "../errors.ts";
import { answered } from "../limit.ts";
import { ensureHelperImage } from "./helper-image.ts";
import { label } from "./labels.ts";
import { removeLabelled } from "./remove.ts";

/**
 * An engine gives the address that it likes, mostly the lowest that is free, and takes no wishes on a network whose subnet it chose
 * itself. So that a container gets another address than it had, containers of ours take that one first.
 */

const most = 16;
const holderLabel = "io.healproof.holder";

export interface HoldOrder {
  /** All that is made for it carries this name. */
  readonly name: string;
  /** The network's id. */
  readonly network: string;
  readonly address: string;
  /** The stack's own: whoever removes the stack removes the holders. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Starts containers until one has the address. Nothing where somebody has it already. */
export async function occupy(docker: Dockerode, { name, network, address, labels }: HoldOrder): Promise<void> {
  if (await isTaken(docker, network, address)) return;
  const image = await ensureHelperImage(docker);
  const got: string[] = [];
  while (got.length < most) {
    const container = await answered(
      "for a container that takes an address",
      docker.createContainer({
        name: `${name}-${network.slice(0, 12)}-${got.length + 1}`,
        Image: image,
        Entrypoint: ["node"],
        Cmd: ["-e", "setInterval(() => undefined, 1e6)"],
        Labels: { ...labels, [label.role]: "holder", [holderLabel]: name },
        HostConfig: { NetworkMode: network, CapDrop: ["ALL"], ReadonlyRootfs: true, Memory: 64 * 2 ** 20 },
      }),
    );
    await answered("to start it", container.start());
    const { NetworkSettings } = await answered("for its address", container.inspect());
    const [mine] = Object.values(NetworkSettings.Networks);
    if (mine?.IPAddress === address) return;
    got.push(mine?.IPAddress ?? "none");
  }
  throw new KnownError("address-not-taken", `no container of ours got the address ${address}`, {
    facts: { tried: `${most} containers on the network ${network.slice(0, 12)}`, got: got.join(", ") },
  });
}

export async function vacate(docker: Dockerode, name: string): Promise<void> {
  await removeLabelled(docker, [`${holderLabel}=${name}`]);
}

async function isTaken(docker: Dockerode, network: string, address: string): Promise<boolean> {
  const { Containers } = await answered("for a network", docker.getNetwork(network).inspect());
  return Object.values(Containers ?? {}).some((it) => it.IPv4Address.split("/")[0] === address);
}
