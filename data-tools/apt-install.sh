#!/usr/bin/env bash
# data-tools/apt-install.sh PACKAGE...: installs packages of Debian or Ubuntu, by sudo where that is needed.
set -euo pipefail

run=(env)
if [ "$(id -u)" -ne 0 ]; then run=(sudo env); fi
echo "Installing $* ..." >&2
"${run[@]}" apt-get update -qq
"${run[@]}" DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
