import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../doctor.ts";
import { seconds } from "../../time.ts";
import { run, stateOf } from "./commands.ts";

const limit = seconds(60);

/** What the lab needs of this machine, for `healproof doctor`. Changes nothing. */
export async function examineLab(folder: string): Promise<Finding[]> {
  const install = "npm run lab (on a Debian), or docs/lab.md";
  if (!existsSync(join(folder, "Vagrantfile")))
    return [{ what: "Vagrantfile", ok: false, detail: `none in ${folder}`, remedy: "call healproof in its folder" }];
  const [vagrant, virtualBox, libvirt] = await Promise.all([
    said(["vagrant", "--version"], folder),
    said(["VBoxManage", "--version"], folder),
    said(["virsh", "-c", "qemu:///system", "version", "--daemon"], folder),
  ]);
  if (vagrant === undefined)
    return [{ what: "Vagrant", ok: false, detail: "there is no vagrant command", remedy: install }];
  const providers = [
    ...(virtualBox === undefined ? [] : [`VirtualBox ${virtualBox}`]),
    ...(libvirt === undefined ? [] : ["libvirt"]),
  ];
  const state = await stateOf(folder).catch(() => undefined);
  return [
    { what: "Vagrant", ok: true, detail: vagrant.replace(/^Vagrant /, "") },
    providers.length > 0
      ? { what: "Vagrant's provider", ok: true, detail: providers.join(", ") }
      : { what: "Vagrant's provider", ok: false, detail: "neither VirtualBox nor libvirt answers", remedy: install },
    {
      what: "lab",
      ok: state === "running",
      detail: state?.replaceAll("_", " ") ?? "its state is not known",
      ...(state === "running" ? {} : { remedy: "npm run lab; or healproof run --target vagrant, which brings it up" }),
    },
  ];
}

/** What a command prints; undefined where there is none, or it fails. */
const said = (command: readonly string[], folder: string): Promise<string | undefined> =>
  run(command, limit, folder).then(
    ({ exitCode, out }) => (exitCode === 0 ? out.trim() : undefined),
    () => undefined,
  );
