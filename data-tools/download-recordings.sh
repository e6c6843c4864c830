#!/bin/sh
# Downloads the real recordings from the UCI Machine Learning Repository and checks every file.
#
#   data-tools/download-recordings.sh [DIR]        (default: ./HARDataset)
#
# DIR appears complete and checked or not at all. Needs curl or wget, and unzip or python3. Exits with 69 when the
# archive cannot be had (no network), 65 when it is not what it should be, 73 when DIR exists or cannot be made.
#
# The recordings are by Reyes-Ortiz, Anguita, Ghio, Oneto and Parra (https://doi.org/10.24432/C54S4K); see the README
# in the archive for their terms.
set -eu

address=https://archive.ics.uci.edu/static/public/240/human+activity+recognition+using+smartphones.zip
tools=$(cd "$(dirname "$0")" && pwd)
folder=${1:-HARDataset}

fail() {
  echo "download-recordings: $2" >&2
  exit "$1"
}

[ $# -le 1 ] || fail 64 "usage: download-recordings.sh [DIR]"
[ ! -e "$folder" ] || fail 73 "$folder: exists already"
parent=$(dirname "$folder")
work=$(mktemp -d "$parent/.recordings.partial-XXXXXX" 2>/dev/null) || fail 73 "$parent: cannot be written"
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

echo "downloading $address (about 60 MB)" >&2
if command -v curl >/dev/null 2>&1; then
  curl --fail --location --silent --show-error --connect-timeout 20 --retry 2 --output "$work/outer.zip" "$address" ||
    fail 69 "the archive cannot be downloaded; is there a network?"
elif command -v wget >/dev/null 2>&1; then
  wget --quiet --timeout=20 --tries=3 --output-document="$work/outer.zip" "$address" ||
    fail 69 "the archive cannot be downloaded; is there a network?"
else
  fail 69 "neither curl nor wget is installed"
fi

unpack() {
  if command -v unzip >/dev/null 2>&1; then
    unzip -q "$1" -d "$2"
  elif command -v python3 >/dev/null 2>&1; then
    python3 -m zipfile -e "$1" "$2"
  else
    fail 69 "neither unzip nor python3 is installed"
  fi
}

# The archive holds another one, which holds the folder.
unpack "$work/outer.zip" "$work" || fail 65 "what was downloaded is no archive"
inner="$work/UCI HAR Dataset.zip"
if [ -f "$inner" ]; then
  unpack "$inner" "$work" || fail 65 "the archive within the archive is damaged"
fi
[ -d "$work/UCI HAR Dataset" ] || fail 65 "the archive holds no folder \"UCI HAR Dataset\""

"$tools/check-recordings.sh" "$work/UCI HAR Dataset" >"$work/result" || fail 65 "what was downloaded is not what it should be"
sed "s#^.*UCI HAR Dataset: #$folder: #" "$work/result"
mv "$work/UCI HAR Dataset" "$folder"
