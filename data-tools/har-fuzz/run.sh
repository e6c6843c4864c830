#!/usr/bin/env bash
# data-tools/har-fuzz/run.sh [--seconds S] [READER...]: libFuzzer looks for a way to break a reader, or each of them in turn, for S seconds
# (10 without a word). What it finds interesting stays in .build-fuzz/corpus and is gone on with; what breaks a reader, in
# .build-fuzz/found. Exits with 69 where this Swift has no libFuzzer, 1 where a reader broke.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=10
if [ "${1:-}" = --seconds ]; then seconds=$2; shift 2; fi
readers=("$@")
scratch=.build-fuzz
corpus=$scratch/corpus

echo 'import Foundation' | ${SWIFT:-swift}c -sanitize=fuzzer -parse-as-library -c -o /dev/null - 2>/dev/null ||
  { echo "run.sh: found a Swift without libFuzzer" >&2; exit 69; }
HAR_FUZZING=1 ${SWIFT:-swift} build -c release --sanitize fuzzer --scratch-path $scratch --product har-fuzz
${PYTHON:-python3} data-tools/har-fuzz/seeds.py "${BIN:-.build/release}" $corpus
[ ${#readers[@]} -gt 0 ] || readers=($(cd $corpus && ls -d */ | tr -d /))

mkdir -p $scratch/found
status=0
for reader in "${readers[@]}"; do
  log=$scratch/$reader.log
  if $scratch/release/har-fuzz "$reader" "$corpus/$reader" -dict="$corpus/$reader.dict" -artifact_prefix="$scratch/found/$reader-" \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=500 -print_final_stats=1 >"$log" 2>&1; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    peak=$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")
    echo "$reader: $runs inputs, $(find "$corpus/$reader" -type f | wc -l) kept, $peak MB at most, no fault"
  else
    status=1
    echo "$reader: broke, see $log"
    grep -E "ERROR|Fatal|SUMMARY|Test unit written" "$log" || tail -5 "$log"
  fi
done
exit $status
