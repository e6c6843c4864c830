"""Changes to structured mutants: where names lead."""

import os

import h5py
import numpy

from expectations import EITHER, REFUSED, SAME
from structured_mutants import Mutation


def parent(path: str) -> str:
    return path.rpartition("/")[0] or "/"


def ancestor(mutation: Mutation) -> str:
    """A group on the way to the dataset."""
    parts = mutation.path.split("/")
    return "/".join(parts[: mutation.numbers.randrange(1, len(parts))])


def loop(mutation: Mutation) -> str:
    """A group that is inside itself, where nobody looks."""
    mutation.file[parent(mutation.path)]["loop"] = mutation.file[mutation.numbers.choice([parent(mutation.path), "/"])]
    return SAME


def loop_on_the_way(mutation: Mutation) -> str:
    """A group on the way is the root once more."""
    path = ancestor(mutation)
    del mutation.file[path]
    mutation.file[path] = mutation.file["/"]
    return REFUSED


def second_name(mutation: Mutation) -> str:
    """The dataset has another name besides."""
    mutation.file["another name"] = mutation.file[mutation.path]
    return SAME


def taken_for_another(mutation: Mutation) -> str:
    """The name of one dataset leads to another one."""
    names: list[str] = []
    mutation.file.visititems(lambda path, item: names.append(path) if isinstance(item, h5py.Dataset) else None)
    other = mutation.numbers.choice(names)
    target = mutation.file[other]
    del mutation.file[mutation.path]
    mutation.file[mutation.path] = target
    return SAME if other == mutation.path else EITHER


def soft(mutation: Mutation) -> str:
    path = mutation.numbers.choice([mutation.path, ancestor(mutation)])
    match mutation.numbers.choice(["moved", "dangling", "itself", "two", "long"]):
        case "moved":
            mutation.file.move(path, "moved")
            target = "/moved"
        case "dangling":
            target = "/nowhere/at/all"
        case "itself":
            target = "/" + path
        case "two":
            mutation.file["back"] = h5py.SoftLink("/" + path)
            target = "/back"
        case _:
            target = "/" + "x" * 60000
    if path in mutation.file:
        del mutation.file[path]
    mutation.file[path] = h5py.SoftLink(target)
    return REFUSED


def external(mutation: Mutation) -> str:
    path = mutation.numbers.choice([mutation.path, ancestor(mutation)])
    del mutation.file[path]
    mutation.file[path] = h5py.ExternalLink(outside(mutation), "/" + path)
    return REFUSED


def outside(mutation: Mutation) -> str:
    pipe = mutation.folder / "pipe"
    if not pipe.exists():
        os.mkfifo(pipe)
    whole = mutation.folder / "whole.h5"
    if not whole.exists():
        with h5py.File(whole, "w", locking=False) as file:
            file[mutation.path] = numpy.zeros(3)
    itself = str(mutation.file.filename)
    return mutation.numbers.choice([str(pipe), str(whole), "missing.h5", itself, "/etc/passwd", "/dev/zero", "/dev/stdin", "x" * 5000, ""])


def unused_links(mutation: Mutation) -> str:
    group = mutation.file[mutation.numbers.choice([parent(mutation.path), "/"])]
    group["unused soft"] = h5py.SoftLink("/nowhere")
    group["unused external"] = h5py.ExternalLink(outside(mutation), "/")
    return SAME


def many_links(mutation: Mutation) -> str:
    group = mutation.file[parent(mutation.path)]
    for number in range(mutation.numbers.choice([50, 500])):
        group[f"number {number}"] = h5py.SoftLink("/nowhere")
    return SAME


def missing(mutation: Mutation) -> str:
    del mutation.file[mutation.numbers.choice([mutation.path, ancestor(mutation)])]
    return REFUSED


def renamed(mutation: Mutation) -> str:
    path = mutation.numbers.choice([mutation.path, ancestor(mutation)])
    mutation.file.move(path, path + mutation.numbers.choice([" ", "_", "X", "\n", "é"]))
    return REFUSED


def group_for_dataset(mutation: Mutation) -> str:
    del mutation.file[mutation.path]
    mutation.file.create_group(mutation.path)
    return REFUSED


def dataset_for_group(mutation: Mutation) -> str:
    path = ancestor(mutation)
    attributes = dict(mutation.file[path].attrs)
    del mutation.file[path]
    mutation.file[path] = numpy.zeros(4)
    for name, value in attributes.items():
        mutation.file[path].attrs[name] = value
    return REFUSED


def extra_objects(mutation: Mutation) -> str:
    group = mutation.file[mutation.numbers.choice([parent(mutation.path), "/"])]
    group.create_dataset("extra huge", (1 << 40, 1 << 20), "f8", chunks=(64, 64))
    group["extra strings"] = ["a", "b"]
    group.create_group("extra/group/deep")
    return SAME


LINKS = [
    loop, loop_on_the_way, second_name, taken_for_another, soft, soft, external, external, unused_links, many_links, missing, renamed,
    group_for_dataset, dataset_for_group, extra_objects,
]
