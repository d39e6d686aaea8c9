import { lstatSync, readlinkSync } from "node:fs";

/** As the kernel does. */
const mostLinks = 40;

/**
 * A path of a container as the hand reaches it: below `root`, which is /proc/PID/root. Symbolic links are followed here, one by
 * one, because to the kernel an absolute one would lead into the hand's own file system. What is not there stays as it is.
 */
export function inside(root: string, path: string): string {
  const left = path.split("/").reverse();
  const done: string[] = [];
  let links = 0;
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      done.pop();
      continue;
    }
    const target = linkAt([root, ...done, part].join("/"));
    if (target === undefined) {
      done.push(part);
      continue;
    }
    links += 1;
    if (links > mostLinks) throw new Error(`too many symbolic links in ${path}`);
    if (target.startsWith("/")) done.length = 0;
    left.push(...target.split("/").reverse());
  }
  return [root, ...done].join("/");
}

function linkAt(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isSymbolicLink() ? readlinkSync(path) : undefined;
}
