#!/usr/bin/env bash
# data-tools/sanitize.sh thread|address [TESTS]: builds the tests with a sanitizer and runs those that a regular expression names, or
# those of the modules: tests that start the commands take half an hour under it.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=$1
tests=${2:-}
scratch=.build-$kind
unfit='EndToEndTests|H5pyTests'
case $kind in
thread) export TSAN_OPTIONS="halt_on_error=0 exitcode=66" ;;
# Leaks: Swift's runtime and Foundation keep what they have made once.
address) export ASAN_OPTIONS="detect_leaks=0" ;;
*) echo "sanitize.sh: found $kind, expected thread or address" >&2; exit 64 ;;
esac
swift build -c release --sanitize "$kind" --scratch-path "$scratch" --build-tests
if [ "$kind" = thread ]; then
  clang -shared -fPIC -O1 -o "$scratch/mutex_hints.so" data-tools/sanitizers/mutex_hints.c
  export LD_PRELOAD=$PWD/$scratch/mutex_hints.so
fi
program=$(ls "$scratch"/release/*PackageTests.xctest)
if [ -n "$tests" ]; then choice=(--filter "$tests"); else choice=(--skip "$unfit"); fi
"$program" --testing-library swift-testing "${choice[@]}" 2>&1 | tee "$scratch/log" | grep -E "^✘|SUMMARY|Test run with" || true
# What children of the tests found is in the log too.
if grep -qE "Sanitizer: |^✘" "$scratch/log"; then
  echo "sanitize.sh: see $scratch/log" >&2
  exit 1
fi
grep -q "Test run with .* passed" "$scratch/log"
