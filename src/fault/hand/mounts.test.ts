import { expect, test } from "vitest";
import { fileSystemOf } from "./mounts.ts";

const mountinfo = `559 505 0:71 / / rw,relatime master:209 - overlay overlay rw,lowerdir=/l,upperdir=/u
560 559 0:75 / /proc rw,nosuid - proc proc rw
563 561 0:78 / /dev/shm rw,nosuid - tmpfs shm rw,size=65536k
570 559 254:0 /var/lib/docker/volumes/data/_data /var/lib/data rw,relatime master:1 - ext4 /dev/vda rw
571 559 0:90 / /var/lib/app rw,relatime - tmpfs tmpfs rw,size=32768k
572 571 254:16 /cache /var/lib/app/cache rw,relatime - ext4 /dev/vdb rw
573 559 7:1 / /var/lib/my\\040disk rw,relatime - ext4 /dev/loop1 rw
574 559 0:91 / /mnt/share rw,relatime - nfs4 nas:/ rw
575 559 254:0 / /host rw,relatime - ext4 /dev/vda rw
576 559 254:0 /late /var/lib/late rw - ext4 /dev/vda rw
577 559 0:92 / /var/lib/late rw - tmpfs tmpfs rw,size=1m
`;

const hosts = `20 1 254:0 / / rw,relatime - ext4 /dev/vda rw
21 20 0:22 / /proc rw - proc proc rw
`;

test.each([
  ["/dev/shm", true],
  ["/var/lib/app", true],
  ["/var/lib/app/tmp", true],
  ["/var/lib/my disk/sub", false],
  ["/var/lib/late", true],
])("%s is of a size of its own: to fill it harms nobody else", (path, inMemory) => {
  expect(fileSystemOf(mountinfo, path, hosts)).toEqual({ shared: "", inMemory });
});

test.each([
  ["/tmp", "own layer"],
  ["", "own layer"],
  ["/var/lib/application", "own layer"],
  ["/var/lib/data", "on the host's own disk"],
  ["/var/lib/app/cache/x", "a part (/cache) of a larger file system"],
  ["/mnt/share", "(nfs4) that others may use too"],
])("%s is not, and it says why", (path, why) => {
  expect(fileSystemOf(mountinfo, path, hosts).shared).toContain(why);
});

test("the host's own disk is not, even where all of it is mounted", () => {
  expect(fileSystemOf(mountinfo, "/host", hosts).shared).toBe("it is on the host's own disk");
});
