"""Changes to structured mutants: values, shapes and attributes."""

import json

import h5py
import numpy

from expectations import EITHER, REFUSED, SAME
from structured_mutants import FEATURES, LABELS, WEIGHTS, Mutation
from text_mutants import damaged_json, damaged_text

# Without these, or with other values of theirs, no store and no model can be used.
JSON_ATTRIBUTES = ["model_config", "training_config"]
UNUSED_ATTRIBUTES = ["writer_name", "writer_version", "har_seed", "har_repeat", "training_config"]


def not_finite(mutation: Mutation) -> str:
    values = mutation.file[mutation.path][()].astype("f4")
    place = tuple(mutation.numbers.randrange(extent) for extent in values.shape)
    values[place] = mutation.numbers.choice([numpy.nan, numpy.inf, -numpy.inf])
    mutation.replace(data=values)
    return REFUSED


def too_large_for_float32(mutation: Mutation) -> str:
    values = mutation.file[mutation.path][()].astype("f8")
    values[(0,) * values.ndim] = mutation.numbers.choice([1e39, -1e300, 1.8e308 / 1.0001])
    mutation.replace(data=values)
    return REFUSED


def extreme_numbers(mutation: Mutation) -> str:
    if mutation.holds_whole_numbers:
        return out_of_range(mutation)
    values = mutation.file[mutation.path][()]
    values[...] = mutation.numbers.choice([3.4e38, -3.4e38, 1e-45, 0, -0.0, 1e30])
    mutation.replace(data=values)
    return EITHER


def out_of_range(mutation: Mutation) -> str:
    if not mutation.holds_whole_numbers:
        return not_finite(mutation)
    values = mutation.file[mutation.path][()].astype("i8")
    bad = [-1, 256, 300, 1 << 32, -(1 << 63)] + ([6, 255] if mutation.role == LABELS else [])
    values[mutation.numbers.randrange(len(values))] = mutation.numbers.choice(bad)
    mutation.replace(data=values)
    return REFUSED


def other_subjects(mutation: Mutation) -> str:
    path = mutation.path.rpartition("/")[0] + "/subject"
    if mutation.role == WEIGHTS:
        return extreme_numbers(mutation)
    mutation.file[path][0] = mutation.numbers.choice([0, 255])
    # Predictions name the person.
    return EITHER


def other_rank(mutation: Mutation) -> str:
    values = mutation.file[mutation.path][()]
    match mutation.numbers.choice(["flat", "more", "many", "scalar", "null"]):
        case "flat" if values.ndim > 1:
            mutation.replace(data=values.reshape(-1))
        case "more":
            mutation.replace(data=values.reshape((1, *values.shape)))
        case "many":
            mutation.replace(data=values.reshape((*values.shape, *[1] * (32 - values.ndim))))
        case "null":
            mutation.replace(data=h5py.Empty(values.dtype))
        case _:
            mutation.replace(data=values.reshape(-1)[0])
    return REFUSED


def other_extent(mutation: Mutation) -> str:
    values = mutation.file[mutation.path][()]
    axis = mutation.numbers.randrange(values.ndim)
    match mutation.numbers.choice(["less", "more", "none", "turned"]):
        case "less":
            mutation.replace(data=numpy.delete(values, 0, axis))
        case "more":
            mutation.replace(data=numpy.concatenate([values, values], axis))
        case "none":
            shape = list(values.shape)
            shape[axis] = 0
            mutation.replace(tuple(shape), dtype=values.dtype)
        case _:
            if values.T.shape == values.shape:
                return SAME
            mutation.replace(data=values.T.copy())
    # A split of one window less, say, is refused for its labels; another number of time steps fits no model.
    return REFUSED


def empty_split(mutation: Mutation) -> str:
    if mutation.role == WEIGHTS:
        return other_extent(mutation)
    group = mutation.file[mutation.path.rpartition("/")[0]]
    for name in ("X", "y", "subject"):
        shape, kind = group[name].shape, group[name].dtype
        del group[name]
        group.create_dataset(name, (0, *shape[1:]), dtype=kind)
    return REFUSED


def holders_with_attributes(mutation: Mutation) -> list:
    holders = [mutation.file]
    mutation.file.visititems(lambda _, item: holders.append(item) if len(item.attrs) else None)
    return holders


def some_attribute(mutation: Mutation):
    holder = mutation.numbers.choice(holders_with_attributes(mutation))
    return holder, mutation.numbers.choice(list(holder.attrs))


def attribute_missing(mutation: Mutation) -> str:
    holder, name = some_attribute(mutation)
    del holder.attrs[name]
    is_needed = name not in UNUSED_ATTRIBUTES and name not in ("keras_version", "backend", "DIMENSION_LABELS", "har_scaling")
    if name == "weight_names" and holder.name.endswith(("dropout", "top_level_model_weights")):
        return EITHER
    return REFUSED if is_needed else EITHER if name == "keras_version" else SAME


ATTRIBUTE_VALUES = [
    0, 1, 2, -1, 1.5, float("nan"), 1 << 63, True, "", "x", "é", "x" * 70000, b"caf\xe9", numpy.bytes_(b"full"), numpy.array([b"a", b"bc"], "S2"),
    ["a", "a"], ["a"] * 300, [], [1, 2, 3], numpy.zeros((3, 3)), numpy.float32(50), numpy.uint8(1), numpy.int64(1), numpy.void(b"\0" * 8), "a\nb\x1b[2J",
    "\x01\x02", "x" * (1 << 20), "Infinity", "[" * 3000, "{}", '{"class_name": "Sequential", "config": {"layers": []}}', numpy.complex64(1),
]


def attribute_replaced(mutation: Mutation) -> str:
    holder, name = some_attribute(mutation)
    if mutation.numbers.random() < 0.1:
        value = h5py.Empty(mutation.numbers.choice(["f4", "S10"]))
    else:
        value = mutation.numbers.choice(ATTRIBUTE_VALUES)
    del holder.attrs[name]
    holder.attrs[name] = value
    return EITHER


def attribute_text_changed(mutation: Mutation) -> str:
    """One value in the JSON of a model, or letters of any other text."""
    if "model_config" in mutation.file.attrs:
        text = mutation.file.attrs["model_config"]
        if mutation.numbers.random() < 0.8:
            text = damaged_json(text, mutation.numbers, [])
        else:
            text = damaged_text(text.encode(), mutation.numbers, []).replace(b"\0", b"").decode(errors="replace")
        del mutation.file.attrs["model_config"]
        mutation.file.attrs["model_config"] = text
        return EITHER
    holder, name = some_attribute(mutation)
    if isinstance(holder.attrs[name], str):
        holder.attrs[name] = damaged_text(holder.attrs[name].encode(), mutation.numbers, []).replace(b"\0", b"").decode(errors="replace")
    return EITHER


def attribute_as_fixed_string(mutation: Mutation) -> str:
    holder, name = some_attribute(mutation)
    value = holder.attrs[name]
    if isinstance(value, str):
        holder.attrs.create(name, value.encode(), dtype=f"S{len(value.encode()) + mutation.numbers.choice([0, 1, 9])}")
    elif isinstance(value, numpy.ndarray) and value.dtype == object:
        holder.attrs.create(name, numpy.array([text.encode() for text in value]))
    return SAME


def attribute_of_other_number_type(mutation: Mutation) -> str:
    names = [name for name in ("schema_version", "synthetic") if name in mutation.file.attrs]
    if names:
        kind = mutation.numbers.choice(["i1", "u1", "<i2", ">i4", "<u4", ">i8", "<u8"])
        name = mutation.numbers.choice(names)
        mutation.file.attrs[name] = numpy.array(mutation.file.attrs[name]).astype(kind)
    if "sampling_rate_hz" in mutation.file.attrs:
        mutation.file.attrs["sampling_rate_hz"] = numpy.array(50).astype(mutation.numbers.choice(["<f4", ">f8", "i4", "u1"]))
    return SAME


def attributes_more(mutation: Mutation) -> str:
    """Many, large and odd ones, of names that nobody asks for."""
    holder = mutation.numbers.choice(holders_with_attributes(mutation))
    match mutation.numbers.choice(["many", "large", "odd"]):
        case "many":
            for number in range(mutation.numbers.choice([10, 300])):
                holder.attrs[f"extra {number}"] = number
        case "large":
            holder.attrs["extra"] = numpy.zeros(mutation.numbers.choice([100, 16000, 1 << 18]), "f4")
        case _:
            holder.attrs["extra \n\x1b"] = mutation.numbers.choice(ATTRIBUTE_VALUES)
    return SAME


def list_changed(mutation: Mutation) -> str:
    """One name of a list twice, less, or another."""
    holders = [
        (holder, name) for holder in holders_with_attributes(mutation) for name, value in holder.attrs.items()
        if isinstance(value, numpy.ndarray) and value.dtype == object and len(value)]
    holder, name = mutation.numbers.choice(holders)
    values = list(holder.attrs[name])
    index = mutation.numbers.randrange(len(values))
    odd = mutation.numbers.choice(["", "x", "..", ".", "/", "/train", "../..", "x/" * 300, "lstm/../lstm", "é", "x" * 5000, "a b\n"])
    match mutation.numbers.choice(["twice", "less", "other", "turned", "none"]):
        case "twice":
            values.insert(index, values[index])
        case "less":
            del values[index]
        case "other":
            values[index] = odd
        case "turned":
            values.reverse()
        case _:
            values = []
    kind = h5py.string_dtype(mutation.numbers.choice(["utf-8", "ascii"])) if values else None
    holder.attrs.create(name, values, dtype=kind)
    return SAME if name == "DIMENSION_LABELS" else EITHER


def scaling(mutation: Mutation) -> str:
    """A scaling that is none, or not for these windows."""
    text = json.dumps({"method": mutation.numbers.choice(["standardize", "none", "x", "power"]), "mean": [0.0] * 9, "scale": [1.0] * 9})
    mutation.file.attrs["har_scaling"] = damaged_json(text, mutation.numbers, [])
    return EITHER if mutation.role == WEIGHTS else SAME


VALUES = [
    not_finite, too_large_for_float32, extreme_numbers, out_of_range, other_subjects, other_rank, other_extent, empty_split, attribute_missing,
    attribute_replaced, attribute_replaced, attribute_text_changed, attribute_text_changed, attribute_text_changed,
    attribute_as_fixed_string, attribute_of_other_number_type, attributes_more, list_changed, list_changed, scaling,
]
