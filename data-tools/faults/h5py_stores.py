"""Stores as other programs may have written them: a good one, made anew by h5py with other values or in another form."""

from condition import Skip

try:
    import h5py
    import numpy
except ImportError:
    h5py = None

DATASETS = [f"{split}/{name}" for split in ("train", "test") for name in ("X", "y", "subject")]


def require_h5py():
    if h5py is None:
        raise Skip("needs a Python with h5py and numpy")


def values(store):
    """A store's datasets and its attributes."""
    with h5py.File(store) as file:
        return {name: file[name][...] for name in DATASETS}, dict(file.attrs)


def write(path, datasets, attributes, file_options=None, options=None, change_attribute=None):
    """Writes a store; `options` gives each dataset's, by its last name (X, y, subject), "*" being for all."""
    with h5py.File(path, "w", **(file_options or {})) as file:
        for name, value in attributes.items():
            file.attrs[name] = change_attribute(value) if change_attribute else value
        for name, data in datasets.items():
            chosen = (options or {}).get("*", {}) | (options or {}).get(name.split("/")[1], {})
            file.create_dataset(name, data=data, **chosen)


def changed(datasets, **conversions):
    """The datasets with those named X, y or subject of another type."""
    return {name: data.astype(conversions.get(name.split("/")[1], data.dtype)) for name, data in datasets.items()}


def selected(datasets, train, test):
    """The datasets with some windows alone: `train` and `test` choose by the split's labels."""
    masks = {"train": train(datasets["train/y"]), "test": test(datasets["test/y"])}
    return {name: data[masks[name.split("/")[0]]] for name, data in datasets.items()}


def forms(datasets, attributes):
    """Forms that hold the same values: name -> what `write` is told, and whether it may be refused (None: it must not, else what
    the error says)."""
    many = len(datasets["train/X"]), *datasets["train/X"].shape[1:]
    forms = {"libver earliest": ({"file_options": {"libver": "earliest"}}, None)}
    # What the format of a later libhdf5 may hold an earlier one can't know.
    for version, refusal in (("v108", None), ("v110", None), ("v112", ""), ("v114", ""), ("v200", ""), ("latest", "")):
        for libver in (version, ("earliest", version)):
            forms[f"libver {libver}"] = ({"file_options": {"libver": libver}}, refusal)
    for chunks in ((1, 128, 9), (7, 13, 2), (3, 128, 1), (64, 128, 9)):
        forms[f"chunks {chunks}"] = ({"options": {"X": {"chunks": chunks}}}, None)
    forms[f"one chunk {many}"] = ({"options": {"X": {"chunks": True, "maxshape": (None, None, None)}}}, None)
    for level in (1, 9):
        forms[f"gzip {level}"] = ({"options": {"*": {"compression": "gzip", "compression_opts": level}}}, None)
    forms["shuffle"] = ({"options": {"*": {"shuffle": True}}}, None)
    forms["fletcher32"] = ({"options": {"*": {"fletcher32": True}}}, None)
    forms["shuffle, gzip, fletcher32"] = (
        {"options": {"*": {"shuffle": True, "fletcher32": True, "compression": "gzip"}}}, None)
    forms["shuffle, gzip, fletcher32, libver v110"] = (
        {"options": {"*": {"shuffle": True, "fletcher32": True, "compression": "gzip"}},
         "file_options": {"libver": ("v110", "v110")}}, None)
    forms["lzf"] = ({"options": {"X": {"compression": "lzf"}}}, "filter")
    forms["lzf labels"] = ({"options": {"y": {"compression": "lzf"}}}, "filter")
    forms["scale-offset labels"] = ({"options": {"y": {"scaleoffset": 0}}}, "filter")
    if "szip" in h5py.filters.encode:
        forms["szip"] = ({"options": {"X": {"compression": "szip"}}}, "filter")
    for kind in (">f4", "<f8", ">f8"):
        forms[f"readings {kind}"] = ({"datasets": changed(datasets, X=kind)}, None)
    for kind in ("i1", "<i2", ">i2", "<u2", "<i4", ">u4", "<i8", ">i8", "<u8"):
        forms[f"labels and people {kind}"] = ({"datasets": changed(datasets, y=kind, subject=kind)}, None)
    forms["labels <f4"] = ({"datasets": changed(datasets, y="<f4")}, "expected uint8")
    forms["readings <i4"] = ({"datasets": changed(datasets, X="<i4")}, "expected float32")
    forms["user block"] = ({"file_options": {"userblock_size": 512}}, None)
    forms["order tracked"] = ({"file_options": {"track_order": True}}, None)
    forms["paged file space"] = ({"file_options": {"fs_strategy": "page", "fs_page_size": 4096}}, None)
    forms["names of fixed length"] = (
        {"change_attribute": lambda value: numpy.array([name.encode() for name in value])
         if getattr(value, "dtype", None) == object else value}, None)
    return {
        name: ({"datasets": datasets, "attributes": attributes} | told, refusal)
        for name, (told, refusal) in forms.items()
    }
