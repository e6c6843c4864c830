"""Full disks, and places where nothing can be written or read. They are real file systems, so most of it needs root."""

import contextlib
import os
import shutil
import subprocess

from condition import (
    Skip, condition, go_on, models, require_all, require_refused, require_same_run, search, training,
    undisturbed_models)
from harness import require, require_clear_error, run, strays, succeed

NOBODY = 65534


@contextlib.contextmanager
def small_disk(folder, options):
    """A file system in memory, of a size and with room for so many files; Skip where this isn't allowed."""
    disk = folder / "disk"
    disk.mkdir(exist_ok=True)
    if os.geteuid() != 0:
        raise Skip("mounting needs root")
    if run(["mount", "-t", "tmpfs", "-o", options, "faults", disk]).returncode != 0:
        raise Skip("mounting isn't allowed here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def fill_and_go_on(programs, folder, options, first, finish, check):
    """On a disk that is too small, then large enough: whether `first` failed, and rightly; then the right result."""
    with small_disk(folder, options) as disk:
        result = run(first(disk))
        failed = result.returncode != 0
        if failed:
            require_clear_error(result, [73, 74])
            require(not strays(disk), f"{options}: left: {strays(disk)}")
            subprocess.run(["mount", "-o", "remount,size=64m,nr_inodes=0", disk], check=True)
            finish(disk)
        check(disk)
    return failed


def sweep(programs, folder, sizes, first, finish, check):
    """Disks of several sizes, in kilobytes, and ones with room for several numbers of files."""
    options = [f"size={size}k" for size in sizes] + [f"size=64m,nr_inodes={count}" for count in range(2, 22)]
    failed = sum(fill_and_go_on(programs, folder, option, first, finish, check) for option in options)
    require(0 < failed < len(options), f"{failed} of {len(options)} disks were too small: the sizes are chosen badly")
    return f"{failed} of {len(options)} disks were too small, and all came to the right end"


@condition("full disk: conversion")
def full_disk_conversion(programs, folder):
    recordings, store = programs.make_store(300)
    needed = store.stat().st_size // 1024

    def command(disk):
        return [programs.convert, recordings, disk / "store.h5", "--quiet"]

    def check(disk):
        require((disk / "store.h5").read_bytes() == store.read_bytes(), "the store differs")

    def finish(disk):
        require(not (disk / "store.h5").exists(), "a part of a store is there")
        succeed(command(disk))

    sizes = [4, 8, 64, needed // 2, needed - 8, needed - 4, needed, needed + 4, needed + 64]
    return sweep(programs, folder, sizes, command, finish, check)


@condition("full disk: training")
def full_disk_training(programs, folder):
    store = programs.make_store(300)[1]
    undisturbed_models(programs, folder, store)

    def command(disk):
        return training(programs, store, disk / "run")

    return sweep(
        programs, folder, range(4, 160, 4), command, lambda disk: go_on(programs, command(disk), disk / "run"),
        lambda disk: require_same_run(disk / "run", folder / "undisturbed"))


@condition("full disk: search")
def full_disk_search(programs, folder):
    store = programs.make_store(300)[1]
    succeed(search(programs, folder, store, folder / "undisturbed"))

    def command(disk):
        return search(programs, folder, store, disk / "run")

    return sweep(
        programs, folder, range(4, 160, 8), command,
        lambda disk: go_on(programs, command(disk), disk / "run", "tune.json"),
        lambda disk: require_same_run(disk / "run", folder / "undisturbed"))


@condition("full disk: predictions")
def full_disk_predictions(programs, folder):
    store = programs.make_store(300)[1]
    undisturbed_models(programs, folder, store)
    command = [programs.train, "predict", "--model-file", folder / "undisturbed/model-01.h5", "--data", store, "--output"]
    succeed(command + [folder / "whole.csv"])
    with small_disk(folder, "size=4k") as disk:
        require_refused(command + [disk / "predictions.csv"], disk, [73, 74])
        require(not list(disk.iterdir()), f"left: {list(disk.iterdir())}")
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        succeed(command + [disk / "predictions.csv"])
        require((disk / "predictions.csv").read_bytes() == (folder / "whole.csv").read_bytes(), "predictions differ")
    return "refused, then right"


@condition("folder that may not be written")
def read_only_folder(programs, folder):
    recordings, store = programs.make_store(300)
    undisturbed_models(programs, folder, store)
    place = folder / "place"
    place.mkdir(mode=0o755)
    shutil.copytree(folder / "undisturbed", place / "run")
    # The work folder may be a private one.
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        raise Skip("becoming another user needs root and setpriv")
    nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if run(nobody + ["test", "-r", store]).returncode or run(nobody + [programs.train, "versions"]).returncode:
        raise Skip("another user may not enter the work folder; --work DIR names one that all may")
    before = sorted(place.rglob("*"))
    refused = {
        "conversion": [programs.convert, recordings, place / "store.h5", "--quiet"],
        "training": training(programs, store, place / "new"),
        "training, default folder": [programs.train, "--data", store, "--quiet"],
        "search": search(programs, folder, store, place / "new"),
        "resume": [programs.train, "resume", place / "run", "--quiet"],
        "predict": [programs.train, "predict", "--model-file", place / "run/model-01.h5", "--data", store, "--output",
                    place / "predictions.csv"],
        "synthesize": [programs.synthesize, place / "made", "--size", 60, "--quiet"],
    }
    secret = folder / "secret.h5"
    shutil.copy(store, secret)
    secret.chmod(0)

    def refuses(command, status=73, words="Permission denied"):
        return lambda: require_refused(nobody + command, place, [status], [words], cwd=place)

    def works(command):
        return lambda: succeed(nobody + command, cwd=place)

    def is_unchanged():
        require(sorted(place.rglob("*")) == before, "the folder changed")

    require_all(
        [(name, refuses(command)) for name, command in refused.items()]
        + [("unreadable store", refuses([programs.train, "--data", secret], 66, "secret.h5")),
           ("evaluate", works([programs.train, "evaluate", place / "run"])),
           ("list", works([programs.train, "list", place])), ("the end", is_unchanged)])
    return f"{len(refused)} commands refused, evaluate and list work"


@condition("file system that may only be read")
def read_only_file_system(programs, folder):
    recordings, store = programs.make_store(300)
    expected = undisturbed_models(programs, folder, store)
    with small_disk(folder, "size=64m") as disk:
        shutil.copy(store, disk / "store.h5")
        shutil.copytree(folder / "undisturbed", disk / "run")
        shutil.copytree(recordings, disk / "recordings")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        succeed(training(programs, disk / "store.h5", folder / "elsewhere"))
        require(models(folder / "elsewhere") == expected, "the models differ")
        succeed([programs.convert, disk / "recordings", folder / "elsewhere.h5", "--quiet"])
        require((folder / "elsewhere.h5").read_bytes() == store.read_bytes(), "the store differs")
        for command in ([programs.train, "evaluate", disk / "run"], [programs.train, "list", disk]):
            succeed(command)
        refused = {
            "training": training(programs, store, disk / "new"),
            "resume": [programs.train, "resume", disk / "run", "--quiet"],
            "conversion": [programs.convert, recordings, disk / "new.h5", "--quiet"],
            "conversion over a store": [programs.convert, recordings, disk / "store.h5", "--overwrite", "--quiet"],
            "search": search(programs, folder, store, disk / "new")}

        def refuses(command):
            return lambda: require_refused(command, disk, [73], ["Read-only file system"])

        require_all((name, refuses(command)) for name, command in refused.items())
    return f"right results from it, {len(refused)} commands refused in it"
