"""The good files that mutants are made from, as small as they can be, made by the commands themselves."""

import dataclasses
import pathlib
import shutil
import signal
import subprocess
import time

import running
from byte_mutants import unsealed

TINY_NETWORK = ["--units", "2", "--dense-units", "2"]
# Every command here runs on one thread, as two of them run at once.
QUIETLY = ["--threads", "1", "--quiet"]
SPACE = """\
method: random
folds: 2
options:
  model: lstm
  epochs: 1
  dense-units: 2
parameters:
  units: [2, 3]
  bidirectional: [false, true]
  dropout: {from: 0.3, to: 0.6}
  learning-rate: {from: 0.0003, to: 0.003, scale: log, steps: 4}
"""


@dataclasses.dataclass
class Ground:
    folder: pathlib.Path
    programs: pathlib.Path
    limits: running.Limits

    def program(self, name: str) -> str:
        return str(self.programs / name)

    @property
    def recordings(self) -> pathlib.Path:
        return self.folder / "recordings"

    @property
    def store(self) -> pathlib.Path:
        return self.folder / "store.h5"

    @property
    def model(self) -> pathlib.Path:
        return self.finished / "model-01.h5"

    @property
    def finished(self) -> pathlib.Path:
        """The folder of a run that has ended."""
        return self.folder / "finished"

    @property
    def interrupted(self) -> pathlib.Path:
        """The same run, interrupted, with a checkpoint and the one before it."""
        return self.folder / "interrupted"

    @property
    def tuned(self) -> pathlib.Path:
        return self.folder / "tuned"

    @property
    def space(self) -> pathlib.Path:
        return self.folder / "space.yaml"

    def without_seal(self, path: pathlib.Path) -> pathlib.Path:
        return path.with_name("unsealed-" + path.name)

    def make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.call("har-synthesize", str(self.recordings), "--size", "30", "--quiet")
        self.call("har-convert", str(self.recordings), str(self.store), "--quiet")
        self.train_and_interrupt()
        for path in (self.store, self.model):
            self.without_seal(path).write_bytes(unsealed(path.read_bytes()))
        self.space.write_text(SPACE)
        self.call(
            "har-train", "tune", str(self.space), "--data", str(self.store), "--budget", "2", "--repeats", "1", "--output",
            str(self.tuned), *QUIETLY)

    def call(self, name: str, *arguments: str) -> bytes:
        ending = running.run([self.program(name), *arguments], running.Limits(seconds=120))
        if ending.kind != "read":
            raise SystemExit(f"fuzz: {name} {' '.join(arguments)}: {ending.kind}: {ending.last_line}")
        return ending.output

    def training(self, folder: pathlib.Path, epochs: int, *options: str) -> list[str]:
        return [
            "train", "--data", str(self.store), "--repeats", "1", "--epochs", str(epochs), "--output", str(folder), *options, *TINY_NETWORK,
            *QUIETLY]

    def train_and_interrupt(self) -> None:
        epochs = 20
        while not self.interrupts(epochs):
            shutil.rmtree(self.interrupted)
            epochs *= 2
        self.call("har-train", *self.training(self.finished, epochs))
        # A training of other random numbers: its checkpoints are those of another run.
        self.call("har-train", *self.training(self.folder / "other", epochs, "--seed", "2"))

    def interrupts(self, epochs: int) -> bool:
        """Whether a training could be stopped between its second checkpoint and its end."""
        process = subprocess.Popen(
            [self.program("har-train"), *self.training(self.interrupted, epochs)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wanted = [self.interrupted / "checkpoints" / name for name in ("repeat-01.h5", "repeat-01.previous.h5")]
        while process.poll() is None:
            # Between a checkpoint and the next one there are moments with one file only: it is looked at while it stands still.
            process.send_signal(signal.SIGSTOP)
            process.send_signal(signal.SIGKILL if all(path.exists() for path in wanted) else signal.SIGCONT)
            time.sleep(0.001)
        for path in wanted[0].parent.glob(".*.partial-*"):
            path.unlink()
        return process.returncode < 0 and all(path.exists() for path in wanted)
