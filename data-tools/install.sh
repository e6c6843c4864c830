#!/usr/bin/env bash
# data-tools/install.sh install|uninstall PREFIX: the commands, which need no Swift where they run, with man pages and
# completions for bash, zsh and fish. DESTDIR, where it is set, comes before PREFIX.
set -euo pipefail
cd "$(dirname "$0")/.."

action=$1
root=${DESTDIR:-}$2
commands=(har-convert har-synthesize har-train)
build=(swift build -c release --static-swift-stdlib --scratch-path .build-install)
manual=.build-install/manual

# The files of a command, from the prefix on.
files() {
  echo "bin/$1"
  echo "share/bash-completion/completions/$1"
  echo "share/zsh/site-functions/_$1"
  echo "share/fish/vendor_completions.d/$1.fish"
}

case $action in
install)
  for command in "${commands[@]}"; do "${build[@]}" --product "$command"; done
  programs=$("${build[@]}" --show-bin-path)
  rm -rf "$manual"
  mkdir -p "$manual"
  swift package -c release --static-swift-stdlib --scratch-path .build-install --allow-writing-to-package-directory \
    generate-manual --multi-page >/dev/null
  find .build-install/plugins -name '*.1' -exec cp {} "$manual" \;
  for command in "${commands[@]}"; do
    install -D -m 755 "$programs/$command" "$root/bin/$command"
    for shell in bash zsh fish; do
      target=$(files "$command" | sed -n "/$shell/p")
      mkdir -p "$(dirname "$root/$target")"
      "$programs/$command" --generate-completion-script "$shell" >"$root/$target"
    done
  done
  install -d "$root/share/man/man1"
  install -m 644 "$manual"/*.1 "$root/share/man/man1"
  echo "installed in $root: ${commands[*]}"
  ;;
uninstall)
  for command in "${commands[@]}"; do
    files "$command" | while read -r file; do rm -f "$root/$file"; done
    rm -f "$root/share/man/man1/$command.1" "$root/share/man/man1/$command".*.1
  done
  echo "removed from $root: ${commands[*]}"
  ;;
*)
  echo "install.sh: found $action, expected install or uninstall" >&2
  exit 64
  ;;
esac
