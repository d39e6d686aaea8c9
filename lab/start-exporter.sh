#!/bin/bash
# In the VM, as root: the tapo exporter, out of its image, as a unit of the machine like its other exporters. Argument: the project's folder.
set -euo pipefail
project=$1

# shellcheck disable=SC1091 # written by the set-up
. "$project/fixtures/stack/.env"
# The emulator's account: no secret.
(umask 077 && printf 'TAPO_EMAIL=%s\nTAPO_PASSWORD=%s\n' stack@example.org Only-for-the-emulator > /etc/tapo-exporter.env)
if [ "$(cat /opt/tapo-exporter/image 2>/dev/null)" != "$TAPO_EXPORTER_IMAGE" ]; then
  container=$(docker create "$TAPO_EXPORTER_IMAGE")
  install -d /opt/tapo-exporter
  # A running program's file cannot be written to.
  docker cp -q "$container:/usr/local/bin/node" /usr/local/bin/node.new
  mv /usr/local/bin/node.new /usr/local/bin/node
  docker cp -q "$container:/app/main.js" /opt/tapo-exporter/main.js
  docker cp -q "$container:/app/package.json" /opt/tapo-exporter/package.json
  docker cp -q "$container:/app/tapo-exporter.service" /etc/systemd/system/tapo-exporter.service
  docker rm "$container" > /dev/null
  systemctl daemon-reload
  systemctl restart tapo-exporter # else the old one would go on
  echo "$TAPO_EXPORTER_IMAGE" > /opt/tapo-exporter/image
fi
systemctl enable --quiet --now tapo-exporter
