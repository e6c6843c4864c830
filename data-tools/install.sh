#!/usr/bin/env bash
# Installs the commands, their manual pages and the completions of bash, zsh and fish below a folder, or removes them again.
#
#     data-tools/install.sh install|uninstall PREFIX
#
# DESTDIR, if set, stands before PREFIX: where packages are put together. The commands need libhdf5 and libcrypto, but no Swift.
set -euo pipefail
cd "$(dirname "$0")/.."

action=${1:?install or uninstall}
root=${DESTDIR:-}${2:?the folder, such as /usr/local}
commands=(har-convert har-synthesize har-train)
manifest=$root/share/activity-recognition/files

put() { # MODE SOURCE PLACE
  install -D -m "$1" "$2" "$root/$3"
  echo "$3" >>"$list"
}

remove() {
  [ -f "$manifest" ] || { echo "$manifest: not there, so nothing of ours is below $root" >&2; exit 66; }
  while IFS= read -r place; do
    rm -f "${root:?}/$place"
    # Folders that held nothing else.
    (cd "$root" && rmdir -p "$(dirname "$place")" 2>/dev/null) || true
  done <"$manifest"
  rm -f "$manifest"
  rmdir "$(dirname "$manifest")" 2>/dev/null || true
  rmdir "$root/share" 2>/dev/null || true
}

case $action in
  uninstall)
    remove
    echo "removed from $root" >&2
    ;;
  install)
    for command in "${commands[@]}"; do
      ${SWIFT:-swift} build -c release --static-swift-stdlib --scratch-path .build-install --product "$command"
    done
    # No pages of commands that are no more.
    rm -rf .build/plugins/GenerateManual/outputs
    ${SWIFT:-swift} package generate-manual --multi-page
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    list=$work/files
    : >"$list"
    for command in "${commands[@]}"; do
      binary=.build-install/release/$command
      put 755 "$binary" "bin/$command"
      for page in .build/plugins/GenerateManual/outputs/"$command"/*.1; do
        # What `help` does, every command does.
        case $page in *.help.1) continue ;; esac
        put 644 "$page" "share/man/man1/$(basename "$page")"
      done
      for shell in bash zsh fish; do "$binary" --generate-completion-script "$shell" >"$work/$command.$shell"; done
      put 644 "$work/$command.bash" "share/bash-completion/completions/$command"
      put 644 "$work/$command.zsh" "share/zsh/site-functions/_$command"
      put 644 "$work/$command.fish" "share/fish/vendor_completions.d/$command.fish"
    done
    # What an earlier version installed and this one doesn't goes.
    if [ -f "$manifest" ]; then
      { grep -vxFf "$list" "$manifest" || true; } | while IFS= read -r place; do rm -f "${root:?}/$place"; done
    fi
    install -D -m 644 "$list" "$manifest"
    echo "$(wc -l <"$list") files installed below $root; remove them with: make uninstall PREFIX=${2}" >&2
    ;;
  *)
    echo "$action: expected install or uninstall" >&2
    exit 64
    ;;
esac
