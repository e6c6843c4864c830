"""What is fuzzed in folders: checkpoints, and the files of a run or a search."""

import dataclasses
import os
import pathlib
import random
import shutil

import running
from byte_mutants import Damage
from expectations import EITHER, REFUSED_OR_SAME
from judging import Verdict, judge
from targets import Target
from text_mutants import damaged_json, damaged_text


# What resume says, in a line for each, of damaged checkpoints; then it may still have to refuse.
WARNINGS = (b"it is passed over", b"the training starts from its beginning")


class FolderTarget(Target):
    def resume(self, notes: list[str], run: pathlib.Path) -> running.Ending:
        return without_warnings(self.run(notes, "har-train", "resume", str(run), "--threads", "1", "--quiet"))

    def judge(self, ending: running.Ending, expected: bytes | None, expectation: str) -> Verdict:
        # A folder, say, may lie where a file is to be written.
        if ending.kind in ("status 73", "status 74") and ending.errors.count(b"\n") == 1:
            return Verdict("an output can't be made", False)
        return judge(ending, expected, expectation)

    def put_odd_thing(self, path: pathlib.Path, numbers: random.Random, notes: list[str]) -> None:
        """No file in the place of one."""
        path.unlink()
        how = numbers.choice(["nothing", "empty", "folder", "pipe", "link to itself", "dangling link", "unreadable"])
        notes.append(f"{how} at {path.name}")
        match how:
            case "empty":
                path.touch()
            case "folder":
                path.mkdir()
            case "pipe":
                os.mkfifo(path)
            case "link to itself":
                path.symlink_to(path.name)
            case "dangling link":
                path.symlink_to("nowhere")
            case "unreadable":
                path.touch(0)


def without_warnings(ending: running.Ending) -> running.Ending:
    lines = [line for line in ending.errors.splitlines(keepends=True) if not line.rstrip().endswith(WARNINGS)]
    is_refused = ending.kind == "refused without one line" and len(lines) == 1
    return dataclasses.replace(ending, kind="refused" if is_refused else ending.kind, errors=b"".join(lines))


class Checkpoint(FolderTarget):
    """A run that was killed goes on from whatever is left of its checkpoints, and ends with the same model as one that was not."""

    name = "checkpoint"

    def prepare(self) -> None:
        self.expected = self.ground.model.read_bytes()
        self.files = sorted(path.name for path in (self.ground.interrupted / "checkpoints").iterdir())
        folder = self.ground.folder / "undamaged"
        shutil.copytree(self.ground.interrupted, folder)
        if self.model_of(self.resume([], folder), folder) != self.expected:
            raise SystemExit("fuzz: a run that is resumed ends with another model")

    def model_of(self, ending: running.Ending, folder: pathlib.Path) -> bytes | None:
        path = folder / "model-01.h5"
        return path.read_bytes() if ending.kind == "read" and path.exists() else None

    def attempt(self, numbers, folder, notes):
        run = folder / "run"
        shutil.copytree(self.ground.interrupted, run)
        for name in numbers.choice([self.files[:1], self.files[1:], self.files]):
            self.change(run / "checkpoints" / name, numbers, notes)
        ending = self.resume(notes, run)
        if ending.kind == "read":
            ending = running.Ending("read", self.model_of(ending, run) or b"")
        return self.judge(ending, self.expected, REFUSED_OR_SAME)

    def change(self, path: pathlib.Path, numbers: random.Random, notes: list[str]) -> None:
        how = numbers.random()
        if how < 0.9:
            damage = Damage(numbers)
            path.write_bytes(damage(path.read_bytes(), self.damage_kind))
            notes += [path.name, *damage.notes]
        elif how < 0.95:
            other = numbers.choice([
                self.ground.folder / "other/checkpoints/repeat-01.h5", self.ground.model, self.ground.store,
                self.ground.finished / "checkpoints/repeat-01.h5", path.with_name(numbers.choice(self.files))])
            if other.exists():
                notes.append(f"{path.name} is {other}")
                path.write_bytes(other.read_bytes())
        else:
            self.put_odd_thing(path, numbers, notes)


class RunFolder(FolderTarget):
    """A damaged file in the folder of a run or a search, which is then resumed, evaluated or listed."""

    name = "run-folder"

    def prepare(self) -> None:
        self.folders = [self.ground.finished, self.ground.interrupted, self.ground.tuned]

    def attempt(self, numbers, folder, notes):
        runs = folder / "runs"
        good = numbers.choice(self.folders)
        run = runs / good.name
        shutil.copytree(good, run)
        files = sorted(path for path in run.rglob("*") if path.is_file() and path.suffix in (".json", ".csv"))
        if numbers.random() < 0.1:
            files = sorted(run.rglob("*.h5"))
        self.change(numbers.choice(files), numbers, notes)
        command = numbers.choice(["resume", "resume", "evaluate", "list"])
        if command == "resume":
            ending = self.resume(notes, run)
        elif command == "evaluate":
            ending = self.run(notes, "har-train", "evaluate", str(run), "--threads", "1")
        else:
            ending = self.run(notes, "har-train", "list", str(runs), *numbers.choice([[], ["--json"]]))
        if ending.kind == "hang" and command == "resume" and self.trains("resume", str(run), "--threads", "1"):
            return Verdict("trains for long", False)
        return self.judge(ending, None, EITHER)

    def change(self, path: pathlib.Path, numbers: random.Random, notes: list[str]) -> None:
        notes.append(path.name)
        how = numbers.random()
        if how < 0.05:
            self.put_odd_thing(path, numbers, notes)
        elif how < 0.25 or path.suffix == ".h5":
            damage = Damage(numbers)
            path.write_bytes(damage(path.read_bytes(), self.damage_kind))
            notes += damage.notes
        elif how < 0.65 and path.suffix == ".json":
            path.write_text(damaged_json(path.read_text(), numbers, notes))
        else:
            path.write_bytes(damaged_text(path.read_bytes(), numbers, notes))
