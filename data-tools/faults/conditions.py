#!/usr/bin/env python3
"""Puts conversion, training, search and prediction into conditions that a computer may be in, and looks at what comes of it.

    data-tools/faults/conditions.py --bin .build/release [--only disk] [--list]

Full disks, read-only places, inputs that vanish, second processes, jumping clocks, odd numbers of threads, closed outputs,
unusual stores. Each ends with the right result or with a clear error (one line, status 64 to 78), with no part of a file and
nothing left lying about. Some conditions need root, cc, or a Python with h5py, and are skipped without, in
so many words; `--no-skips` makes that a failure.

Prints a table. Exits with 1 where a check found something wrong (the folder it worked in is kept) or none ran.
"""

import argparse
import pathlib
import shutil
import sys
import time

# Importing these registers their conditions.
import conditions_of_disks  # noqa: F401
import conditions_of_processes  # noqa: F401
import conditions_of_stores  # noqa: F401
from condition import CONDITIONS, Skip
from harness import Failure, Programs, add_program_options, leave, work_folder


def check(programs, name, function):
    """A line of the table: how it ended, and what there is to say."""
    folder = programs.work / ("condition-" + "".join(c if c.isalnum() else "-" for c in name))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    folder.chmod(0o755)
    try:
        outcome, words = "right", function(programs, folder)
    except Skip as skip:
        outcome, words = "skipped", str(skip)
    except Failure as failure:
        return "WRONG", f"{failure} (kept: {folder})"
    shutil.rmtree(folder)
    return outcome, words


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_program_options(parser)
    parser.add_argument("--only", metavar="TEXT", default="", help="only conditions whose name contains this")
    parser.add_argument("--list", action="store_true", help="print their names and do nothing")
    parser.add_argument("--no-skips", action="store_true", help="a condition that can't be made here is a failure")
    arguments = parser.parse_args()
    chosen = [(name, function) for name, function in CONDITIONS if arguments.only in name]
    if arguments.list:
        print("\n".join(name for name, _ in chosen))
        return
    work = work_folder(arguments, "conditions")
    pathlib.Path(work).mkdir(parents=True, exist_ok=True)
    pathlib.Path(work).chmod(0o755)  # Another user looks at it too.
    programs = Programs(arguments, work)
    outcomes = []
    for name, function in chosen:
        begin = time.monotonic()
        outcome, words = check(programs, name, function)
        print(f"{outcome:8}{name:48}{time.monotonic() - begin:6.1f} s  {words}", flush=True)
        outcomes.append(outcome)
    counts = ", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in ("right", "skipped", "WRONG"))
    print(f"{len(outcomes)} conditions: {counts}")
    wrong = "WRONG" in outcomes or "right" not in outcomes or (arguments.no_skips and "skipped" in outcomes)
    leave(arguments, work, wrong)


if __name__ == "__main__":
    main()
