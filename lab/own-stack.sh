#!/bin/bash
# In the VM, as root: has the lab's own stack make room for a run's, and come back. As long as it is away it does not start, whatever
# becomes of the machine: neither at boot (its unit asks for the mark) nor with the engine (nothing of it is left that has a restart
# policy). Arguments: away or back; where the mark is, unless it is where the unit looks.
set -euo pipefail
mark=${2:-/var/lib/healproof/in-use}
unit=healproof-stack
has_unit() { systemctl cat "$unit" > /dev/null 2>&1; }

case $1 in
  away)
    mkdir -p "$(dirname "$mark")"
    touch "$mark"
    ! has_unit || systemctl stop "$unit"
    # One that was still starting was not taken down by that; and what a machine had when it was cut off, its engine starts again.
    systemctl start docker
    # One after another: an engine before 20.10.27 may lock up where several leave a network at once (moby/moby#46661).
    docker ps --all --quiet --filter label=com.docker.compose.project=healproof-lab | xargs --no-run-if-empty --max-args=1 docker rm --force > /dev/null
    # The machine may lose its power at any moment from now on.
    sync
    ;;
  back)
    rm -f "$mark"
    sync
    if systemctl is-enabled --quiet "$unit" 2> /dev/null; then systemctl start --no-block "$unit"; fi
    ;;
esac
