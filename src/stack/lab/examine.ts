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
  const [vagrant, virtualBox, libvirt, rsync, zstd, plugins, capabilities] = await Promise.all([
    said(["vagrant", "--version"], folder),
    said(["VBoxManage", "--version"], folder),
    said(["virsh", "-c", "qemu:///system", "version", "--daemon"], folder),
    said(["rsync", "--version"], folder),
    said(["zstd", "--version"], folder),
    said(["vagrant", "plugin", "list"], folder),
    said(["virsh", "-c", "qemu:///system", "capabilities"], folder),
  ]);
  if (vagrant === undefined)
    return [{ what: "Vagrant", ok: false, detail: "there is no vagrant command", remedy: install }];
  const providers = {
    ...(virtualBox === undefined ? {} : { virtualbox: `VirtualBox ${virtualBox}` }),
    ...(libvirt === undefined ? {} : { libvirt: `libvirt, ${processor(capabilities)}` }),
  };
  const state = await stateOf(folder).catch(() => undefined);
  return [
    { what: "Vagrant", ok: true, detail: vagrant.replace(/^Vagrant /, "") },
    providerFinding(providers, install),
    ...(libvirt === undefined ? [] : [libvirtPlugin(plugins, install)]),
    ...Object.entries({ rsync, zstd }).flatMap(([what, version]) =>
      version === undefined ? [{ what, ok: false, detail: `there is no ${what} command`, remedy: install }] : [],
    ),
    ...(`${folder}/`.startsWith("/tmp/")
      ? [
          {
            what: "folder",
            ok: false,
            detail: `${folder}: the lab would have its files in memory`,
            remedy: "a checkout elsewhere, not below /tmp",
          },
        ]
      : []),
    {
      what: "lab",
      ok: state === "running",
      detail: state?.replaceAll("_", " ") ?? "its state is not known",
      ...(state === "running" ? {} : { remedy: "npm run lab; or healproof run --target vagrant, which brings it up" }),
    },
  ];
}

function providerFinding(providers: Readonly<Record<string, string>>, install: string): Finding {
  const what = "Vagrant's provider";
  const told = process.env.VAGRANT_DEFAULT_PROVIDER;
  if (told && !Object.hasOwn(providers, told))
    return { what, ok: false, detail: `VAGRANT_DEFAULT_PROVIDER is ${told}, which does not answer`, remedy: install };
  const there = Object.values(providers);
  if (there.length > 0) return { what, ok: true, detail: there.join("; ") };
  return { what, ok: false, detail: "neither VirtualBox nor libvirt answers", remedy: install };
}

function libvirtPlugin(plugins: string | undefined, install: string): Finding {
  const [, version] = /^vagrant-libvirt \(([^,)]+)/m.exec(plugins ?? "") ?? [];
  const what = "vagrant-libvirt";
  return version
    ? { what, ok: true, detail: version }
    : { what, ok: false, detail: "Vagrant has no such plugin", remedy: install };
}

/** As libvirt says of this machine's processor. */
function processor(capabilities: string | undefined): string {
  return /<domain type='kvm'/.test(capabilities ?? "")
    ? "with KVM"
    : "without KVM: the lab is emulated, and ten to twenty times slower";
}

/** What a command prints; undefined where there is none, or it fails. */
const said = (command: readonly string[], folder: string): Promise<string | undefined> =>
  run(command, limit, folder).then(
    ({ exitCode, out }) => (exitCode === 0 ? out.trim() : undefined),
    () => undefined,
  );
