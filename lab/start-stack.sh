#!/bin/bash
# In the VM, as root: the stack as a unit that comes up at boot, and the tapo exporter. Ends once all of it is well, or says after its
# limit what is not. Arguments: the project's folder; the timing; kvm or qemu.
set -euo pipefail
project=$1 timing=$2 driver=$3
limit_s=900
settings=/etc/healproof-stack.env
printf 'TIMING=%s\nDOCKER_GID=%s\n' "$timing" "$(getent group docker | cut -d: -f3)" > "$settings"

compose=(docker compose --project-directory "$project/fixtures/stack" -f "$project/fixtures/stack/compose.yaml" -f "$project/lab/compose.yaml")
[ "$driver" != qemu ] || compose+=(-f "$project/lab/emulated.yaml")
printf '%s\n' '[Unit]' 'Description=The reference stack' 'Requires=docker.service' 'After=docker.service network-online.target' \
  'Wants=network-online.target' '# As long as a run has the machine: own-stack.sh.' 'ConditionPathExists=!/var/lib/healproof/in-use' '[Service]' 'Type=oneshot' 'RemainAfterExit=yes' "EnvironmentFile=$settings" \
  "ExecStart=/usr/bin/${compose[*]} up --detach --remove-orphans" "ExecStop=/usr/bin/${compose[*]} down" \
  'TimeoutStartSec=10min' 'TimeoutStopSec=5min' '[Install]' 'WantedBy=multi-user.target' > /etc/systemd/system/healproof-stack.service

"$project/lab/start-exporter.sh" "$project"
systemctl daemon-reload
systemctl enable --quiet healproof-stack
systemctl restart healproof-stack

not_well() {
  docker ps --all --filter label=com.docker.compose.project=healproof-lab --format '{{.Label "com.docker.compose.service"}}: {{.Status}}' \
    | grep -v -e '(healthy)' -e '^app-volume: Up' || true
  systemctl --failed --plain --no-legend || true
  for unit in docker healproof-stack prometheus-node-exporter prometheus-blackbox-exporter tapo-exporter; do
    [ "$(systemctl is-active "$unit")" = active ] || echo "$unit: $(systemctl is-active "$unit")"
  done
}
until [ -z "$(not_well)" ]; do
  if [ "$SECONDS" -ge "$limit_s" ]; then
    printf 'not well after %s s:\n%s\n' "$limit_s" "$(not_well)" >&2
    exit 1
  fi
  sleep 1
done
echo "all is well after $SECONDS s"
