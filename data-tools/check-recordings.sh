#!/bin/sh
# Checks a folder of the real recordings against data-tools/uci-har.sha256.
#
#   data-tools/check-recordings.sh DIR
#
# Exits with 0 when every listed file is the genuine one, 65 when one is not, 66 when one is missing, 64 on wrong usage.
#
# Three files, body_acc_{x,y,z}_train.txt, have no known hash: copies that were rebuilt from the raw recordings, about
# 50 of whose 2.8 million values may differ in the last digit, are accepted as the genuine ones are. Of these only size
# and number of lines are checked, and the result says so.
set -eu

if [ $# -ne 1 ]; then
  echo "usage: check-recordings.sh DIR" >&2
  exit 64
fi
folder=$1
sums=$(dirname "$0")/uci-har.sha256
if [ ! -d "$folder" ]; then
  echo "check-recordings: $folder: is no folder" >&2
  exit 66
fi
if command -v sha256sum >/dev/null 2>&1; then
  hash_of() { sha256sum <"$1" | cut -d ' ' -f 1; }
else
  hash_of() { shasum -a 256 <"$1" | cut -d ' ' -f 1; }
fi

status=0
checked=0
while IFS= read -r line; do
  case $line in '#'* | '') continue ;; esac
  expected=${line%% *}
  file=${line#*  }
  if [ ! -f "$folder/$file" ]; then
    # The names of the activities are for readers; no program needs them.
    [ "$file" = activity_labels.txt ] && continue
    echo "check-recordings: $folder/$file: is missing" >&2
    status=66
  elif found=$(hash_of "$folder/$file") && [ "$found" != "$expected" ]; then
    echo "check-recordings: $folder/$file: found SHA-256 $found, expected $expected" >&2
    [ $status -eq 66 ] || status=65
  else
    checked=$((checked + 1))
  fi
done <"$sums"

unknown=0
for axis in x y z; do
  file="train/Inertial Signals/body_acc_${axis}_train.txt"
  if [ ! -f "$folder/$file" ]; then
    echo "check-recordings: $folder/$file: is missing" >&2
    status=66
    continue
  fi
  bytes=$(($(wc -c <"$folder/$file")))
  lines=$(($(wc -l <"$folder/$file")))
  if [ "$bytes" -ne 15064248 ] || [ "$lines" -ne 7352 ]; then
    echo "check-recordings: $folder/$file: found $bytes bytes in $lines lines, expected 15064248 in 7352" >&2
    [ $status -eq 66 ] || status=65
  else
    unknown=$((unknown + 1))
  fi
done

if [ $status -eq 0 ]; then
  echo "$folder: $checked files are the genuine ones (SHA-256); $unknown, body_acc_{x,y,z}_train.txt, have the right" \
    "size and number of lines, but no known hash to check"
fi
exit $status
