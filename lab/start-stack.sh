#!/bin/bash
# In the VM, as root: the stack as a unit that comes up at boot, and the tapo exporter. What runs already as it should goes on. Ends once all
# of it is well, or says after its limit what is not. Arguments: the project's folder; the timing; kvm or qemu.
set -euo pipefail
project=$1 timing=$2 driver=$3
limit_s=900
settings=/etc/healproof-stack.env
printf 'TIMING=%s\nDOCKER_GID=%s\n' "$timing" "$(getent group docker | cut -d: -f3)" > "$settings"

compose=(docker compose --project-directory "$project/fixtures/stack" -f "$project/fixtures/stack/compose.yaml" -f "$project/lab/compose.yaml")
[ "$driver" != qemu ] || compose+=(-f "$project/lab/emulated.yaml")
# Wanted, not required: whoever restarts the engine is to see the restart policies at work, not this unit.
printf '%s\n' '[Unit]' 'Description=The reference stack' 'Wants=docker.service network-online.target' 'After=docker.service network-online.target' \
  '# As long as a run has the machine: own-stack.sh.' 'ConditionPathExists=!/var/lib/healproof/in-use' '[Service]' 'Type=oneshot' \
  'RemainAfterExit=yes' "EnvironmentFile=$settings" "ExecStart=/usr/bin/${compose[*]} up --detach --remove-orphans" \
  "ExecReload=/usr/bin/${compose[*]} up --detach --remove-orphans" "ExecStop=/usr/bin/${compose[*]} down" \
  'TimeoutStartSec=10min' 'TimeoutStopSec=5min' '[Install]' 'WantedBy=multi-user.target' > /etc/systemd/system/healproof-stack.service

"$project/lab/start-exporter.sh" "$project"
systemctl daemon-reload
systemctl enable --quiet healproof-stack
# A stack that is up is not taken down: Compose makes anew only what has changed. What goes wrong is told below, with what is not well.
systemctl reload-or-restart healproof-stack || true

answers() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }
not_well() {
  local containers
  containers=$(docker ps --all --filter label=com.docker.compose.project=healproof-lab \
    --format '{{.Label "com.docker.compose.service"}}: {{.Status}}') || echo 'docker: does not answer'
  [ -n "$containers" ] || echo 'healproof-stack: has no container'
  grep -v -e '(healthy)' -e '^app-volume: Up' -e '^$' <<< "$containers" || true
  systemctl --failed --plain --no-legend || true
  for unit in docker healproof-stack prometheus-node-exporter prometheus-blackbox-exporter tapo-exporter; do
    [ "$(systemctl is-active "$unit")" = active ] || echo "$unit: $(systemctl is-active "$unit")"
  done
  answers 9100 || echo 'prometheus-node-exporter: nothing answers at port 9100'
  answers 9115 || echo 'prometheus-blackbox-exporter: nothing answers at port 9115'
  answers 9877 || echo 'tapo-exporter: nothing answers at port 9877'
}
until [ -z "$(not_well)" ]; do
  if [ "$SECONDS" -ge "$limit_s" ] || systemctl is-failed --quiet healproof-stack; then
    printf 'not well after %s s:\n%s\n' "$SECONDS" "$(not_well)" >&2
    systemctl is-failed --quiet healproof-stack && journalctl --unit healproof-stack --lines 20 --no-pager --output cat >&2
    exit 1
  fi
  sleep 1
done
echo "all is well after $SECONDS s"
