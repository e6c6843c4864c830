"""Changes to structured mutants: the same numbers, or none, of other types."""

import h5py
import numpy

from expectations import EITHER, REFUSED, SAME
from structured_mutants import FEATURES, WEIGHTS, Mutation


def wide_float(mutation: Mutation) -> str:
    values = mutation.file[mutation.path][()]
    mutation.replace(data=values.astype(mutation.numbers.choice(["<f8", ">f8", ">f4", "<f4"])))
    return REFUSED if mutation.holds_whole_numbers else SAME


def half_float(mutation: Mutation) -> str:
    mutation.replace(data=mutation.file[mutation.path][()].astype(mutation.numbers.choice(["<f2", ">f2"])))
    return REFUSED if mutation.holds_whole_numbers else EITHER


def long_double(mutation: Mutation) -> str:
    mutation.replace(data=mutation.file[mutation.path][()].astype(numpy.longdouble))
    return REFUSED


def odd_float(mutation: Mutation) -> str:
    """A float with other bits than IEEE's."""
    values = mutation.file[mutation.path][()].astype("<f4")
    kind = h5py.h5t.IEEE_F32LE.copy()
    match mutation.numbers.choice(["fields", "precision", "bias", "size"]):
        case "fields":
            kind.set_fields(31, 20, 11, 0, 20)
        case "precision":
            kind.set_fields(23, 16, 7, 0, 16)
            kind.set_precision(24)
        case "bias":
            kind.set_ebias(mutation.numbers.choice([0, 1, 128, 100000]))
        case _:
            kind.set_size(8)
    attributes = dict(mutation.file[mutation.path].attrs)
    del mutation.file[mutation.path]
    links = h5py.h5p.create(h5py.h5p.LINK_CREATE)
    links.set_create_intermediate_group(True)
    space = h5py.h5s.create_simple(values.shape)
    h5py.h5d.create(mutation.file.id, mutation.path.encode(), kind, space, lcpl=links).write(h5py.h5s.ALL, h5py.h5s.ALL, values)
    for name, value in attributes.items():
        mutation.file[mutation.path].attrs[name] = value
    return REFUSED


def whole_numbers(mutation: Mutation) -> str:
    values = mutation.file[mutation.path][()]
    kind = mutation.numbers.choice(["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"])
    mutation.replace(data=values.astype("i8").astype(mutation.numbers.choice("<>") + kind))
    if mutation.role == FEATURES:
        return REFUSED
    return EITHER if mutation.role == WEIGHTS else SAME


def truth_values(mutation: Mutation) -> str:
    """An enumeration, as h5py stores them."""
    mutation.replace(data=mutation.file[mutation.path][()] > 0)
    return REFUSED


def enumeration(mutation: Mutation) -> str:
    values = mutation.file[mutation.path][()].astype("i4")
    kind = h5py.enum_dtype({f"V{number}": number for number in range(mutation.numbers.choice([1, 300]))}, basetype="i4")
    mutation.replace(data=values, dtype=kind)
    return REFUSED


def compound(mutation: Mutation) -> str:
    values = mutation.file[mutation.path][()]
    made = numpy.zeros(values.shape, [("r", values.dtype), ("i", values.dtype)])
    made["r"] = values
    mutation.replace(data=made)
    return REFUSED


def nested_compound(mutation: Mutation) -> str:
    kind = numpy.dtype("f4")
    for depth in range(mutation.numbers.choice([2, 30])):
        kind = numpy.dtype([(f"level{depth}", kind)])
    mutation.replace(mutation.file[mutation.path].shape, dtype=kind)
    return REFUSED


def complex_numbers(mutation: Mutation) -> str:
    mutation.replace(data=mutation.file[mutation.path][()].astype("c8"))
    return REFUSED


def opaque(mutation: Mutation) -> str:
    shape = mutation.file[mutation.path].shape
    mutation.replace(data=numpy.zeros(shape, f"V{mutation.numbers.choice([1, 4, 100])}"))
    return REFUSED


def references(mutation: Mutation) -> str:
    shape = mutation.file[mutation.path].shape
    kind = mutation.numbers.choice([h5py.ref_dtype, h5py.regionref_dtype])
    dataset = mutation.replace(shape, dtype=kind)
    if kind == h5py.ref_dtype:
        dataset[(0,) * len(shape)] = mutation.file.ref
    return REFUSED


def ragged(mutation: Mutation) -> str:
    shape = mutation.file[mutation.path].shape
    dataset = mutation.replace(shape, dtype=h5py.vlen_dtype(numpy.dtype("f4")))
    dataset[(0,) * len(shape)] = numpy.zeros(5, "f4")
    return REFUSED


def arrays(mutation: Mutation) -> str:
    """Elements that are arrays themselves: the last dimension goes into the type."""
    shape = mutation.file[mutation.path].shape
    mutation.replace(shape[:-1], dtype=numpy.dtype(("f4", shape[-1:])))
    return REFUSED


def variable_strings(mutation: Mutation) -> str:
    dataset = mutation.file[mutation.path]
    shape = dataset.shape
    dataset = mutation.replace(shape, dtype=h5py.string_dtype(mutation.numbers.choice(["utf-8", "ascii"])))
    if mutation.numbers.random() < 0.5:
        dataset[(0,) * len(shape)] = mutation.numbers.choice(["1", "", "é" * 10000, "0.5"])
    return REFUSED


def fixed_strings(mutation: Mutation) -> str:
    shape = mutation.file[mutation.path].shape
    text = mutation.numbers.choice([b"1", b"0.5", b"", b"full", b"caf\xe9"])
    mutation.replace(data=numpy.full(shape, text, f"S{mutation.numbers.choice([1, 4, 300])}"))
    return REFUSED


def named_type(mutation: Mutation) -> str:
    """A type that is an object of the file."""
    values = mutation.file[mutation.path][()]
    mutation.file["a type"] = values.dtype
    if mutation.numbers.random() < 0.3:
        del mutation.file[mutation.path]
        mutation.file[mutation.path] = values.dtype
        return REFUSED
    mutation.replace(data=values, dtype=mutation.file["a type"])
    return SAME


TYPES = [
    wide_float, wide_float, half_float, long_double, odd_float, whole_numbers, whole_numbers, truth_values, enumeration, compound,
    nested_compound, complex_numbers, opaque, references, ragged, arrays, variable_strings, fixed_strings, named_type,
]
