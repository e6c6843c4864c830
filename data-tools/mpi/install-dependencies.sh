#!/usr/bin/env bash
# Installs Open MPI where it is missing: with apt on Debian and Ubuntu, else it says what to install.
set -euo pipefail

has_mpi() { command -v mpirun >/dev/null && pkg-config --exists ompi-c; }

if has_mpi; then exit 0; fi
if ! command -v apt-get >/dev/null; then
  echo "Please install Open MPI with its headers (Homebrew: open-mpi)." >&2
  exit 69
fi
"$(dirname "$0")/../apt-install.sh" libopenmpi-dev openmpi-bin
has_mpi || { echo "mpirun or pkg-config's ompi-c is still not found." >&2; exit 69; }
