"""How a whole-model `.h5` file is laid out, and where one differs from another of the same architecture."""

import json

import h5py

JSON_ATTRIBUTES = ("model_config", "training_config")
# What may differ between two files that mean the same: the number of the version that wrote them.
FREE_ATTRIBUTES = ("keras_version",)
# Attributes of our own (seed, repeat), of which Keras takes no notice.
OWN_PREFIX = "har_"


def layout_differences(expected_path, actual_path) -> list[str]:
    """What `actual_path` has other than `expected_path`, which Keras wrote: groups, datasets with their shapes and
    types, attributes with their types and values, the two configs as JSON. Weights' values are not compared, and
    optimizer weights only if the file has any: Keras loads a model without them."""
    with h5py.File(expected_path) as expected, h5py.File(actual_path) as actual:
        with_optimizer = "optimizer_weights" in actual
        first, second = _layout(expected, with_optimizer), _layout(actual, with_optimizer)
    found = []
    for key in sorted({*first, *second}):
        if key not in second:
            found.append(f"{key}: missing")
        elif key not in first:
            found.append(f"{key}: not written by Keras")
        elif first[key] != second[key]:
            found += _explain(key, first[key], second[key])
    return found


def _layout(file, with_optimizer):
    """Path → description of every object, and path@name → type and value of every attribute."""
    layout = {}

    def describe(name, item):
        if name.startswith("optimizer_weights") and not with_optimizer:
            return
        layout[name] = (item.shape, str(item.dtype)) if isinstance(item, h5py.Dataset) else "group"
        for attribute in item.attrs:
            if attribute.startswith(OWN_PREFIX):
                continue
            layout[f"{name}@{attribute}"] = _describe_attribute(item, attribute)

    describe("/", file)
    file.visititems(describe)
    return layout


def _describe_attribute(item, name):
    kind = item.attrs.get_id(name).get_type()
    if isinstance(kind, h5py.h5t.TypeStringID):
        kind_name = "variable-length string" if kind.is_variable_str() else "fixed-length string"
    else:
        kind_name = str(kind.dtype)
    value = item.attrs[name]
    if name in JSON_ATTRIBUTES:
        return kind_name, json.loads(value)
    if name in FREE_ATTRIBUTES:
        return kind_name, None
    if hasattr(value, "shape"):
        value = [text.decode() if isinstance(text, bytes) else text for text in value.tolist()]
    return kind_name, value.decode() if isinstance(value, bytes) else value


def _explain(key, expected, actual):
    if key.rpartition("@")[2] in JSON_ATTRIBUTES and expected[0] == actual[0]:
        return [f"{key}: {difference}" for difference in _json_differences("", expected[1], actual[1])]
    return [f"{key}: {actual}, by Keras {expected}"]


def _json_differences(path, expected, actual):
    """The places, as paths, where two JSON values differ."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        missing = object()
        return [
            difference
            for key in {**expected, **actual}
            for difference in _json_differences(f"{path}/{key}", expected.get(key, missing), actual.get(key, missing))
        ]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [
            difference
            for index, pair in enumerate(zip(expected, actual))
            for difference in _json_differences(f"{path}/{index}", *pair)
        ]
    if expected == actual:
        return []
    if not isinstance(expected, (dict, list, str, int, float, type(None))):
        return [f"{path} is not written by Keras"]
    if not isinstance(actual, (dict, list, str, int, float, type(None))):
        return [f"{path} is missing"]
    return [f"{path} is {json.dumps(actual)}, by Keras {json.dumps(expected)}"]
