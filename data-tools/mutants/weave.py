"""Makes a copy of the sources that holds all mutants at once; the environment's HAR_MUTANT chooses one, without it there is none.

One build then serves them all: `(mutant_is(7) ? (new) : (old))`, or `if mutant_is(7) { new } else { old }`.
"""

import pathlib
import re
import shutil
import subprocess

MODULE = "CMutants"
HEADER = """#pragma once
extern int chosen_mutant;
static inline _Bool mutant_is(int number) { return chosen_mutant == number; }
"""
SOURCE = """#include "mutants.h"
#include <stdlib.h>
int chosen_mutant = 0;
__attribute__((constructor)) static void choose(void) {
  const char *number = getenv("HAR_MUTANT");
  if (number) chosen_mutant = atoi(number);
}
"""


def weave(root, target, mutants):
    """Copies what git tracks below `root`, and what it doesn't ignore, into `target` and puts the mutants in."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root, check=True, capture_output=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        source, copy = pathlib.Path(root, name), pathlib.Path(target, name)
        if not source.is_file() or (copy.exists() and copy.read_bytes() == source.read_bytes()):
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, copy)
    files = {}
    for mutant in mutants:
        files.setdefault(mutant.file, []).append(mutant)
    for file, inside in files.items():
        _write(pathlib.Path(target, file), _woven(pathlib.Path(root, file).read_text(), inside))
    include = pathlib.Path(target, "Sources", MODULE, "include")
    include.mkdir(parents=True, exist_ok=True)
    _write(include / "mutants.h", HEADER)
    _write(include.parent / "mutants.c", SOURCE)
    package = pathlib.Path(root, "Package.swift").read_text()
    _write(pathlib.Path(target, "Package.swift"), _with_module(package, {file.split("/")[1] for file in files}))


def _write(path, text):
    """Only what differs, so that a second build has little to do."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def _woven(text, mutants):
    places = {}
    for mutant in mutants:
        places.setdefault((mutant.position, mutant.old, mutant.is_statement), []).append(mutant)
    end = len(text)
    for (position, old, is_statement), here in sorted(places.items(), reverse=True):
        if position + len(old) > end:
            raise SystemExit(f"{here[0].file}: {old!r} overlaps another mutant's text")
        changed = old if is_statement else f"({old})"
        for mutant in here:
            changed = (
                f"if mutant_is({mutant.number}) {{ {mutant.new} }} else {{ {changed} }}"
                if is_statement
                else f"(mutant_is({mutant.number}) ? ({mutant.new}) : {changed})")
        text = text[:position] + changed + text[position + len(old):]
        end = position
    return f"public import {MODULE}\n" + text


def _with_module(package, targets):
    package = package.replace('.target(name: "CPlatform"),', f'.target(name: "CPlatform"), .target(name: "{MODULE}"),')

    def depending(found):
        """A target may have no dependencies so far."""
        return f'{found[1]}, dependencies: ["{MODULE}"{", " if found[2] else "]"}'

    for target in targets:
        package, count = re.subn(
            rf'(\.(?:t|executableT)arget\(\s*name: "{target}")(,\s*dependencies: \[)?', depending, package)
        if count != 1:
            raise SystemExit(f"Package.swift: found {count} targets {target}, expected one")
    return package
