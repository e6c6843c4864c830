#!/usr/bin/env bash
# The main job in a minute: recordings to a store, a store to a trained network, and the protocol of its accuracy.
# BIN: the folder of the executables; STORE: the store to write; HAR_DATASET: the folder of the recordings.
set -euo pipefail
cd "$(dirname "$0")/.."
say() { printf '\n== %s\n' "$*" >&2; }

if [ -n "${HAR_DATASET:-}" ]; then
  dataset=$HAR_DATASET
elif [ -d HARDataset ]; then
  dataset=HARDataset
elif say "No recordings here: downloading them" && data-tools/download-recordings.sh HARDataset; then
  dataset=HARDataset
else
  say "The recordings can't be had; synthesizing some. What follows says nothing about people."
  dataset=$(mktemp -d)/synthetic
  trap 'rm -rf "$(dirname "$dataset")"' EXIT
  "$BIN/har-synthesize" "$dataset"
fi

say "har-convert $dataset $STORE --overwrite"
"$BIN/har-convert" "$dataset" "$STORE" --overwrite
say "har-train --data $STORE --repeats 2 --epochs 4"
"$BIN/har-train" --data "$STORE" --repeats 2 --epochs 4
