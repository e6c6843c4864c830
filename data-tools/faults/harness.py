"""What the fault checks share: the programs, small made-up recordings, and a folder's contents less what a clock wrote."""

import csv
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAMS = ["har-train", "har-convert", "har-synthesize"]
# Written by a clock, and other in every run.
CLOCK_COLUMNS = {"seconds", "samples_per_second"}
CONFIGURATIONS = ("config.json", "tune.json", "cross-validation.json")
BEGAN = re.compile(rb'^ *"began" : "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",\n', re.MULTILINE)


class Failure(Exception):
    """A check that found something wrong."""


def require(condition, message):
    if not condition:
        raise Failure(message)


def add_program_options(parser):
    parser.add_argument("--bin", metavar="DIR", default=".build/release", help="the folder of the three programs")
    for name in PROGRAMS:
        parser.add_argument(f"--{name}", metavar="PATH", help=f"{name}, where it is not in that folder")
    parser.add_argument("--work", metavar="DIR", help="folder for what is made on the way (default: a temporary one)")


def some_of(parser, option, text, known):
    """The names in an option's list; ends with wrong usage where one isn't known."""
    names = text.split(",")
    if not set(names) <= set(known):
        parser.error(f"{option}: expected some of {','.join(known)}")
    return names


def work_folder(arguments, name):
    return arguments.work or tempfile.mkdtemp(prefix=f"har-{name}-")


def leave(arguments, work, is_wrong):
    """Ends with the status; a temporary folder stays where there is something in it to look at."""
    if not arguments.work and not is_wrong:
        shutil.rmtree(work)
    sys.exit(1 if is_wrong else 0)


class Programs:
    """The programs, and a small store made with them."""

    def __init__(self, arguments, work):
        def path(name):
            chosen = getattr(arguments, name.replace("-", "_")) or pathlib.Path(arguments.bin, name)
            found = pathlib.Path(chosen).resolve()
            if not found.is_file():
                sys.exit(f"{name}: {found} is not there; --bin DIR says where the programs are")
            return str(found)

        self.train, self.convert, self.synthesize = (path(name) for name in PROGRAMS)
        self.work = pathlib.Path(work).resolve()
        self.work.mkdir(parents=True, exist_ok=True)

    def make_store(self, size, seed=1):
        """Made-up recordings and the store made of them, as paths."""
        recordings, store = self.work / f"recordings-{size}-{seed}", self.work / f"store-{size}-{seed}.h5"
        if not store.exists():
            if not recordings.exists():
                succeed([self.synthesize, recordings, "--size", size, "--seed", seed, "--quiet"])
            succeed([self.convert, recordings, store, "--quiet"])
        return recordings, store


def run(command, timeout=300, **options):
    """A command's result, with its outputs as text and its process's number."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL} | options
    process = subprocess.Popen([str(part) for part in command], text=True, errors="replace", **options)
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Failure(f"{shown(command)}: still running after {timeout} s") from None
    result = subprocess.CompletedProcess(process.args, process.returncode, output, errors)
    result.process = process.pid
    return result


def succeed(command, **options):
    """Runs a command that must end well."""
    result = run(command, **options)
    require(result.returncode == 0, f"{shown(command)}: status {result.returncode}: {(result.stderr or '').strip()[-500:]}")
    return result


def shown(command):
    return " ".join(str(part) for part in command)


def without_clock(name, data):
    """A file's contents less what a clock wrote into it; of a checkpoint, which holds durations in a sealed file, only that it is there."""
    if name.endswith(".csv"):
        rows = list(csv.reader(io.StringIO(data.decode())))
        kept = [index for index, column in enumerate(rows[0]) if column not in CLOCK_COLUMNS] if rows else []
        return [[row[index] for index in kept] for row in rows]
    if name.endswith("results.json"):
        return [{key: value for key, value in result.items() if key not in CLOCK_COLUMNS} for result in json.loads(data)]
    if pathlib.PurePath(name).name in CONFIGURATIONS:
        return BEGAN.sub(b"", data)
    if "checkpoints/" in name:
        return "a checkpoint"
    if name.endswith("report.html"):
        # It names its folder and its rates; what it says besides is in the tables.
        return "a whole page" if data.endswith(b"</html>\n") else "a part of a page"
    return data


def contents(folder):
    """What a folder holds, hidden files and folders below too: path -> contents less what a clock wrote."""
    folder = pathlib.Path(folder)
    return {
        str(path.relative_to(folder)): "a folder" if path.is_dir()
        else without_clock(str(path.relative_to(folder)), path.read_bytes())
        for path in sorted(folder.rglob("*"))
    }


def difference(found, expected):
    """What is wrong with a folder's contents in one phrase; empty where they are as expected."""
    phrases = [f"{name} is missing" for name in sorted(expected.keys() - found.keys())]
    phrases += [f"{name} should not be there" for name in sorted(found.keys() - expected.keys())]
    phrases += [f"{name} differs" for name in sorted(found.keys() & expected.keys()) if found[name] != expected[name]]
    return "; ".join(phrases)


def strays(folder):
    """Files that were never finished."""
    return [str(path) for path in pathlib.Path(folder).rglob("*") if ".partial-" in path.name]


def require_clear_error(result, statuses=range(64, 79), words=()):
    """One line on standard error and a status that says what kind of fault it is."""
    text = (result.stderr or "").strip()
    require(result.returncode in statuses, f"status {result.returncode}, expected {list(statuses)}: {text[-300:]}")
    require(len(text.splitlines()) == 1, f"{len(text.splitlines())} lines on standard error, expected one: {text[-500:]}")
    for word in words:
        require(word in text, f"the error does not say {word!r}: {text}")
