#!/usr/bin/env bash
# Counts the instructions a call of each kernel takes with valgrind's callgrind, and holds them against the thresholds of the compiler's
# version: more than 2 % above fails. Works where the processor's own counters can't be read. --update writes the thresholds anew.
set -euo pipefail
cd "$(dirname "$0")"
version=$(swift --version 2> /dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p')
thresholds=Thresholds/instructions-swift-$version.csv
if ! command -v valgrind > /dev/null && command -v apt-get > /dev/null; then
  echo "Installing valgrind ..." >&2
  run=()
  if [ "$(id -u)" -ne 0 ]; then run=(sudo); fi
  { "${run[@]}" apt-get update -qq && DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq valgrind > /dev/null; } || true
fi
command -v valgrind > /dev/null || { echo "count-instructions.sh: valgrind is missing and can't be installed" >&2; exit 69; }
if [ ! -f "$thresholds" ] && [ "${1:-}" != --update ]; then
  echo "count-instructions.sh: no thresholds for Swift $version; --update writes $thresholds" >&2
  exit 66
fi
swift build -c release --product har-bench >&2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Valgrind gives up on debug information newer than itself.
strip --strip-debug -o "$folder/har-bench" .build/release/har-bench
bench=$folder/har-bench

# All instructions of a process that makes $3 calls; hashing is the only thing in it that chance plays a part in.
collected() {
  SWIFT_DETERMINISTIC_HASHING=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench" kernel-once "$1" "$2" "$3" 2>&1 < /dev/null |
    sed -n 's/.*Collected *: *\([0-9]*\).*/\1/p'
}

counts=$folder/counts.csv
echo "kernels,kernel,instructions" > "$counts"
# Valgrind does not know AVX-512.
for set in avx2 baseline; do
  "$bench" kernel-once | while read -r kernel; do
    # What 40 calls take more than 20 does not hold the start of the process.
    few=$(collected "$set" "$kernel" 20)
    many=$(collected "$set" "$kernel" 40)
    echo "$set,$kernel,$(((many - few) / 20))" | tee -a "$counts"
  done
done
if [ "${1:-}" = --update ]; then
  cp "$counts" "$thresholds"
  echo "wrote $thresholds" >&2
  exit
fi
awk -F, '
  NR == FNR { limit[$1 "," $2] = $3; next }
  FNR == 1 { next }
  !(($1 "," $2) in limit) { print $1 " " $2 ": has no threshold; --update writes one" > "/dev/stderr"; failed = 1; next }
  $3 > limit[$1 "," $2] * 1.02 { print $1 " " $2 ": " $3 " instructions, expected at most " limit[$1 "," $2] * 1.02 > "/dev/stderr"; failed = 1 }
  END { exit failed }' "$thresholds" "$counts"
echo "no kernel takes more than 2 % above its threshold" >&2
