"""Writing, and comparing, the HDF5 files that hold goldens: plain groups of float32 datasets with a few attributes."""

import json
import zlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import h5py
import numpy as np


def installed_version(*packages):
    """The version of the first of `packages` that is installed."""
    for package in packages:
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return "none"


def create_golden_file(path: Path) -> h5py.File:
    """An empty golden file that says in its root attributes what made it. Its format is the compact one of HDF5 1.10,
    which every later library reads."""
    file = h5py.File(path, "w", libver=("v110", "v110"))
    file.attrs["generator"] = "data-tools/keras/make_goldens.py"
    file.attrs["keras_version"] = installed_version("keras")
    file.attrs["tensorflow_version"] = installed_version("tensorflow-cpu", "tensorflow")
    file.attrs["scikit_learn_version"] = installed_version("scikit-learn")
    file.attrs["numpy_version"] = installed_version("numpy")
    return file


def random_numbers(name: str) -> np.random.Generator:
    """A generator seeded by a case's name, so that adding a case leaves the others as they were."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def write_array(group: h5py.Group, name: str, values, dtype=np.float32) -> h5py.Dataset:
    """Writes `values`; what is large enough to gain is compressed, without loss."""
    values = np.asarray(values, dtype=dtype)
    packing = {"compression": "gzip", "compression_opts": 9, "shuffle": True, "chunks": values.shape}
    return group.create_dataset(name, data=values, **(packing if values.nbytes > 16_000 else {}))


def write_arrays(group: h5py.Group, name: str, arrays, names=None):
    """Writes a list as `name/0`, `name/1` …, each with its Keras name as the attribute `name` where given."""
    subgroup = group.create_group(name)
    for index, values in enumerate(arrays):
        dataset = write_array(subgroup, str(index), values)
        if names is not None:
            dataset.attrs["name"] = names[index]


def write_json(group: h5py.Group, name: str, value):
    group.attrs[name] = json.dumps(value, sort_keys=True)


def differences(expected: Path, actual: Path, tolerance: float) -> list[str]:
    """What differs between two HDF5 files: names, shapes, attributes other than versions, and numbers further apart
    than `tolerance` times the dataset's largest magnitude (or than `tolerance` itself, below 1)."""
    with h5py.File(expected) as first, h5py.File(actual) as second:
        found = _attribute_differences("/", first, second)
        names = [set(), set()]
        first.visit(names[0].add)
        second.visit(names[1].add)
        found += [f"{name}: only in one of the two" for name in sorted(names[0] ^ names[1])]
        for name in sorted(names[0] & names[1]):
            found += _attribute_differences(name, first[name], second[name])
            if isinstance(first[name], h5py.Dataset):
                found += _number_differences(name, first[name], second[name], tolerance)
        return found


def _attribute_differences(name, first, second):
    keys = {key for key in {*first.attrs, *second.attrs} if not key.endswith("_version")}
    return [
        f"{name}: attribute {key}"
        for key in sorted(keys)
        if key not in first.attrs
        or key not in second.attrs
        or not np.array_equal(first.attrs[key], second.attrs[key])
    ]


def _number_differences(name, first, second, tolerance):
    if first.shape != second.shape or first.dtype != second.dtype:
        return [f"{name}: {first.shape} {first.dtype} became {second.shape} {second.dtype}"]
    if first.size == 0:
        return []
    a, b = first[()].astype(np.float64), second[()].astype(np.float64)
    largest = np.abs(a - b).max()
    if largest <= tolerance * max(1.0, np.abs(a).max()):
        return []
    return [f"{name}: differs by {largest:.3g}"]
