"""What is fuzzed as text: search spaces and recordings."""

import os
import pathlib
import random
import re

from byte_mutants import Damage
from expectations import EITHER
from judging import Verdict, judge
from targets import Target
from text_mutants import damaged_text

DECIMAL = re.compile(rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
SIGNALS = [f"{sensor}_{axis}" for sensor in ("total_acc", "body_acc", "body_gyro") for axis in "xyz"]


class TextTarget(Target):
    def damaged(self, text: bytes, numbers: random.Random, notes: list[str]) -> bytes:
        """As bytes, or as what a text is made of."""
        if numbers.random() >= 0.3:
            return damaged_text(text, numbers, notes)
        damage = Damage(numbers)
        damaged = damage(text, self.damage_kind)
        notes += damage.notes
        return damaged


class SearchSpace(TextTarget):
    """What tune is to search. Values that are right may train for long; then it is enough that it trains."""

    name = "search-space"

    def attempt(self, numbers, folder, notes):
        text = self.damaged(self.ground.space.read_bytes(), numbers, notes)
        space = folder / "space.yaml"
        space.write_bytes(text)
        arguments = [
            "tune", str(space), "--data", str(self.ground.store), "--budget", "2", "--repeats", "1", "--threads", "1", "--output",
            str(folder / "run")]
        ending = self.run(notes, "har-train", *arguments, "--quiet")
        if ending.kind == "hang" and self.trains(*arguments[:-1], str(folder / "run-again")):
            return Verdict("trains for long", False)
        return judge(ending, None, EITHER)


class Recordings(TextTarget):
    """A folder with one damaged file. What is converted must be what Python reads in the text."""

    name = "recordings"

    def prepare(self) -> None:
        import h5py
        import numpy

        self.h5py, self.numpy = h5py, numpy
        self.good = sorted(path.relative_to(self.ground.recordings) for path in self.ground.recordings.rglob("*.txt"))
        self.good.remove(pathlib.Path("SYNTHETIC.txt"))
        self.values = {path: self.read(path, (self.ground.recordings / path).read_bytes()) for path in self.good}
        if self.difference(self.ground.store, self.values):
            raise SystemExit("fuzz: the good recordings are converted to something else")

    def attempt(self, numbers, folder, notes):
        recordings = folder / "recordings"
        changed = numbers.choice(self.good)
        for path in self.good:
            (recordings / path).parent.mkdir(parents=True, exist_ok=True)
            if path != changed:
                os.link(self.ground.recordings / path, recordings / path)
        text = self.damaged((self.ground.recordings / changed).read_bytes(), numbers, notes)
        notes.append(str(changed))
        (recordings / changed).write_bytes(text)
        store = folder / "store.h5"
        ending = self.run(notes, "har-convert", str(recordings), str(store), "--threads", numbers.choice(["1", "2"]), "--quiet")
        if ending.kind == "read":
            wrong = self.difference(store, self.values | {changed: self.read(changed, text)})
            return Verdict("wrong success" if wrong else "right result", bool(wrong), wrong)
        if ending.kind == "refused" and store.exists():
            return Verdict("refused, but there is a store", True)
        return judge(ending, None, EITHER)

    def read(self, path: pathlib.Path, text: bytes):
        """What the text of a file says, read as simply as can be; the reason in a string where it says nothing."""
        lines = [line.removesuffix(b"\r") for line in text.rstrip(b" \t\r\n").split(b"\n")]
        if path.name == "activity_labels.txt":
            pairs = [re.split("[ \t]+", line.decode(errors="replace").strip(" \t"), maxsplit=1) for line in lines]
            if not all(len(pair) == 2 for pair in pairs):
                return "a line without number and name"
            return [name for _, name in sorted((int(number), name) for number, name in pairs)]
        rows = []
        for line in lines:
            fields = [field for field in re.split(rb"[ \t]+", line) if field]
            if wrong := [field for field in fields if not DECIMAL.fullmatch(field)]:
                return f"no number: {wrong[0][:40]!r}"
            rows.append([float(field) for field in fields])
        if len({len(row) for row in rows}) != 1:
            return "lines of several lengths"
        with self.numpy.errstate(over="ignore"):
            return self.numpy.array(rows).astype("f4")

    def difference(self, store: pathlib.Path, values: dict) -> str:
        """Where a store says something else than the text; empty where it does not."""
        for path, value in values.items():
            if isinstance(value, str):
                return f"{path}: {value}"
        with self.h5py.File(store) as file:
            if list(file.attrs["activity_names"]) != values[pathlib.Path("activity_labels.txt")]:
                return "other activities"
            for split in ("train", "test"):
                folder = pathlib.Path(split)
                signals = [values[folder / "Inertial Signals" / f"{signal}_{split}.txt"] for signal in SIGNALS]
                if len({signal.shape for signal in signals}) != 1:
                    return f"{split}: signals of several shapes"
                expected = self.numpy.stack(signals, 2)
                labels, subjects = (values[folder / f"{name}_{split}.txt"][:, 0] for name in ("y", "subject"))
                for name, wanted in {"X": expected, "y": labels - 1, "subject": subjects}.items():
                    found = file[split][name][()]
                    is_same = found.shape == wanted.shape and (found.astype("f4").tobytes() == wanted.astype("f4").tobytes())
                    if not is_same or not self.numpy.isfinite(wanted).all():
                        return f"{split}/{name} differs"
        return ""
