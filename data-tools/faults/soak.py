#!/usr/bin/env python3
"""Trains for an hour, one process per network, and looks whether its resident memory grows.

    data-tools/faults/soak.py --bin .build/release [--minutes 60] [--size 10299] [--batch-size 4]

LSTM, CNN-LSTM and ConvLSTM share the time. Batches are small, so that it is many steps, with a checkpoint per epoch. The
resident size in /proc/PID/status (Linux) is sampled all the time; its mean over the last tenth of a process's time must be
within --tolerance per cent of its mean around a tenth of it (from 5 to 15 %). At the end each process is told to stop, and must
save and say so.

Prints a table. Exits with 1 where memory grew or shrank more than that, or a training ended by itself or wrongly.
"""

import argparse
import csv
import pathlib
import shutil
import signal
import subprocess
import sys
import time

from harness import Failure, Programs, add_program_options, leave, require, some_of, strays, work_folder

NETWORKS = {
    "lstm": ["--units", "32"], "cnn-lstm": ["--units", "32", "--filters", "16"], "conv-lstm": ["--filters", "16"]}
SAMPLES_PER_SECOND = 4
MANY = 100_000  # Epochs: more than there is time for.


def resident_kilobytes(process):
    """A process's resident size; None where it is no more."""
    try:
        status = pathlib.Path(f"/proc/{process}/status").read_text()
    except OSError:
        return None
    sizes = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")]
    return sizes[0] if sizes else None


def mean_between(samples, seconds, begin, end):
    """The mean size of the samples whose time lies in a part of the whole, as shares of it."""
    chosen = [size for moment, size in samples if begin * seconds <= moment <= end * seconds]
    require(chosen, f"no samples between {begin:.0%} and {end:.0%} of the time")
    return sum(chosen) / len(chosen) / 1024


def watch(process, seconds):
    """Samples a process's size for so long: pairs of time and kilobytes."""
    begin = time.monotonic()
    samples = []
    while (moment := time.monotonic() - begin) < seconds:
        if process.poll() is not None:
            raise Failure(f"ended by itself after {moment:.0f} s with status {process.returncode}: {process.communicate()[1][-500:]}")
        size = resident_kilobytes(process.pid)
        if size is not None:
            samples.append((moment, size))
        time.sleep(1 / SAMPLES_PER_SECOND)
    return samples


def train(programs, store, name, arguments, seconds):
    """One network's process; what the table says of it, and how much its size changed, in per cent."""
    folder = programs.work / f"soak-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    command = [
        programs.train, "--data", store, "--model", name, "--output", folder, "--repeats", 1, "--epochs", MANY, "--batch-size",
        arguments.batch_size, "--quiet", *NETWORKS[name]]
    process = subprocess.Popen(
        [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        samples = watch(process, seconds)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        raise Failure("still running 60 s after SIGTERM") from None
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    require(process.returncode == 143, f"status {process.returncode} after SIGTERM: {errors}")
    require("har-train resume" in errors and len(errors.splitlines()) == 1, f"says, when told to stop: {errors}")
    require(not strays(folder), f"left: {strays(folder)}")
    with open(folder / "metrics.csv", newline="") as table:
        epochs = [row for row in csv.DictReader(table)]
    require(len(epochs) >= 3, f"only {len(epochs)} epochs: too few to say anything; more minutes or a smaller --size")
    windows = sum(float(row["seconds"]) * float(row["samples_per_second"]) for row in epochs)
    early, late = mean_between(samples, seconds, 0.05, 0.15), mean_between(samples, seconds, 0.9, 1)
    return len(epochs), round(windows / arguments.batch_size), early, late, max(size for _, size in samples) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_program_options(parser)
    parser.add_argument("--minutes", type=float, default=60, help="for all networks together")
    parser.add_argument("--networks", default=",".join(NETWORKS), help="which, of " + ",".join(NETWORKS))
    parser.add_argument("--size", type=int, default=10299, help="windows of the made-up recordings")
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--tolerance", type=float, default=2, help="per cent")
    arguments = parser.parse_args()
    names = some_of(parser, "--networks", arguments.networks, NETWORKS)
    if not pathlib.Path("/proc/self/status").exists():
        sys.exit("soak: needs /proc, as Linux has it")
    work = work_folder(arguments, "soak")
    programs = Programs(arguments, work)
    store = programs.make_store(arguments.size)[1]
    seconds = arguments.minutes * 60 / len(names)
    head = f"{'network':12}{'minutes':>8}{'epochs':>8}{'steps':>10}{'MB at 10 %':>12}{'MB at end':>11}{'change':>9}{'largest':>9}"
    print(head, flush=True)
    wrong = False
    for name in names:
        try:
            epochs, steps, early, late, largest = train(programs, store, name, arguments, seconds)
        except Failure as failure:
            print(f"{name:12}WRONG  {failure}", flush=True)
            wrong = True
            continue
        change = (late / early - 1) * 100
        is_level = abs(change) <= arguments.tolerance
        wrong = wrong or not is_level
        print(
            f"{name:12}{seconds / 60:8.1f}{epochs:8}{steps:10}{early:12.2f}{late:11.2f}{change:+8.2f}%{largest:9.2f}"
            + ("" if is_level else f"  WRONG: more than {arguments.tolerance} %"), flush=True)
    leave(arguments, work, wrong)


if __name__ == "__main__":
    main()
