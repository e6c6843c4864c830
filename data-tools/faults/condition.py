"""A condition that a computer may be in, as a check of its own; and the small training that most of them look at."""

import pathlib

from harness import Failure, contents, difference, require, require_clear_error, run, strays, succeed

CONDITIONS = []
NETWORK = ["--units", "4", "--dense-units", "4", "--batch-size", "16", "--epochs", "2"]
SPACE = """\
method: grid
folds: 2
options: {epochs: 1, batch-size: 16, dense-units: 4}
parameters: {units: [3, 4]}
"""


class Skip(Exception):
    """Why a condition can't be made here."""


def condition(name):
    """Registers a check. It is given the programs and a new folder, and returns in a few words what it saw."""

    def register(check):
        CONDITIONS.append((name, check))
        return check

    return register


def training(programs, store, output, *options, network=NETWORK, repeats=2):
    """A command that trains a small network."""
    return [programs.train, "--data", store, "--output", output, "--repeats", repeats, "--quiet", *network, *options]


def search(programs, folder, store, output, *options):
    """A command that searches a small space."""
    space = pathlib.Path(folder, "space.yaml")
    space.write_text(SPACE)
    return [programs.train, "tune", space, "--data", store, "--output", output, "--repeats", 1, "--quiet", *options]


def models(folder):
    """The model files of a run: name -> bytes."""
    return {path.name: path.read_bytes() for path in pathlib.Path(folder).glob("model-*.h5")}


def undisturbed_models(programs, folder, store, **options):
    """What a training with nothing in its way leaves."""
    output = pathlib.Path(folder, "undisturbed")
    if not output.exists():
        succeed(training(programs, store, output, **options))
    found = models(output)
    require(found, f"no models in {output}")
    return found


def require_same_run(found, expected):
    """Two runs' folders hold the same; their config.json names their stores, which may lie elsewhere."""
    left, right = ({name: data for name, data in contents(folder).items() if name not in ("config.json", "tune.json")}
                   for folder in (found, expected))
    wrong = difference(left, right)
    require(not wrong, f"{found}: {wrong}")


def go_on(programs, first, output, configuration="config.json"):
    """Ends what an error had ended: resume where the folder knows what it is for, else the command anew."""
    begun = pathlib.Path(output, configuration).exists()
    return succeed([programs.train, "resume", output, "--quiet"] if begun else first)


def require_all(checks):
    """Makes every check, whatever becomes of the ones before it: what was wrong with any."""
    wrong = []
    for name, check in checks:
        try:
            check()
        except Failure as failure:
            wrong.append(f"{name}: {failure}")
    require(not wrong, "; ".join(wrong))


def require_refused(command, folder, statuses=range(64, 79), words=(), **options):
    """A command ends with a clear error, and leaves no part of a file."""
    result = run(command, **options)
    require_clear_error(result, statuses, words)
    require(not strays(folder), f"left: {strays(folder)}")
    return result
