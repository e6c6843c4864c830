#!/usr/bin/env python3
"""Gives the commands damaged and strange files by the thousand, and sees that they are refused in one line or read.

    data-tools/fuzz/fuzz.py [--programs DIR] [--cases N | --seconds S] [--seed N] [--kinds LIST] [--damage KIND] [--jobs N]
    data-tools/fuzz/fuzz.py --kinds KIND --seed N --only CASE --keep DIR        # makes a case again, and keeps its files

It is a fault where a command crashes, hangs, takes more than 500 MB, refuses without saying why in one line, refuses what
is right, or gives another result in silence where there is one right one. Prints a table, and each fault with what was
done to the file. Structures and recordings need h5py.

Exits with 0 where all went well, 1 where there was a fault or nothing was tried, 64 on wrong usage.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import itertools
import os
import pathlib
import random
import resource
import shutil
import sys
import tempfile
import time

from byte_mutants import KINDS as DAMAGES
from folder_targets import Checkpoint, RunFolder
from ground import Ground
from judging import Verdict
from running import Limits
from targets import DamagedModel, DamagedStore, Network, StructuredModel, StructuredStore, Target
from text_targets import Recordings, SearchSpace

TARGETS = [
    DamagedStore, StructuredStore, DamagedModel, StructuredModel, Network, Checkpoint, RunFolder, SearchSpace, Recordings]
LARGEST_REPORT = 40


@dataclasses.dataclass
class Case:
    kind: str
    number: int
    verdict: Verdict
    notes: list[str]


class Campaign:
    def __init__(self, arguments: argparse.Namespace, ground: Ground):
        self.arguments = arguments
        self.ground = ground
        self.faults: list[Case] = []

    def attempt(self, target: Target, number: int, folder: pathlib.Path) -> tuple[Verdict, list[str]]:
        """One case, which its kind, seed and number alone decide."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        notes: list[str] = []
        numbers = random.Random(f"{self.arguments.seed} {target.name} {number}")
        return target.attempt(numbers, folder, notes), notes

    def run(self, target: Target, deadline: float) -> collections.Counter:
        """Cases one after the other, in as many lanes as there are jobs, until they are done or the time is over."""
        tried: list[Case] = []
        last = None if self.arguments.cases is None else self.arguments.first + self.arguments.cases
        numbers = itertools.count(self.arguments.first)

        def lane(index: int) -> None:
            folder = self.ground.folder / f"lane-{index}"
            # One at least, even where the kinds before took longer than their share.
            for number in numbers:
                if last is not None and number >= last:
                    return
                verdict, notes = self.attempt(target, number, folder)
                tried.append(Case(target.name, number, verdict, notes))
                if time.monotonic() >= deadline:
                    return

        with concurrent.futures.ThreadPoolExecutor(self.arguments.jobs) as lanes:
            for done in [lanes.submit(lane, index) for index in range(self.arguments.jobs)]:
                done.result()
        for case in tried:
            if case.verdict.outcome == "hang":
                # The machine may have been busy: what hangs does so again, alone.
                case.verdict, case.notes = self.attempt(target, case.number, self.ground.folder / "lane-again")
        self.faults += [case for case in tried if case.verdict.is_fault]
        return collections.Counter(case.verdict.outcome for case in tried)

    def again(self, target: Target, number: int, kept: pathlib.Path) -> None:
        verdict, notes = self.attempt(target, number, kept)
        print("\n".join([*notes, verdict.outcome, verdict.explanation]))
        if verdict.is_fault:
            self.faults.append(Case(target.name, number, verdict, notes))


def report(table: dict[str, collections.Counter], faults: list[Case], arguments: argparse.Namespace) -> None:
    for name, outcomes in table.items():
        words = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
        print(f"{name:16} {outcomes.total():6} cases: {words}")
    for fault in faults[:LARGEST_REPORT]:
        print(f"\nFAULT in {fault.kind}: {fault.verdict.outcome}: {fault.verdict.explanation}")
        print(f"  {'; '.join(fault.notes)}")
        damage = f" --damage {arguments.damage}" if arguments.damage else ""
        print(f"  again: data-tools/fuzz/fuzz.py --kinds {fault.kind} --seed {arguments.seed} --only {fault.number} --keep DIR{damage}")
    if len(faults) > LARGEST_REPORT:
        print(f"\nand {len(faults) - LARGEST_REPORT} more")


def parsed() -> argparse.Namespace:
    class Parser(argparse.ArgumentParser):
        def error(self, message: str):
            self.print_usage(sys.stderr)
            self.exit(64, f"fuzz: {message}\n")

    root = pathlib.Path(__file__).resolve().parents[2]
    names = [target.name for target in TARGETS]
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=pathlib.Path, default=root / ".build/release", metavar="DIR", help="where har-train and the others are")
    parser.add_argument("--cases", type=int, metavar="N", help="of each kind (default: 1000, or as many as there is time for)")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the first case's number (default: 0)")
    parser.add_argument("--seconds", type=float, metavar="S", help="for all kinds together")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--kinds", default=",".join(names), metavar="LIST", help=f"of {', '.join(names)} (default: all)")
    parser.add_argument("--damage", choices=list(DAMAGES), help="of bytes (default: any)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="cases at once (default: 2)")
    parser.add_argument("--only", type=int, metavar="CASE", help="this case of one kind, and say what it is")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="with --only: a new folder for its files")
    arguments = parser.parse_args()
    arguments.kinds = arguments.kinds.split(",")
    if wrong := [name for name in arguments.kinds if name not in names]:
        parser.error(f"there is no kind {wrong[0]}")
    if arguments.jobs < 1 or (arguments.cases is not None and arguments.cases < 1):
        parser.error("--jobs and --cases are at least 1")
    if arguments.only is not None and (len(arguments.kinds) != 1 or not arguments.keep or arguments.keep.exists()):
        parser.error("--only needs one kind and --keep with a folder that isn't there yet")
    if arguments.cases is None and arguments.seconds is None:
        arguments.cases = 1000
    return arguments


def main() -> None:
    arguments = parsed()
    began = time.monotonic()
    # What crashes is to leave no core.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    targets = [target for target in TARGETS if target.name in arguments.kinds]
    table: dict[str, collections.Counter] = {}
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        folder = arguments.keep.absolute() / "good" if arguments.only is not None else pathlib.Path(folder)
        ground = Ground(folder, arguments.programs.absolute(), Limits())
        os.environ.pop("HAR_KERNELS", None)
        ground.make()
        campaign = Campaign(arguments, ground)
        for index, kind in enumerate(targets):
            target = kind(ground, arguments.damage)
            try:
                target.prepare()
            except ImportError as error:
                sys.exit(f"fuzz: {kind.name} needs h5py: {error}")
            if arguments.only is not None:
                campaign.again(target, arguments.only, arguments.keep.absolute() / "case")
                break
            left = float("inf") if arguments.seconds is None else arguments.seconds - (time.monotonic() - began)
            table[kind.name] = campaign.run(target, time.monotonic() + left / (len(targets) - index))
            report({kind.name: table[kind.name]}, [], arguments)
            sys.stdout.flush()
    if arguments.only is None:
        report({}, campaign.faults, arguments)
        cases = sum(outcomes.total() for outcomes in table.values())
        print(f"{cases} cases, {len(campaign.faults)} faults, {time.monotonic() - began:.0f} s")
        if any(outcomes.total() == 0 for outcomes in table.values()):
            sys.exit("fuzz: of some kind nothing was tried")
    sys.exit(1 if campaign.faults else 0)


if __name__ == "__main__":
    main()
