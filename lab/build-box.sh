#!/bin/bash
# Builds a Vagrant box for libvirt from a Debian mirror, where no public box is in reach: a Debian with all that provision.sh would
# install, so that it finds everything in place. No loop device and no mount is needed. Root; mmdebstrap e2fsprogs mtools dosfstools
# syslinux syslinux-common fdisk qemu-utils zstd.
# Arguments: the box's file, its release, and the apt sources to use, one line each.
set -euo pipefail
box=$1 release=$2
shift 2
disk_gib=12
boot_mib=64
work=$(mktemp -d "${TMPDIR:-/tmp}/healproof-box.XXXXXX")
trap 'rm -rf "$work"' EXIT
here=$(cd "$(dirname "$0")" && pwd)
packages=$(grep -v '^#' "$here/packages.txt" | paste -sd ,)

cat > "$work/essential.sh" <<'HOOK'
set -eu
# A small initial file system: only what a guest of virtio needs.
mkdir -p "$1/etc/initramfs-tools/conf.d"
printf 'MODULES=list\nCOMPRESS=zstd\nFSTYPE=ext4\n' > "$1/etc/initramfs-tools/conf.d/lab"
printf 'virtio_pci\nvirtio_blk\next4\n' > "$1/etc/initramfs-tools/modules"
HOOK

cat > "$work/customize.sh" <<'HOOK'
set -eu
root=$1
# Vagrant's user, with its well-known key, which Vagrant replaces at the first start, and sudo without a password.
chroot "$root" useradd --create-home --shell /bin/bash --groups sudo vagrant
install -d -m 700 "$root/home/vagrant/.ssh"
echo 'ssh-rsa AAAAB3NzaC1yc2EAAAABIwAAAQEA6NF8iallvQVp22WDkTkyrtvp9eWW6A8YVr+kz4TjGYe7gHzIw+niNltGEFHzD8+v1I2YJ6oXevct1YeS0o9HZyN1Q9qgCgzUFtdOKLv6IedplqoPkcmF0aYet2PkEDo3MlTBckFXPITAMzF8dJSIFo9D8HfdOV0IAdx4O7PtixWKn5y2hMNG0zQPyUecp4pzC6kivAIhyfHilFR61RGL+GPXQ2MWZWFYbAGjyiYJnAmCP3NOTd0jMZEnDkbUvxhMmBYSdETk1rRgm+R4LOzFUGaHqHDLKLX+FIPKcF96hrucXzcWyLbIbEgE98OHlnVYCzRdK8jlqm8tehUc9c9WhQ== vagrant insecure public key' \
  > "$root/home/vagrant/.ssh/authorized_keys"
chmod 600 "$root/home/vagrant/.ssh/authorized_keys"
chroot "$root" chown -R vagrant:vagrant /home/vagrant/.ssh
echo 'vagrant ALL=(ALL) NOPASSWD: ALL' > "$root/etc/sudoers.d/vagrant"
chmod 440 "$root/etc/sudoers.d/vagrant"
echo 'UseDNS no' > "$root/etc/ssh/sshd_config.d/vagrant.conf"
# DHCP at every wire.
printf '[Match]\nName=en* eth*\n[Network]\nDHCP=ipv4\nLinkLocalAddressing=no\n[DHCPv4]\nClientIdentifier=mac\n' \
  > "$root/etc/systemd/network/80-dhcp.network"
chroot "$root" systemctl enable --quiet systemd-networkd systemd-resolved ssh
echo lab > "$root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 lab\n' > "$root/etc/hosts"
echo 'LABEL=root / ext4 defaults,noatime 0 1' > "$root/etc/fstab"
chroot "$root" systemctl mask --quiet apt-daily.timer apt-daily-upgrade.timer systemd-networkd-wait-online.service e2scrub_reap.service
: > "$root/etc/machine-id"
ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
HOOK

mmdebstrap --quiet --variant=minbase \
  --aptopt='Apt::Install-Recommends "false"' --dpkgopt='force-unsafe-io' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --include="systemd-sysv,systemd-resolved,systemd-timesyncd,libnss-resolve,dbus,udev,openssh-server,sudo,iproute2,linux-image-cloud-amd64,initramfs-tools,kmod,netbase,e2fsprogs,$packages" \
  --essential-hook="sh '$work/essential.sh' \"\$1\"" \
  --customize-hook="sh '$work/customize.sh' \"\$1\"" \
  "$release" "$work/tree" "$@"

disk=$work/disk.raw
truncate -s "${disk_gib}G" "$disk"
sectors=$((boot_mib * 2048))
printf 'label: dos\nstart=2048,size=%d,type=c,bootable\nstart=%d,type=83\n' "$sectors" $((2048 + sectors)) | sfdisk -q "$disk"
mformat -i "$disk@@1M" -T "$sectors" -h 255 -s 63 -v BOOT ::
printf '%s\n' 'DEFAULT linux' 'PROMPT 0' 'TIMEOUT 0' 'LABEL linux' '  LINUX vmlinuz' '  INITRD initrd.img' \
  '  APPEND root=LABEL=root ro console=tty0 console=ttyS0,115200 net.ifnames=0 quiet mitigations=off' > "$work/syslinux.cfg"
mcopy -i "$disk@@1M" "$work"/tree/boot/vmlinuz-* ::vmlinuz
mcopy -i "$disk@@1M" "$work"/tree/boot/initrd.img-* ::initrd.img
mcopy -i "$disk@@1M" "$work/syslinux.cfg" ::syslinux.cfg
syslinux --install -t $((2048 * 512)) "$disk"
dd if=/usr/lib/syslinux/mbr/mbr.bin of="$disk" bs=440 count=1 conv=notrunc status=none
mke2fs -q -t ext4 -L root -E "offset=$(((2048 + sectors) * 512)),lazy_itable_init=1" -d "$work/tree" "$disk" \
  "$((disk_gib * 1024 * 1024 - boot_mib * 1024 - 2048))k"

mkdir "$work/box"
qemu-img convert -O qcow2 "$disk" "$work/box/box.img"
echo "{\"provider\":\"libvirt\",\"format\":\"qcow2\",\"virtual_size\":$disk_gib}" > "$work/box/metadata.json"
echo 'Vagrant.configure("2") { |config| config.vm.provider(:libvirt) { |it| it.disk_bus = "virtio" } }' > "$work/box/Vagrantfile"
mkdir -p "$(dirname "$box")"
tar -C "$work/box" -cf - metadata.json Vagrantfile box.img | gzip -1 > "$box.part"
mv "$box.part" "$box"
