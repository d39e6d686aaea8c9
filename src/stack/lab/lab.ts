import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exitCode, KnownError } from "../../errors.ts";
import type { Host } from "../../fault/host.ts";
import type { TrialPlan } from "../../plan.ts";
import { formatDuration, minutes, ms } from "../../time.ts";
import { ownHelpers } from "../helper-image.ts";
import { useStateOf } from "../state-folder.ts";
import { must, run, stateOf, vagrant } from "./commands.ts";
import { lockLab } from "./lock.ts";
import { LabMachine } from "./machine.ts";
import { slownessOf } from "./slowness.ts";
import { LabStacks } from "./stacks.ts";
import { Tunnel } from "./tunnel.ts";
import { forgetWorkFoldersOfTheDead, labWorkFolder } from "./work-folder.ts";

/**
 * The target `vagrant`: the engine in the VM of the Vagrantfile here. Whatever asks for an engine finds that one (DOCKER_HOST), so that
 * a trial in there is the same as anywhere else; its clock is another, and is compared as any foreign clock. The lab's own stack makes
 * room meanwhile.
 */
export interface Lab extends AsyncDisposable {
  readonly host: Host;
  /** What Compose files are to be read with, where the VM is not as this machine. */
  readonly variables: Readonly<Record<string, string>>;
  /** How many times slower than this machine it is; 1 where its processor is not emulated. Asked once the images are there. */
  slowness(): Promise<number>;
  /** The stacks of these plans, in their order; what is kept for them goes with the lab's disposal. */
  stacksOf(plans: readonly TrialPlan[]): LabStacks;
  /** What a run that was killed may have left of itself. */
  forgetSnapshot(): Promise<void>;
  /** An error where the machine would lose the project's files with its power: a stack mounts some of them. */
  refuseFilesInMemory(): Promise<void>;
  /** Brings images, and our helpers', that the VM's engine lacks and this machine's has; what this machine lacks it pulls by itself. */
  bring(images: readonly string[]): Promise<void>;
}

export interface LabOrder {
  /** Where the Vagrantfile is. */
  readonly folder: string;
  readonly tell: (what: string) => void;
  /** Interrupts whatever of the lab takes long. */
  readonly signal: AbortSignal;
}

/** Generous: without a hypervisor that the processor supports, a VM takes twenty times as long for what starts processes. */
const limits = {
  ask: minutes(2),
  up: minutes(40),
  sync: minutes(5),
  images: minutes(20),
  ownStack: minutes(10),
} as const;
const listImages = ["docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}"];
/** What our own helpers run from: where no registry is in reach, it cannot be built in there. */
const listHelpers = [...listImages, "--filter", ownHelpers];

/** The lab that something may have been left in: where there is none, none is made. */
export async function openLabThatIsThere(order: LabOrder): Promise<Lab | undefined> {
  forgetWorkFoldersOfTheDead();
  return (await stateOf(order.folder, order.signal)) === "not_created" ? undefined : openLab(order);
}

/** Brings the VM up where it is down, makes its files those of here, and leads every request for an engine to its engine. */
export async function openLab({ folder, tell, signal }: LabOrder): Promise<Lab> {
  const began = performance.now();
  const state = await stateOf(folder, signal);
  await using opened = new AsyncDisposableStack();
  opened.use(lockLab(folder));
  const sync = () => vagrant(["rsync"], limits.sync, folder, {}, signal);
  const hasFiles =
    state === "running" &&
    (await sync().then(
      () => true,
      () => false,
    ));
  if (!hasFiles) {
    // Also one that runs and has just been told to come up or go down, by somebody who was killed: this waits for that.
    tell("the lab is not up: vagrant up …");
    // Without its own stack, which would only have to be stopped.
    await vagrant(["up"], limits.up, folder, { HEALPROOF_LAB_STACK: "no" }, signal);
    if (state === "running") await sync();
  }
  const { path: work } = opened.use(labWorkFolder());
  const config = join(work, "ssh-config");
  writeFileSync(config, await vagrant(["ssh-config"], limits.ask, folder, {}, signal), { mode: 0o600 });
  const ssh = ["ssh", "-F", config, "default"];
  const group = await must([...ssh, "getent", "group", "docker"], limits.ask, folder);
  const ownStack = (goes: "away" | "back") =>
    must([...ssh, "sudo", join(folder, "lab/own-stack.sh"), goes], limits.ownStack, folder);
  // Before it goes: what is interrupted half way is put back, too.
  opened.defer(async () => void (await ownStack("back")));
  // Never interrupted: it would go on in there while the other is under way.
  await ownStack("away");
  signal.throwIfAborted();
  const tunnel = opened.use(await Tunnel.open(config, join(work, "engine.sock"), signal));
  const host = opened.use(new LabMachine({ folder, ssh, tunnel }));
  const ours = process.env.DOCKER_HOST;
  process.env.DOCKER_HOST = `unix://${tunnel.socket}`;
  opened.defer(() => {
    if (ours === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = ours;
  });
  opened.use(useStateOf("lab"));
  tell(`the lab is there after ${formatDuration(ms(performance.now() - began))}`);
  const all = opened.move();
  const listed = (command: readonly string[]) =>
    run(command, limits.ask, folder, { DOCKER_HOST: ours }).then(
      ({ out }) => out.split("\n").filter((it) => it !== ""),
      () => [],
    );
  return {
    host,
    async slowness() {
      if (!(await host.isEmulated())) return 1;
      const [image] = await listed(listHelpers);
      if (image === undefined)
        throw new KnownError("not-measured", "the lab is emulated, and how slow that makes it cannot be measured", {
          facts: { wanted: "an engine here, with our helper image", try: "healproof doctor --fix" },
        });
      return slownessOf({ ssh, image, folder, here: { DOCKER_HOST: ours }, signal });
    },
    variables: { DOCKER_GID: group.split(":")[2] ?? "0" },
    stacksOf(plans) {
      const stacks = new LabStacks(host, plans, tell);
      all.defer(() => stacks.forget());
      return stacks;
    },
    forgetSnapshot: () => host.forget(),
    refuseFilesInMemory: () => refuseFilesInMemory(ssh, folder),
    async bring(images) {
      const [theirs, own, helpers] = await Promise.all([
        must([...ssh, ...listImages], limits.ask, folder),
        listed(listImages),
        listed(listHelpers),
      ]);
      const there = new Set(theirs.split("\n").map(fullName));
      const wanted = new Set(images.map(fullName));
      const brought = [...own.filter((it) => wanted.has(fullName(it))), ...helpers].filter(
        (it) => !there.has(fullName(it)),
      );
      if (brought.length === 0) return;
      tell(`bringing ${brought.length} images into the lab …`);
      // Compressed: to decipher so much takes an emulated processor longer than to unpack it.
      // And on its disk: its mains may be cut next.
      const unpack = `"zstd -qdc | docker load --quiet && sync"`;
      const pipe = `set -o pipefail; docker save "$@" | zstd -q -3 -T0 | ssh -F "$SSH_CONFIG" default ${unpack}`;
      const command = ["bash", "-c", pipe, "bash", ...brought];
      await must(command, limits.images, folder, { DOCKER_HOST: ours, SSH_CONFIG: config }, signal);
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/**
 * As engines list an image, however a Compose file writes it: `redis`, `redis:latest` and `docker.io/library/redis` are one. What is
 * wanted by its digest is in no such list, as it loses that on its way: the VM's engine pulls it.
 */
function fullName(name: string): string {
  const it = name.replace(/^docker\.io\//, "").replace(/^library\//, "");
  return /[:@][^/]*$/.test(it) ? it : `${it}:latest`;
}

/** Debian 13 has all of /tmp in memory. */
async function refuseFilesInMemory(ssh: readonly string[], folder: string): Promise<void> {
  const find = ["findmnt", "--noheadings", "--output", "FSTYPE", "--target", folder];
  if ((await must([...ssh, ...find], limits.ask, folder)).trim() !== "tmpfs") return;
  throw new KnownError(
    "files-in-memory",
    "the lab's machine has the project's files in its memory, and loses them with its power",
    {
      facts: { folder, wanted: "one that is on the machine's disk", try: "a checkout elsewhere, not below /tmp" },
      exitCode: exitCode.usage,
    },
  );
}
