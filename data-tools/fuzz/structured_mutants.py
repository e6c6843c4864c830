"""Makes HDF5 files that are whole but unlike those that the commands write: a good store or model with one thing in it changed, or two.

Every change says what is expected of the reader: SAME (what the good file gives: it is stored otherwise, but says the same), REFUSED,
or EITHER (refused, or some result). Needs h5py.
"""

import dataclasses
import pathlib
import random
import shutil

import h5py

from expectations import EITHER, REFUSED, SAME

# What h5py says where it can't do what a change asks for.
UNWRITABLE = (ValueError, TypeError, OSError, RuntimeError, KeyError, NotImplementedError, AttributeError, IndexError)
# What a dataset holds: it decides which types of number will do.
FEATURES, LABELS, SUBJECTS, WEIGHTS = "features", "labels", "subjects", "weights"


@dataclasses.dataclass
class Mutation:
    """What changes can reach: the open file, a dataset to change, and a generator of random numbers."""

    file: h5py.File
    path: str
    role: str
    numbers: random.Random
    # Where a change may put other files.
    folder: pathlib.Path

    @property
    def holds_whole_numbers(self) -> bool:
        return self.role in (LABELS, SUBJECTS)

    def replace(self, *arguments, **keywords) -> h5py.Dataset:
        """Makes the dataset anew, with what it has as attributes."""
        attributes = dict(self.file[self.path].attrs)
        del self.file[self.path]
        dataset = self.file.create_dataset(self.path, *arguments, **keywords)
        for name, value in attributes.items():
            dataset.attrs[name] = value
        return dataset


def roles(file: h5py.File) -> dict[str, str]:
    """The datasets of a store or a model."""
    names = {"X": FEATURES, "y": LABELS, "subject": SUBJECTS}
    found: dict[str, str] = {}

    def look(path: str, item) -> None:
        if isinstance(item, h5py.Dataset):
            found[path] = names.get(path.rsplit("/")[-1], WEIGHTS) if "train" in file else WEIGHTS

    file.visititems(look)
    return found


def written_anew(good: pathlib.Path, target: pathlib.Path, **options) -> None:
    """Copies a file object by object, so that nothing of the writer's own layout, and no seal, is left."""
    # A lock would go to the processes that another lane starts meanwhile, and outlive this file there.
    with h5py.File(good) as source, h5py.File(target, "w", locking=False, **options) as file:
        for name in source:
            source.copy(name, file)
        for name, value in source.attrs.items():
            file.attrs[name] = value


# The good file as h5py writes it in several versions of the format.
BASES = [
    ({}, SAME), ({"libver": ("earliest", "v108")}, SAME), ({"libver": ("v108", "v110")}, SAME), ({"userblock_size": 512}, SAME),
    ({"userblock_size": 4096}, SAME), ({"libver": ("v110", "v110"), "fs_strategy": "page", "fs_page_size": 4096}, EITHER),
    ({"libver": "latest"}, EITHER),
]


def make_bases(good: pathlib.Path, folder: pathlib.Path) -> list[tuple[pathlib.Path, str]]:
    made = []
    for index, (options, expectation) in enumerate(BASES):
        path = folder / f"{good.stem}-base-{index}.h5"
        written_anew(good, path, **options)
        made.append((path, expectation))
    return made


def is_reachable(file: h5py.File, path: str) -> bool:
    """Whether a path leads somewhere without any link to another place, which h5py would follow, be it into a pipe."""
    place = file
    for name in path.split("/"):
        if not isinstance(place, h5py.Group) or not place.id.links.exists(name.encode()):
            return False
        if place.id.links.get_info(name.encode()).type != h5py.h5l.TYPE_HARD:
            return False
        place = place[name]
    return True


def combined(expectations: list[str]) -> str:
    if REFUSED in expectations and EITHER not in expectations:
        return REFUSED
    return EITHER if EITHER in expectations else SAME


def make(
    bases: list[tuple[pathlib.Path, str]], target: pathlib.Path, numbers: random.Random, notes: list[str]
) -> tuple[str, str]:
    """Writes a mutant: what is expected of its reader, and the path of the dataset that was changed first."""
    from hdf5_links import LINKS
    from hdf5_storage import STORAGE
    from hdf5_types import TYPES
    from hdf5_values import VALUES

    base, expectation = bases[0] if numbers.random() < 0.7 else numbers.choice(bases)
    notes.append(base.stem)
    expectations = [expectation]
    shutil.copyfile(base, target)
    with h5py.File(target, "r+", locking=False) as file:
        datasets = list(roles(file).items())
        chosen = numbers.sample(datasets, numbers.choice([1, 1, 2]))
        changes = [(numbers.choice(numbers.choice([TYPES, STORAGE, LINKS, VALUES])), path, role) for path, role in chosen]
        # Links last: other changes look at what is beside them, and some links lead to a pipe.
        changes.sort(key=lambda change: change[0] in LINKS)
        for change, path, role in changes:
            notes.append(f"{change.__name__} of {path}")
            if not is_reachable(file, path):
                # The change before has taken away the way to it.
                continue
            try:
                expectations.append(change(Mutation(file, path, role, numbers, target.parent)))
            except UNWRITABLE as error:
                # libhdf5 refuses to write it, perhaps after half of the change is made.
                notes.append(f"which h5py can't write: {str(error)[:80]}")
                expectations.append(EITHER)
    return combined(expectations), chosen[0][0]
