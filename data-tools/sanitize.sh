#!/usr/bin/env bash
# data-tools/sanitize.sh thread|address [TESTS]: builds the tests with a sanitizer and runs those that a regular expression names, or all.
# What stands in data-tools/sanitizers/KIND.txt is in libraries that aren't ours, and why.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=$1
scratch=.build-$kind
case $kind in
thread) export TSAN_OPTIONS="suppressions=$PWD/data-tools/sanitizers/thread.txt halt_on_error=0 exitcode=66" ;;
# Leaks: Swift's runtime and Foundation keep what they have made once.
address) export ASAN_OPTIONS="detect_leaks=0 detect_stack_use_after_return=0" ;;
*) echo "sanitize.sh: found $kind, expected thread or address" >&2; exit 64 ;;
esac
swift build -c release --sanitize "$kind" --scratch-path "$scratch" --build-tests
swift test -c release --sanitize "$kind" --scratch-path "$scratch" --skip-build ${2:+--filter "$2"}
