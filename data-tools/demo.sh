#!/usr/bin/env bash
# The main job in a minute: recordings to a store, a store to three trained networks, and what they are worth.
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
run=runs/demo/$(date +%Y-%m-%d-%H%M%S)
say "har-train --data $STORE --model all --repeats 1 --epochs 4 --output $run"
"$BIN/har-train" --data "$STORE" --model all --repeats 1 --epochs 4 --output "$run"
say "har-train evaluate $run/cnn-lstm/model-01.h5"
"$BIN/har-train" evaluate "$run/cnn-lstm/model-01.h5"
say "har-train list runs/demo"
"$BIN/har-train" list runs/demo

cat >&2 <<EOF

Open $run/report.html in a browser to see what came out.
The commands are in $BIN (make install puts them into your path). Next, perhaps:
  har-train resume $run --epochs 8     four more epochs of these three
  har-train --data $STORE --model all --repeats 10     the tutorial's whole protocol, some minutes
  har-train tune examples/tune.yaml --data $STORE      a search for a better setting: 96 % on the real recordings
EOF
