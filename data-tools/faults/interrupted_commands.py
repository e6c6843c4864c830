"""The three long commands as kills.py interrupts them: how they start, how a user goes on, and what must be true meanwhile."""

import json
import pathlib

from harness import contents, difference, require, require_clear_error, run, strays, succeed

SPACE = """\
method: asha
folds: 2
rungs: 2
reduction: 2
options:
  epochs: 2
  batch-size: 16
  dense-units: 4
parameters:
  units: [3, 4]
  dropout: [0.2, 0.5]
"""
NETWORK = ["--units", "4", "--dense-units", "4", "--batch-size", "8", "--epochs", "3"]


class Conversion:
    """har-convert: the same command again. Where a store was, it or the new one is there at any moment, whole."""

    name = "conversion"
    places = ["before the store was begun", "while it was written", "after it had its name", "after the end"]

    def __init__(self, programs, replaces=False):
        self.recordings, store = programs.make_store(1200)
        self.bytes = store.read_bytes()
        self.former = programs.make_store(300)[1].read_bytes() if replaces else None
        if replaces:
            self.name = "conversion over a store"
        self.command = [programs.convert, self.recordings, "store.h5", "--quiet"] + ["--overwrite"] * replaces

    def prepare(self, folder):
        if self.former:
            (folder / "store.h5").write_bytes(self.former)

    def next_command(self, folder):
        return self.command

    def refuses(self, folder):
        """Without --overwrite the command rightly refuses a store that is there."""
        return self.former is None and (folder / "store.h5").exists()

    def place(self, folder):
        if (folder / "store.h5").exists() and (folder / "store.h5").read_bytes() == self.bytes:
            return self.places[2]
        return self.places[1] if strays(folder) else self.places[0]

    def check_between(self, folder, expected, status, process):
        store = folder / "store.h5"
        if store.exists() or self.former:
            require(store.read_bytes() in (self.bytes, self.former), "the store is neither the new one nor the former one")
        # It was asked to end, not killed: nothing of it is left lying about.
        if status != -9:
            left = [path for path in strays(folder) if f".partial-{process}-" in path]
            require(not left, f"left after status {status}: {left}")

    has_same_output = False  # It says how long it took.


class Training:
    """har-train: resume where the folder had its configuration, else the command anew."""

    name = "training"
    configuration = "config.json"
    places = ["before the folder", "in training", "after the end"]
    has_same_output = True

    def __init__(self, programs):
        self.store = programs.make_store(300)[1]
        self.resume = [programs.train, "resume", "run", "--threads", "2", "--quiet"]
        self.command = [programs.train, "--data", self.store, "--output", "run", "--repeats", "2", "--threads", "2",
                        "--quiet"] + NETWORK

    def prepare(self, folder):
        pass

    def next_command(self, folder):
        return self.resume if self.has_begun(folder) else self.command

    def has_begun(self, folder):
        return (folder / "run" / self.configuration).exists()

    def refuses(self, folder):
        return False

    def place(self, folder):
        return self.places[1 if self.has_begun(folder) else 0]

    def check_between(self, folder, expected, status, process):
        """Whatever has its own name is whole."""
        for path in folder.rglob("*"):
            if path.is_file() and ".partial-" not in path.name and path.suffix == ".json":
                json.loads(path.read_text())
            if path.is_file() and ".partial-" not in path.name and path.name.startswith("model-"):
                require(path.read_bytes() == expected[str(path.relative_to(folder))], f"{path.name} is not whole")


class Search(Training):
    """har-train tune: two rungs of trials on two groups of people, then the chosen setting's run."""

    name = "search"
    configuration = "tune.json"
    places = ["before the folder", "in the trials", "in the chosen setting's run", "after the end"]

    def __init__(self, programs):
        super().__init__(programs)
        space = pathlib.Path(programs.work, "space.yaml")
        space.write_text(SPACE)
        self.command = [programs.train, "tune", space, "--data", self.store, "--budget", "4", "--repeats", "4",
                        "--output", "run", "--threads", "2", "--quiet"]

    def place(self, folder):
        if (folder / "run" / "final").exists():
            return self.places[2]
        return super().place(folder)


KINDS = {
    "conversion": Conversion, "conversion-over-a-store": lambda programs: Conversion(programs, replaces=True),
    "training": Training, "search": Search,
}


def undisturbed(kind, folder):
    """Runs a command in a new folder without any interruption; its result."""
    folder.mkdir(parents=True)
    kind.prepare(folder)
    return succeed(kind.command, cwd=folder)


def finish(kind, folder, expected, expected_output):
    """Goes on without any interruption; what is left must be what an undisturbed run leaves."""
    command = kind.next_command(folder)
    if kind.refuses(folder):
        require_clear_error(run(command, cwd=folder), [73], ["exists already"])
    else:
        last = succeed(command, cwd=folder, timeout=120)
        require(last.stderr == "", f"the end says: {last.stderr}")
        if kind.has_same_output:
            require(last.stdout == expected_output, f"the end prints {last.stdout!r}, undisturbed {expected_output!r}")
    wrong = difference(contents(folder), expected)
    require(not wrong, wrong)
