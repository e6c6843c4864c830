"""What is fuzzed: stores, models and network files. Folders and text are in folder_targets.py and text_targets.py."""

import dataclasses
import pathlib
import random
import re
import zlib

import running
from byte_mutants import Damage, is_sealed
from expectations import EITHER, REFUSED_OR_SAME
from ground import QUIETLY, Ground
from judging import Verdict, judge


class Target:
    """Makes mutants of one kind and tries them. `attempt` is called from several threads, each with a folder of its own."""

    name = ""

    def __init__(self, ground: Ground, damage_kind: str | None):
        self.ground = ground
        # Of bytes; None for any.
        self.damage_kind = damage_kind

    def prepare(self) -> None:
        pass

    def attempt(self, numbers: random.Random, folder: pathlib.Path, notes: list[str]) -> Verdict:
        raise NotImplementedError

    def run(self, notes: list[str], program: str, *arguments: str) -> running.Ending:
        notes.append(" ".join([program, *arguments]))
        return running.run([self.ground.program(program), *arguments], self.ground.limits)

    def trains(self, *arguments: str) -> bool:
        """Whether a command that would not end shows, where it isn't quiet, that it is training: a file may ask for a long one."""
        ending = running.run([self.ground.program("har-train"), *arguments], dataclasses.replace(self.ground.limits, seconds=4))
        return ending.kind == "hang" and b"windows/s" in ending.errors


class FileTarget(Target):
    """A store or a model that predict reads; what it prints holds every probability.

    For predict a store may lack labels, people and the other split, so evaluate, which needs them all, says whether one is refused.
    """

    def prepare(self) -> None:
        self.expected = {split: self.predict([], self.ground.store, self.ground.model, split).output for split in ("train", "test")}
        if not all(self.expected.values()):
            raise SystemExit("fuzz: the good files are not read")

    def predict(self, notes: list[str], store: pathlib.Path, model: pathlib.Path, split: str) -> running.Ending:
        ending = self.ask("predict", notes, store, model, split)
        # Each row begins with the name of the model's file, which is the mutant's own.
        rows = re.sub(rb"(?m)^" + re.escape(model.name.encode()) + b",", b",", ending.output)
        return dataclasses.replace(ending, output=rows)

    def ask(self, command: str, notes: list[str], store: pathlib.Path, model: pathlib.Path, split: str) -> running.Ending:
        # Every other store, by its bytes, is streamed, which must not change a thing.
        streams = ["--stream"] if self.is_store and zlib.crc32(store.read_bytes()) % 2 else []
        return self.run(
            notes, "har-train", command, str(model), "--data", str(store), "--split", split, "--threads", "1", *streams)

    def predict_with(self, mutant: pathlib.Path, split: str, notes: list[str]) -> running.Ending:
        if self.is_store:
            evaluated = self.ask("evaluate", notes, mutant, self.ground.model, split)
            predicted = self.predict(notes, mutant, self.ground.model, split)
            return predicted if evaluated.kind == "read" or predicted.kind not in ("read", "refused") else evaluated
        return self.predict(notes, self.ground.store, mutant, split)

    @property
    def is_store(self) -> bool:
        return self.name.startswith("store")

    @property
    def good(self) -> pathlib.Path:
        return self.ground.store if self.is_store else self.ground.model


class DamagedFile(FileTarget):
    """Damaged bytes; three in four files have no seal."""

    def attempt(self, numbers, folder, notes):
        mutant = damaged_file(self.good, self.ground, folder, numbers, notes, self.damage_kind)
        ending = self.predict_with(mutant, "test", notes)
        expectation = REFUSED_OR_SAME if is_sealed(mutant.read_bytes()) else EITHER
        return judge(ending, self.expected["test"], expectation)


def damaged_file(
    good: pathlib.Path, ground: Ground, folder: pathlib.Path, numbers: random.Random, notes: list[str], kind: str | None
) -> pathlib.Path:
    if numbers.random() < 0.75:
        good = ground.without_seal(good)
    damage = Damage(numbers)
    mutant = folder / "mutant.h5"
    mutant.write_bytes(damage(good.read_bytes(), kind))
    notes += [good.name, *damage.notes]
    return mutant


class StructuredFile(FileTarget):
    """Whole HDF5 files that say something else."""

    def prepare(self) -> None:
        super().prepare()
        import making
        import structured_mutants

        self.make = making.Maker().make
        self.bases = structured_mutants.make_bases(self.good, self.ground.folder)

    def attempt(self, numbers, folder, notes):
        mutant = folder / "mutant.h5"
        expectation, changed = self.make(self.bases, mutant, numbers, notes)
        split = "train" if changed.startswith("train/") else "test"
        return judge(self.predict_with(mutant, split, notes), self.expected[split], expectation)


class Network(StructuredFile):
    """Files that --network or --start-from trains: damaged, or with another structure."""

    name = "network"

    def attempt(self, numbers, folder, notes):
        if numbers.random() < 0.3:
            mutant = damaged_file(self.good, self.ground, folder, numbers, notes, self.damage_kind)
        else:
            mutant = folder / "mutant.h5"
            self.make(self.bases, mutant, numbers, notes)
        option = numbers.choice(["--network", "--network", "--start-from"])
        ending = self.run(
            notes, "har-train", "train", option, str(mutant), "--data", str(self.ground.store), "--epochs", "1", "--repeats", "1", "--keep",
            "none", "--checkpoint-every", "0", "--output", str(folder / "run"), *QUIETLY)
        return judge(ending, None, EITHER)


class DamagedStore(DamagedFile):
    name = "store"


class DamagedModel(DamagedFile):
    name = "model"


class StructuredStore(StructuredFile):
    name = "store-structure"


class StructuredModel(StructuredFile):
    name = "model-structure"
