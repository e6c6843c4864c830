#!/usr/bin/env python3
"""Kills conversion, training and search right before each system call that changes something in their folder, and goes on.

    data-tools/faults/kills_at_calls.py --bin .build/release [--kinds training] [--signals KILL,TERM]

What kills.py looks for at random moments, this looks for between every two changes: a run that is killed before its first such
call, one before its second, and so on until one comes to its end. It needs cc and LD_PRELOAD (Linux).

A line per kind of command and signal. Exits with 1 where something went wrong (the folder is kept), or there were no calls.
"""

import argparse
import collections
import os
import pathlib
import shutil
import signal
import sys

from harness import (
    Failure, Programs, add_program_options, contents, leave, require, run, some_of, succeed, work_folder)
from interrupted_commands import KINDS, finish, undisturbed


def play(kind, folder, call, number, library, expected, expected_output):
    """One round: the name of the call before which the signal came, None where there is none any more."""
    folder.mkdir(parents=True)
    kind.prepare(folder)
    report = folder.with_name("report")
    report.unlink(missing_ok=True)
    result = run(kind.command, cwd=folder, env=os.environ | {
        "LD_PRELOAD": str(library), "KILL_FOLDER": str(folder), "KILL_CALL": str(call), "KILL_SIGNAL": str(int(number)),
        "KILL_REPORT": str(report)})
    name = report.read_text() if report.exists() else None
    try:
        allowed = [0]
        if name:
            allowed = [-number] if number == signal.SIGKILL else [0, -number] + [128 + number] * kind.has_same_output
        require(result.returncode in allowed, f"status {result.returncode}, expected {allowed}: {result.stderr.strip()}")
        kind.check_between(folder, expected, result.returncode, result.process)
        if result.returncode != 0:
            finish(kind, folder, expected, expected_output)
    except Failure as failure:
        raise Failure(f"before its call {call}, {name}: {failure}") from None
    return name


def check(name, programs, number, library, first_call):
    """All calls of a kind: how many rounds went wrong, and of how many."""
    kind = KINDS[name](programs)
    base = programs.work / f"calls-{name}-{number.name}"
    shutil.rmtree(base, ignore_errors=True)
    result = undisturbed(kind, base / "undisturbed")
    expected = contents(base / "undisturbed")
    calls, failures, call = collections.Counter(), 0, first_call - 1
    while True:
        call += 1
        folder = base / f"call-{call}"
        try:
            killed_before = play(kind, folder, call, number, library, expected, result.stdout)
        except Failure as failure:
            failures += 1
            print(f"WRONG  {kind.name}, {number.name} {failure}\n  kept: {folder}", flush=True)
            killed_before = "?"
        else:
            shutil.rmtree(folder)
        if killed_before is None:
            break
        calls[killed_before] += 1
    kinds = ", ".join(f"{count} {call}" for call, count in sorted(calls.items()))
    print(f"{kind.name}: {number.name} before each of {sum(calls.values())} calls ({kinds}); {failures} failures", flush=True)
    return failures, sum(calls.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_program_options(parser)
    parser.add_argument("--kinds", default=",".join(KINDS), help="which commands, of " + ",".join(KINDS))
    parser.add_argument("--signals", default="KILL,TERM", help="which signals")
    parser.add_argument("--first-call", type=int, default=1, help="where to begin, to do it in parts")
    arguments = parser.parse_args()
    kinds = some_of(parser, "--kinds", arguments.kinds, KINDS)
    if sys.platform != "linux" or not shutil.which("cc"):
        sys.exit("kills_at_calls: needs Linux and cc")
    work = work_folder(arguments, "kills")
    programs = Programs(arguments, work)
    library = programs.work / "kill_at_call.so"
    source = pathlib.Path(__file__).with_name("kill_at_call.c")
    succeed(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"])
    numbers = [signal.Signals[f"SIG{name}"] for name in arguments.signals.split(",")]
    results = [check(name, programs, number, library, arguments.first_call) for name in kinds for number in numbers]
    leave(arguments, work, any(failures or not calls for failures, calls in results))


if __name__ == "__main__":
    main()
