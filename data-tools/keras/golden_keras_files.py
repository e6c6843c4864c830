"""Model files that Keras itself saved, shrunken, and the configs it writes for the full-size networks."""

import json

import h5py
import keras
import numpy as np

from golden_files import create_golden_file, random_numbers, write_array, write_json
from har_models import MODEL_NAMES, ModelSizes, build_model, compile_model

WINDOWS = 4
SHRUNKEN = {"units": 12, "filters": 8, "dense": 10}
VARIATIONS = {
    "lstm-2": ModelSizes("lstm", layers=2, **SHRUNKEN),
    "lstm-gru": ModelSizes("lstm", cell="gru", **SHRUNKEN),
    "lstm-2-bidirectional": ModelSizes("lstm", layers=2, bidirectional=True, **SHRUNKEN),
    "cnn-lstm-2-bidirectional-gru": ModelSizes("cnn-lstm", layers=2, bidirectional=True, cell="gru", **SHRUNKEN),
}


def write_keras_files(folder):
    """`keras-NAME.h5` for each network and some variations, and with windows and what Keras predicts for them `kerasfiles.h5` and
    `kerasfiles-extended.h5`; `keras-mixed.h5`, whose layers have the policy mixed_bfloat16, with `kerasfiles-mixed.h5`."""
    _write_cases(folder, "kerasfiles.h5", {name: ModelSizes(name, **SHRUNKEN) for name in MODEL_NAMES})
    _write_cases(folder, "kerasfiles-extended.h5", VARIATIONS)
    _write_cases(folder, "kerasfiles-mixed.h5", {"mixed": ModelSizes("cnn-lstm", **SHRUNKEN)}, "mixed_bfloat16")


def _write_cases(folder, file_name, cases, policy="float32"):
    with create_golden_file(folder / file_name) as file:
        for name, sizes in cases.items():
            group = file.create_group(name)
            write_json(group, "config", sizes.as_dict())
            group.attrs["file"] = f"keras-{name}.h5"
            windows = random_numbers(f"kerasfiles-{name}").normal(size=(WINDOWS, sizes.steps, sizes.channels))
            model = _trained_model(sizes, windows, policy)
            model.save(folder / f"keras-{name}.h5")
            write_array(group, "input", windows)
            write_array(group, "predictions", model(sizes.shaped(windows.astype("f")), training=False))


def write_configs(folder):
    """The attributes `model_config` and `training_config` of full-size files, indented, for the Swift writer."""
    scratch = folder / "full-size.h5"
    for name in MODEL_NAMES:
        compile_model(build_model(ModelSizes(name))).save(scratch)
        with h5py.File(scratch) as file:
            _write_indented(folder / f"model_config-{name}.json", file.attrs["model_config"])
            _write_indented(folder / "training_config.json", file.attrs["training_config"])
    scratch.unlink()


def _trained_model(sizes, windows, policy):
    """A network after one step of `fit`, dropout on, so that the optimizer's moments are not zero."""
    keras.utils.set_random_seed(1)
    model = compile_model(build_model(sizes, policy))
    labels = np.arange(len(windows)) % sizes.classes
    targets = np.eye(sizes.classes, dtype="f")[labels]
    model.fit(sizes.shaped(windows.astype("f")), targets, batch_size=WINDOWS, shuffle=False, verbose=0)
    return model


def _write_indented(path, text):
    path.write_text(json.dumps(json.loads(text), indent=2) + "\n")
