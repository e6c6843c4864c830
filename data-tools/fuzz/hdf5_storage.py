"""Changes to structured mutants: how elements lie in the file, filters, and sizes that are only claimed."""

import functools
import os
import zlib

import h5py
import numpy

from expectations import EITHER, REFUSED, SAME
from structured_mutants import Mutation

HUGE = [1 << 20, (1 << 31) - 1, 1 << 31, 1 << 32, 1 << 40, (1 << 62) + 1, (1 << 63) - 1]


def some_chunk(shape: tuple[int, ...], mutation: Mutation) -> tuple[int, ...]:
    return tuple(mutation.numbers.choice([extent, max(1, extent // 2), max(1, extent // 3)]) for extent in shape)


def chunked(mutation: Mutation) -> str:
    values = mutation.file[mutation.path][()]
    shape = values.shape
    extensible = mutation.numbers.choice([None, (None,) * len(shape), (None, *shape[1:])])
    mutation.replace(data=values, chunks=some_chunk(shape, mutation), maxshape=extensible)
    return SAME


def filtered(mutation: Mutation) -> str:
    values = mutation.file[mutation.path][()]
    numbers = mutation.numbers
    mutation.replace(
        data=values, chunks=some_chunk(values.shape, mutation), compression=numbers.choice([None, "gzip"]),
        shuffle=numbers.random() < 0.5, fletcher32=numbers.random() < 0.5)
    return SAME


def gzip_at_level(mutation: Mutation) -> str:
    values = mutation.file[mutation.path][()]
    mutation.replace(data=values, compression="gzip", compression_opts=mutation.numbers.randrange(10))
    return SAME


def other_filter(mutation: Mutation) -> str:
    values = mutation.file[mutation.path][()]
    match mutation.numbers.choice(["lzf", "scaleoffset", "nbit"]):
        case "lzf":
            mutation.replace(data=values, compression="lzf")
        case "scaleoffset":
            mutation.replace(data=values, scaleoffset=0 if mutation.holds_whole_numbers else 4)
        case _:
            properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            properties.set_chunk(values.shape)
            properties.set_filter(h5py.h5z.FILTER_NBIT, h5py.h5z.FLAG_OPTIONAL)
            write_with(mutation, properties, values)
    return REFUSED


def write_with(mutation: Mutation, properties, values) -> None:
    attributes = dict(mutation.file[mutation.path].attrs)
    kind = h5py.h5t.py_create(values.dtype)
    space = h5py.h5s.create_simple(values.shape)
    del mutation.file[mutation.path]
    h5py.h5d.create(mutation.file.id, mutation.path.encode(), kind, space, dcpl=properties).write(h5py.h5s.ALL, h5py.h5s.ALL, values)
    for name, value in attributes.items():
        mutation.file[mutation.path].attrs[name] = value


def compact(mutation: Mutation) -> str:
    """Elements inside the object's header, which has room for 64 KB."""
    values = numpy.ascontiguousarray(mutation.file[mutation.path][()])
    if values.nbytes > 60000:
        return chunked(mutation)
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_layout(h5py.h5d.COMPACT)
    write_with(mutation, properties, values)
    return SAME


def claimed_shape(mutation: Mutation) -> tuple[int, ...]:
    shape = list(mutation.file[mutation.path].shape)
    for index in mutation.numbers.sample(range(len(shape)), mutation.numbers.choice([1, len(shape)])):
        shape[index] = mutation.numbers.choice(HUGE)
    return tuple(shape)


def huge_chunked(mutation: Mutation) -> str:
    """Chunks of which none is written."""
    kind = mutation.file[mutation.path].dtype
    shape = claimed_shape(mutation)
    chunk = tuple(min(extent, mutation.numbers.choice([1, 64, 1 << 20])) for extent in shape)
    mutation.replace(shape, dtype=kind, chunks=chunk, compression=mutation.numbers.choice([None, "gzip"]))
    return REFUSED


def huge_contiguous(mutation: Mutation) -> str:
    kind = mutation.file[mutation.path].dtype
    mutation.replace(claimed_shape(mutation), dtype=kind)
    return REFUSED


def huge_with_one_chunk(mutation: Mutation) -> str:
    dataset = mutation.file[mutation.path]
    values, shape = dataset[()], claimed_shape(mutation)
    dataset = mutation.replace(shape, dtype=values.dtype, chunks=values.shape)
    dataset[tuple(slice(0, extent) for extent in values.shape)] = values
    return REFUSED


def huge_chunk(mutation: Mutation) -> str:
    """A small dataset in one chunk that is mostly empty."""
    values = mutation.file[mutation.path][()]
    chunk = list(values.shape)
    chunk[0] = mutation.numbers.choice([1 << 10, 1 << 16, 1 << 20, 1 << 24, 1 << 28])
    dataset = mutation.replace(values.shape, dtype=values.dtype, chunks=tuple(chunk), maxshape=(None, *values.shape[1:]), compression="gzip")
    if chunk[0] <= 1 << 10:
        dataset[...] = values
        return EITHER
    return REFUSED


@functools.cache
def zeros_packed(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(megabytes)), packer.flush()])


def bomb(mutation: Mutation) -> str:
    """A chunk that unpacks to far more than it should hold."""
    values = mutation.file[mutation.path][()]
    dataset = mutation.replace(values.shape, dtype=values.dtype, chunks=values.shape, compression="gzip")
    dataset.id.write_direct_chunk((0,) * values.ndim, zeros_packed(mutation.numbers.choice([1, 64, 600])))
    return EITHER


def honest_bomb(mutation: Mutation) -> str:
    """A chunk of a shape that is all zeros, and as large as it says."""
    shape = mutation.file[mutation.path].shape
    megabytes = mutation.numbers.choice([10, 100, 600])
    kind = mutation.file[mutation.path].dtype
    row = kind.itemsize * int(numpy.prod(shape[1:]))
    rows = (megabytes << 20) // row
    dataset = mutation.replace((rows, *shape[1:]), dtype=kind, chunks=(rows, *shape[1:]), compression="gzip")
    dataset.id.write_direct_chunk((0,) * len(shape), zeros_packed(megabytes))
    return REFUSED


def raw_chunk(mutation: Mutation) -> str:
    """Chunks with bytes that no filter made, or that say to have passed none."""
    values = numpy.ascontiguousarray(mutation.file[mutation.path][()])
    dataset = mutation.replace(
        values.shape, dtype=values.dtype, chunks=values.shape, compression="gzip", shuffle=mutation.numbers.random() < 0.5,
        fletcher32=mutation.numbers.random() < 0.5)
    match mutation.numbers.choice(["plain", "random", "short", "empty"]):
        case "plain":
            dataset.id.write_direct_chunk((0,) * values.ndim, values.tobytes(), filter_mask=0xFF)
            return SAME
        case "random":
            data, mask = mutation.numbers.randbytes(values.nbytes), mutation.numbers.choice([0, 1, 2, 4])
        case "short":
            data, mask = values.tobytes()[:5], 0xFF
        case _:
            data, mask = b"\0", mutation.numbers.choice([0, 1, 2, 4, 0xFFFFFFFF])
    dataset.id.write_direct_chunk((0,) * values.ndim, data, filter_mask=mask)
    return EITHER


def never_written(mutation: Mutation) -> str:
    dataset = mutation.file[mutation.path]
    mutation.replace(dataset.shape, dtype=dataset.dtype, fillvalue=mutation.numbers.choice([None, 1]))
    return REFUSED


def partly_written(mutation: Mutation) -> str:
    values = mutation.file[mutation.path][()]
    dataset = mutation.replace(values.shape, dtype=values.dtype, chunks=(1, *values.shape[1:]))
    dataset[0] = values[0]
    return REFUSED if len(values) > 1 else SAME


def in_other_file(mutation: Mutation) -> str:
    """Elements in a file beside it, or in a pipe, which nobody may open."""
    values = numpy.ascontiguousarray(mutation.file[mutation.path][()])
    other = mutation.folder / "elements.bin"
    match mutation.numbers.choice(["there", "missing", "pipe", "passwd"]):
        case "there":
            other.write_bytes(values.tobytes())
        case "pipe":
            # By another name: a second mutation of the file may write elements.
            other = mutation.folder / "elements.pipe"
            if not other.exists():
                os.mkfifo(other)
        case "passwd":
            other = "/etc/passwd"
    mutation.replace(values.shape, dtype=values.dtype, external=[(str(other), 0, mutation.numbers.choice([values.nbytes, h5py.h5f.UNLIMITED]))])
    return REFUSED


def virtual(mutation: Mutation) -> str:
    dataset = mutation.file[mutation.path]
    shape, kind, values = dataset.shape, dataset.dtype, dataset[()]
    source = mutation.numbers.choice([".", str(mutation.folder / "missing.h5"), "elsewhere", "/etc/passwd", str(mutation.folder / "pipe")])
    if source.endswith("pipe") and not os.path.exists(source):
        os.mkfifo(source)
    del mutation.file[mutation.path]
    name = mutation.path
    if source == ".":
        name = mutation.numbers.choice([mutation.path, "true values"])
        if name != mutation.path and name not in mutation.file:
            mutation.file[name] = values
    layout = h5py.VirtualLayout(shape=shape, dtype=kind)
    layout[...] = h5py.VirtualSource(source, name, shape=shape)
    mutation.file.create_virtual_dataset(mutation.path, layout)
    return REFUSED


STORAGE = [
    chunked, chunked, filtered, filtered, gzip_at_level, other_filter, other_filter, compact, huge_chunked, huge_contiguous,
    huge_with_one_chunk, huge_chunk, bomb, honest_bomb, raw_chunk, raw_chunk, never_written, partly_written, in_other_file, virtual,
]
