#!/bin/bash
# In the VM, as root, at its first start or by `vagrant provision`: the engine, and the exporters as units of the machine itself.
# What is there stays. Argument: the project's folder, which is at the same place as on the host.
set -euo pipefail
project=$1
host_files=$project/fixtures/host/etc

lacking=$(while read -r package; do dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q '^install ok' || echo "$package"; done < "$project/lab/packages.txt")
if [ -n "$lacking" ]; then
  apt-get update -q
  # shellcheck disable=SC2086 # one package each
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $lacking
fi

# Never given up, and back after 10 s: the same as in fixtures/host.
for exporter in prometheus-node-exporter prometheus-blackbox-exporter; do
  install -D -m 644 "$host_files/systemd/system/$exporter.service.d/healing.conf" "/etc/systemd/system/$exporter.service.d/healing.conf"
done
install -m 644 "$host_files/default/prometheus-node-exporter" /etc/default/prometheus-node-exporter
install -m 644 "$host_files/prometheus/blackbox.yml" /etc/prometheus/blackbox.yml
# What the stack's speed test finds, for the node exporter to collect.
install -d -o 1000 -g 1000 /var/lib/speedtest

# The machine's exporter asks the stack's services by their names, at the ports that they have on the machine (compose.yaml).
grep -q healproof /etc/hosts || echo '127.0.0.1 app postgres redis speedtest-server # healproof' >> /etc/hosts

systemctl daemon-reload
systemctl enable --quiet --now docker prometheus-node-exporter prometheus-blackbox-exporter
systemctl restart prometheus-node-exporter prometheus-blackbox-exporter
usermod -aG docker vagrant
