#!/bin/bash
# On the host, after each `vagrant up`: brings the images that the VM lacks, and has the stack started in there; without the stack, where a
# run has the machine for its own ones, the machine's exporter alone. Arguments: the project's folder; the timing; kvm or qemu; yes or no.
set -euo pipefail
project=$1 timing=$2 driver=$3 stack=$4
# What waits in there for parts to be well gives up by itself, and says why, before this.
limit_s=1200
cd "$project"
# The driver is libvirt's: VirtualBox emulates nothing.
[ ! -e .vagrant/machines/default/virtualbox/id ] || driver=kvm
config=$(mktemp)
trap 'rm -f "$config"' EXIT
vagrant ssh-config > "$config"
# In our own group, so that whatever interrupts us reaches it, too.
vm() {
  local status=0
  timeout --foreground "$limit_s" ssh -F "$config" default sudo "$@" || status=$?
  [ "$status" != 124 ] || echo "lab: the machine was still busy after $limit_s s: $*" >&2
  return "$status"
}

if [ "$stack" = yes ] && vm test -e /var/lib/healproof/in-use; then
  echo 'lab: a run of healproof has the machine, or was killed in it: its own stack stays away (npm run --silent healproof -- clean --target vagrant, where no run is left)' >&2
  exit 1
fi

if [ ! -f fixtures/stack/.env ]; then
  echo 'lab: the stack is not built yet: npm run setup'
  npm run --silent setup
fi
images=$(sed -n 's/^TAPO_EXPORTER_IMAGE=//p' fixtures/stack/.env)
[ "$stack" = no ] || images+=$'\n'$(docker compose -f fixtures/stack/compose.yaml -f lab/compose.yaml config --images)
# As engines list an image, however it is written. One that is wanted by its digest loses that on its way: the machine pulls it.
full_names() { sed -E -e '/@/d' -e 's#^docker\.io/##; s#^library/##' -e '/:[^/]*$/!s/$/:latest/' | sort -u; }
lacking=()
there=$(vm docker image ls --format '{{.Repository}}:{{.Tag}}' | full_names)
for image in $(full_names <<< "$images"); do
  # What this machine lacks, too, the other one pulls by itself.
  grep -qxF "$image" <<< "$there" || ! docker image inspect "$image" > /dev/null 2>&1 || lacking+=("$image")
done
if [ "${#lacking[@]}" -gt 0 ]; then
  echo "lab: bringing ${#lacking[@]} images …"
  docker save "${lacking[@]}" | zstd -q -3 -T0 | vm sh -c "'zstd -qdc | docker load --quiet && sync'" || {
    echo 'lab: the images could not be brought into the machine, for what is said above; then vagrant up again' >&2
    exit 1
  }
fi
rsync -a -e "ssh -F $config" --rsync-path='sudo rsync' fixtures/stack/.env "default:$project/fixtures/stack/.env"
if [ "$stack" = no ]; then
  vm "$project/lab/start-exporter.sh" "$project"
  exit
fi
echo 'lab: starting the stack …'
vm "$project/lab/start-stack.sh" "$project" "$timing" "$driver"
