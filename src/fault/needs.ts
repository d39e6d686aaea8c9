import type Dockerode from "dockerode";
import { exitCode, KnownError } from "../errors.ts";
import { helperHasNft } from "../stack/helper-image.ts";
import type { AnyFault } from "./define.ts";

/** Refuses faults that our helpers cannot carry out on this machine. Asks the engine only where one of them needs something. */
export async function refuseUnmet(engine: Dockerode, helperImage: string, faults: readonly AnyFault[]): Promise<void> {
  const kinds = faults.filter((it) => it.needs.includes("nft")).map((it) => it.kind);
  if (kinds.length === 0 || (await helperHasNft(engine, helperImage))) return;
  throw new KnownError("no-nft", "there is no nft in the helper image, and packets cannot be dropped without", {
    facts: {
      "needed by": kinds.join(", "),
      why: `nftables could not be had when ${helperImage} was built`,
      try: `docker rmi ${helperImage}, and again with a package mirror in reach; or name an image with Node and nft in HEALPROOF_NODE_IMAGE`,
    },
    exitCode: exitCode.lacking,
  });
}
