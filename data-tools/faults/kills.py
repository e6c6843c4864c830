#!/usr/bin/env python3
"""Interrupts conversion, training and search at random moments and goes on, as a user would, to the end.

    data-tools/faults/kills.py --bin .build/release [--kills 200] [--signals 60] [--kinds training,search] [--seed 1]

Each round starts a command in a new folder and kills it at a moment drawn uniformly over the time that an undisturbed run
takes; in a third of the rounds a second kill hits what goes on, in some of them a third one. `--kills` rounds begin with
SIGKILL, `--signals` more with SIGTERM, SIGHUP or SIGINT, which training answers by saving and ending with 128 + the
signal's number, or by the signal where only its page was left to write. After a kill whatever has its own name must be whole; the
end must be what an undisturbed run leaves, file by file and byte by byte less durations and the moment it began, with nothing
else in the folder and nothing on standard error.

A line per kind of command says how many hit and where. Exits with 1 where a round went wrong (its folder is kept), or
where no kill hit at all.
"""

import argparse
import collections
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time

from harness import (
    Failure, Programs, add_program_options, contents, difference, leave, require, some_of, work_folder)
from interrupted_commands import KINDS, finish, undisturbed

POLITE_SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]


def draw(random_numbers, first_signals):
    """A round's interruptions: signals, each with its moment as a share of the undisturbed duration."""
    count = random_numbers.choices([1, 2, 3], [6, 3, 1])[0]
    numbers = [random_numbers.choice(first_signals)]
    numbers += [random_numbers.choice([signal.SIGKILL] * 3 + POLITE_SIGNALS) for _ in range(count - 1)]
    return [(number, random_numbers.random()) for number in numbers]


def interrupt(command, folder, number, seconds):
    """Starts a command and signals it after a while. The process, what it said on standard error, and whether it was still there."""
    process = subprocess.Popen(
        [str(part) for part in command], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)
    time.sleep(seconds)
    was_running = process.poll() is None
    if was_running:
        process.send_signal(number)
    try:
        _, errors = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Failure(f"still running 60 s after {number.name}") from None
    return process, errors, was_running


def check_status(kind, number, status, errors, tally):
    """How a command that was signalled may end."""
    if status == 0:
        tally["came to the end all the same"] += 1
    elif number != signal.SIGKILL and (status == 128 + number or status == -number and errors):
        # By itself between two steps; as the signal has it where only the page was left to write.
        require(kind.has_same_output, f"status {status} of what saves nothing")
        require("har-train resume run" in errors and len(errors.splitlines()) == 1, f"says, on {number.name}: {errors}")
        tally["saved"] += 1
    else:
        require(status == -number, f"status {status} after {number.name}: {errors}")
        require(errors == "", f"says, before it was killed: {errors}")


def play(kind, folder, interruptions, duration, expected, expected_output, tally):
    """One round: the interruptions, then the end."""
    folder.mkdir(parents=True)
    kind.prepare(folder)
    for number, share in interruptions:
        if kind.refuses(folder):
            break
        process, errors, was_running = interrupt(kind.next_command(folder), folder, number, share * duration)
        status = process.returncode
        place = kind.place(folder) if was_running else kind.places[-1]
        tally[place] += 1
        if not was_running:
            require(status == 0, f"status {status} with no signal: {errors}")
            continue
        tally[number.name] += 1
        check_status(kind, number, status, errors, tally)
        kind.check_between(folder, expected, status, process.pid)
    finish(kind, folder, expected, expected_output)


def check(name, programs, arguments):
    """All rounds of a kind; the number of those that went wrong, and of signals that hit."""
    kind = KINDS[name](programs)
    base = programs.work / f"kills-{name}"
    shutil.rmtree(base, ignore_errors=True)
    durations = []
    for number in range(5):
        start = time.monotonic()
        result = undisturbed(kind, base / f"undisturbed-{number}")
        durations.append(time.monotonic() - start)
    expected = contents(base / "undisturbed-0")
    for number in range(1, 5):
        other = difference(contents(base / f"undisturbed-{number}"), expected)
        if other:
            sys.exit(f"{name}: two undisturbed runs differ: {other}")
    duration = statistics.median(durations)
    random_numbers = random.Random(f"{arguments.seed} {name}")
    plans = [draw(random_numbers, [signal.SIGKILL]) for _ in range(arguments.kills)]
    plans += [draw(random_numbers, POLITE_SIGNALS) for _ in range(arguments.signals)]
    tally, failures = collections.Counter(), 0
    for number, interruptions in enumerate(plans):
        folder = base / f"round-{number}"
        try:
            play(kind, folder, interruptions, duration, expected, result.stdout, tally)
        except Failure as failure:
            failures += 1
            moments = ", ".join(f"{number.name} at {share * duration * 1000:.1f} ms" for number, share in interruptions)
            print(f"WRONG  {kind.name}, seed {arguments.seed}, round {number} ({moments}): {failure}\n  kept: {folder}", flush=True)
            continue
        shutil.rmtree(folder)
    hits = sum(tally[number.name] for number in [signal.SIGKILL] + POLITE_SIGNALS)
    places = ", ".join(f"{tally[place]} {place}" for place in kind.places)
    names = ", ".join(f"{tally[n.name]} {n.name}" for n in [signal.SIGKILL] + POLITE_SIGNALS)
    print(
        f"{kind.name}: {len(plans)} rounds of {duration * 1000:.0f} ms; {hits} signals hit ({names}): {places}; "
        f"{tally['saved']} times saved, {tally['came to the end all the same']} times at its end all the same; "
        f"{failures} failures", flush=True)
    return failures, hits


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_program_options(parser)
    parser.add_argument("--kills", type=int, default=200, help="rounds of each kind that begin with SIGKILL")
    parser.add_argument("--signals", type=int, default=60, help="rounds of each kind that begin with another signal")
    parser.add_argument("--kinds", default=",".join(KINDS), help="which commands, of " + ",".join(KINDS))
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    kinds = some_of(parser, "--kinds", arguments.kinds, KINDS)
    work = work_folder(arguments, "kills")
    programs = Programs(arguments, work)
    results = [check(name, programs, arguments) for name in kinds]
    leave(arguments, work, any(failures or not hits for failures, hits in results))


if __name__ == "__main__":
    main()
