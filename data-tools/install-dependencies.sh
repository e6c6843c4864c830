#!/usr/bin/env bash
# Installs libhdf5, libcrypto, pkg-config and Python's venv module where they are missing: with apt on Debian and Ubuntu, else it says
# what to install.
set -euo pipefail

has_libraries() { command -v pkg-config >/dev/null && pkg-config --exists hdf5 && pkg-config --exists libcrypto; }
has_python() { python3 -c 'import venv, ensurepip' 2>/dev/null; }

if has_libraries && has_python; then exit 0; fi
if ! command -v apt-get >/dev/null; then
  echo "Please install libhdf5 and libcrypto (OpenSSL) with their headers, pkg-config, and Python 3 with its venv module." >&2
  exit 69
fi
"$(dirname "$0")/apt-install.sh" libhdf5-dev libssl-dev pkg-config python3-venv
has_libraries || { echo "pkg-config still doesn't find hdf5 and libcrypto." >&2; exit 69; }
