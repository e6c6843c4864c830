"""What goes on around a training: inputs that go away, other processes, clocks, numbers of threads, closed outputs."""

import os
import pathlib
import shutil
import signal
import subprocess
import time

from condition import (
    Skip, condition, go_on, models, require_refused, require_same_run, search, training, undisturbed_models)
from harness import Failure, require, require_clear_error, run, strays, succeed

LONG = ["--units", "4", "--dense-units", "4", "--batch-size", "16", "--epochs", "40"]


def start(command, folder, **options):
    """Starts a training and waits until it is past its first epoch."""
    process = subprocess.Popen(
        [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, **options)
    deadline = time.monotonic() + 60
    while not (folder / "metrics.csv").exists():
        if process.poll() is not None:
            raise Failure(f"ended before its first epoch: {process.communicate()[1]}")
        if time.monotonic() > deadline:
            process.kill()
            raise Failure("no epoch within 60 s")
        time.sleep(0.002)
    return process


def end(process):
    """Waits for a process: its result."""
    try:
        output, errors = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Failure("still running after 60 s") from None
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


@condition("store removed during training, and before resume")
def vanished_store(programs, folder):
    original = programs.make_store(300)[1]
    store = folder / "store.h5"
    shutil.copy(original, store)
    expected = undisturbed_models(programs, folder, original, network=LONG)
    process = start(training(programs, store, folder / "run", network=LONG), folder / "run")
    store.unlink()
    result = end(process)
    require(result.returncode == 0, f"status {result.returncode}: {result.stderr}")
    require(models(folder / "run") == expected, "the models differ")
    shutil.copy(original, store)
    process = start(training(programs, store, folder / "cut", network=LONG), folder / "cut")
    process.send_signal(signal.SIGTERM)
    require(end(process).returncode == 143, f"status {process.returncode} after SIGTERM")
    store.unlink()
    resume = [programs.train, "resume", folder / "cut", "--quiet"]
    require_refused(resume, folder, [66], ["store.h5"])
    shutil.copy(programs.make_store(300, seed=2)[1], store)
    require_refused(resume, folder, [65], ["SHA-256"])
    shutil.copy(original, store)
    succeed(resume)
    require(models(folder / "cut") == expected, "the resumed models differ")
    return "trained on; resume refused without it and with another, then right"


@condition("run folder removed during training")
def vanished_run(programs, folder):
    store = programs.make_store(300)[1]
    long = LONG[:-1] + ["100000"]
    process = start(training(programs, store, folder / "run", network=long), folder / "run")
    (folder / "run").rename(folder / "away")
    result = end(process)
    require_clear_error(result, [73, 74])
    # What was being written went away with the folder, where no path leads to it; resume removes it.
    require(not (folder / "run").exists(), "the folder was made anew")
    return f"status {result.returncode}"


@condition("predictions interrupted by a signal")
def interrupted_predictions(programs, folder):
    store = programs.make_store(3000)[1]
    undisturbed_models(programs, folder, programs.make_store(300)[1])
    place = folder / "place"
    place.mkdir()
    command = [programs.train, "predict", "--model-file", folder / "undisturbed/model-01.h5", "--data", store, "--output",
               place / "predictions.csv"]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        process = subprocess.Popen([str(part) for part in command], stderr=subprocess.PIPE, text=True)
        # From when something of it is there.
        while process.poll() is None and not list(place.iterdir()):
            time.sleep(0.0005)
        process.send_signal(number)
        result = end(process)
        require(result.returncode in (0, -number), f"{number.name}: status {result.returncode}: {result.stderr}")
        require(not strays(place), f"{number.name}: left {strays(place)}")
        for path in place.iterdir():
            path.unlink()
    return "nothing is left of them"


@condition("a second process in the same folder")
def second_process(programs, folder):
    store = programs.make_store(300)[1]
    undisturbed_models(programs, folder, store, network=LONG)
    command = training(programs, store, folder / "run", network=LONG)
    first = start(command, folder / "run")
    os.kill(first.pid, signal.SIGSTOP)  # So that it is still there, however fast it is.
    try:
        for second in (["resume", folder / "run", "--quiet"], command[1:]):
            result = run([programs.train, *second])
            require_clear_error(result, [73, 75])
        require(run([programs.train, "resume", folder / "run"]).returncode == 75, "resume doesn't say 75")
        listed = succeed([programs.train, "list", folder]).stdout
    finally:
        os.kill(first.pid, signal.SIGCONT)
    result = end(first)
    require(result.returncode == 0, f"the first ends with {result.returncode}: {result.stderr}")
    require_same_run(folder / "run", folder / "undisturbed")
    require("run" in listed, f"list doesn't show the run: {listed}")
    return "refused, the first unharmed"


@condition("two processes begin the same folder at once")
def same_moment(programs, folder):
    store = programs.make_store(300)[1]
    undisturbed_models(programs, folder, store)
    rounds, refused = 15, 0
    for number in range(rounds):
        output = folder / f"run-{number}"
        both = [subprocess.Popen([str(part) for part in training(programs, store, output)], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True) for _ in range(2)]
        results = [end(process) for process in both]
        done = [result for result in results if result.returncode == 0]
        require(len(done) == 1, f"{len(done)} of two came to the end: {[result.stderr for result in results]}")
        for result in results:
            if result.returncode != 0:
                require_clear_error(result, [73, 75])
                refused += 1
        require_same_run(output, folder / "undisturbed")
    return f"{rounds} times, one trained and {refused} were refused"


@condition("a clock that jumps")
def jumping_clock(programs, folder):
    compiler = shutil.which("cc")
    if not compiler:
        raise Skip("needs cc")
    if os.uname().sysname != "Linux":
        raise Skip("needs LD_PRELOAD")
    library = folder / "jumping_clock.so"
    succeed([compiler, "-shared", "-fPIC", "-O1", "-o", library, pathlib.Path(__file__).with_name("jumping_clock.c"), "-ldl"])
    recordings, store = programs.make_store(300)
    undisturbed_models(programs, folder, store)
    environment = os.environ | {"LD_PRELOAD": str(library), "CLOCK_REPORT": str(folder / "asked")}
    succeed([programs.convert, recordings, folder / "store.h5", "--quiet"], env=environment)
    require((folder / "store.h5").read_bytes() == store.read_bytes(), "the store differs")
    succeed(training(programs, store, folder / "run"), env=environment)
    require_same_run(folder / "run", folder / "undisturbed")
    command = training(programs, store, "here")
    at = command.index("--output")
    del command[at:at + 2]  # The folder is named after the time.
    succeed(command, env=environment, cwd=folder)
    named = list((folder / "runs").iterdir())
    require(len(named) == 1, f"folders named after the time: {named}")
    require_same_run(named[0], folder / "undisturbed")
    succeed([programs.train, "list"], env=environment, cwd=folder)
    asked = (folder / "asked").read_text().split()
    require(any(int(count) > 0 for count in asked), "nobody asked the clock: the check is void")
    return f"same bits; the clock was asked {sum(map(int, asked))} times"


@condition("numbers of threads")
def thread_counts(programs, folder):
    store = programs.make_store(300)[1]
    small = ["--dense-units", "4", "--batch-size", "16", "--epochs", "1"]
    networks = {"lstm": ["--units", "4"], "cnn-lstm": ["--units", "4", "--filters", "4"], "conv-lstm": ["--filters", "4"]}
    counts = [1, 2, 64, 1000]
    for name, options in networks.items():
        found = []
        for threads in counts:
            output = folder / f"{name}-{threads}"
            succeed(training(programs, store, output, "--model", name, "--threads", threads, network=small + options))
            found.append(models(output))
        require(len(found[0]) == 2, f"{name}: {len(found[0])} models, expected 2")
        require(all(other == found[0] for other in found), f"{name}: the models differ over {counts} threads")
    for threads in counts:
        path = folder / f"store-{threads}.h5"
        succeed([programs.convert, programs.make_store(300)[0], path, "--threads", threads, "--quiet"])
        require(path.read_bytes() == store.read_bytes(), f"the store differs with {threads} threads")
    return f"same models and stores with {', '.join(map(str, counts))}"


@condition("closed and full outputs")
def outputs(programs, folder):
    recordings, store = programs.make_store(300)
    expected = undisturbed_models(programs, folder, store)
    model = folder / "undisturbed/model-01.h5"
    commands = {
        "train": [str(part) for part in training(programs, store, "out") if part != "--quiet"],
        "convert": [programs.convert, recordings, "out.h5"],
        "evaluate": [programs.train, "evaluate", "--model-file", model, "--data", store],
        "predict": [programs.train, "predict", "--model-file", model, "--data", store],
        "versions": [programs.train, "versions"],
        "tune": [part for part in search(programs, folder, store, "out") if part != "--quiet"],
    }
    # What is taken away, and whether the results are lost with it.
    redirections = {
        ">&-": True, "2>&-": False, "<&-": False, ">&- 2>&-": True, "<&- >&- 2>&-": True, ">/dev/full": True,
        "2>/dev/full": False, ">/dev/full 2>/dev/full": True, "| true": True, "| head -1": None, "2> >(true)": False}
    checked = 0
    for name, command in commands.items():
        for redirection, loses in redirections.items():
            place = folder / f"{name}-{checked}"
            place.mkdir()
            ending = '"$@" ' + redirection + ('; exit ${PIPESTATUS[0]}' if redirection.startswith("|") else "")
            result = run(["bash", "-c", ending, "bash", *command], cwd=place)
            what = f"{name} {redirection}"
            statuses = {True: [74], False: [0], None: [0, 74]}[loses]
            # A pipe that is read too late for the little that was written notices nothing.
            if loses and redirection == "| true":
                statuses = [0, 74]
            require(result.returncode in statuses, f"{what}: status {result.returncode}, expected {statuses}: {result.stderr}")
            require(not strays(place), f"{what}: left {strays(place)}")
            if name == "convert":
                require((place / "out.h5").read_bytes() == store.read_bytes(), f"{what}: the store differs")
            if name == "train":
                if result.returncode != 0:
                    go_on(programs, None, place / "out")
                require(models(place / "out") == expected, f"{what}: the models differ")
            if name == "tune":
                if result.returncode != 0:
                    go_on(programs, None, place / "out", "tune.json")
                require((place / "out/ranking.csv").exists(), f"{what}: no ranking")
            checked += 1
    return f"{checked} commands: right, or status 74"
