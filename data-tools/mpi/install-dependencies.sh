#!/usr/bin/env bash
# Installs Open MPI where it is missing: with apt on Debian and Ubuntu, else it says what to install.
set -euo pipefail

has_mpi() { command -v mpirun >/dev/null && pkg-config --exists ompi-c; }

if has_mpi; then exit 0; fi
if ! command -v apt-get >/dev/null; then
  echo "Please install Open MPI with its headers (Homebrew: open-mpi)." >&2
  exit 69
fi
run=(env)
if [ "$(id -u)" -ne 0 ]; then run=(sudo env); fi
echo "Installing libopenmpi-dev and openmpi-bin ..." >&2
"${run[@]}" apt-get update -qq
"${run[@]}" DEBIAN_FRONTEND=noninteractive apt-get install -y -qq libopenmpi-dev openmpi-bin >/dev/null
has_mpi || { echo "mpirun or pkg-config's ompi-c is still not found." >&2; exit 69; }
