/** Which file system a path of a container is on, by its /proc/PID/mountinfo. */

export interface FileSystem {
  /** Why filling it would harm more than what this container keeps there; empty where it would not. */
  readonly shared: string;
  readonly inMemory: boolean;
}

interface Mount {
  readonly device: string;
  /** Which part of the file system is mounted: `/` is all of it. */
  readonly part: string;
  readonly at: string;
  readonly type: string;
}

const memoryTypes = new Set(["tmpfs", "ramfs"]);
const diskTypes = new Set(["ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs"]);

/** `hosts`: the mountinfo of the host's first process. */
export function fileSystemOf(mountinfo: string, path: string, hosts: string): FileSystem {
  const mount = mountOf(mountinfo, path === "" ? "/" : path);
  const inMemory = memoryTypes.has(mount.type);
  const onHostRoot = mount.device === mountOf(hosts, "/").device;
  return { inMemory, shared: whyShared(mount, inMemory, onHostRoot) };
}

function whyShared({ part, type }: Mount, inMemory: boolean, onHostRoot: boolean): string {
  if (type === "overlay")
    return "it is in the container's own layer, which shares the engine's disk with everything else";
  if (onHostRoot) return "it is on the host's own disk";
  if (part !== "/") return `it is a part (${part}) of a larger file system`;
  if (!inMemory && !diskTypes.has(type)) return `it is on a file system (${type}) that others may use too`;
  return "";
}

function mountOf(mountinfo: string, path: string): Mount {
  const mounts = mountinfo
    .split("\n")
    .flatMap(parseMount)
    .filter(({ at }) => at === "/" || path === at || path.startsWith(`${at}/`));
  // Of two at the same place, the later one covers the earlier.
  const deepest = mounts.reduce<Mount | undefined>(
    (best, it) => (best && best.at.length > it.at.length ? best : it),
    undefined,
  );
  if (!deepest) throw new Error(`no mount for ${path} in /proc/PID/mountinfo`);
  return deepest;
}

/** `36 35 98:0 /part /at rw,noatime master:1 - ext3 /dev/root rw`; spaces and the like are written in octal. */
function parseMount(line: string): Mount[] {
  const [left = "", right = ""] = line.split(" - ");
  const [, , device, part, at] = left.split(" ");
  const [type] = right.split(" ");
  return device !== undefined && part !== undefined && at !== undefined && type
    ? [{ device, part: plain(part), at: plain(at), type }]
    : [];
}

const plain = (escaped: string) =>
  escaped.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
