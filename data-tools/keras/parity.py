"""Proves with the real Keras that model files travel both ways: what `har-train` saved opens in Keras and predicts the
same, and what Keras saved opens in `har-train`; and that our files are laid out as Keras lays out its own.

    python data-tools/keras/parity.py --har-train .build/release/har-train --data har.h5 --work runs/keras-parity

Makes the virtual environment `.venv-keras` for itself if Keras is not there. Prints a table; exits 1 on a failure.
"""

import argparse
import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

from environment import run_in_environment

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

TOLERANCE = 1e-5
FIT_WINDOWS = 320
# har-train's names of ConvLSTM2D's recurrent activations, and ours in har_models.py.
RECURRENT_ACTIVATION_FLAGS = {
    "sigmoid": "sigmoid",
    "hard-sigmoid": "keras2_hard_sigmoid",
    "keras3-hard-sigmoid": "hard_sigmoid",
}


# Networks with other recurrent layers than the tutorial's: (label, har_models.py's sizes).
VARIATIONS = (
    ("lstm gru", {"model": "lstm", "cell": "gru"}),
    ("lstm 2 bidirectional", {"model": "lstm", "layers": 2, "bidirectional": True, "units": 32}),
    ("lstm 2 bidirectional gru", {"model": "lstm", "layers": 2, "bidirectional": True, "cell": "gru", "units": 32}),
    (
        "cnn-lstm 2 bidirectional gru",
        {"model": "cnn-lstm", "layers": 2, "bidirectional": True, "cell": "gru", "units": 24, "filters": 16,
         "kernel_size": 5, "dropout": 0.25},
    ),
)  # fmt: skip


def har_train_options(sizes):
    """har-train's options for a network of these sizes."""
    options = ["--model", sizes.model, "--units", sizes.units, "--dropout", sizes.dropout]
    if sizes.model != "lstm":
        options += ["--filters", sizes.filters, "--kernel-size", sizes.kernel_size]
    if sizes.is_variation:
        options += ["--layers", sizes.layers, "--cell", sizes.cell]
    return [*options, "--bidirectional"] if sizes.bidirectional else options


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--har-train", type=Path, required=True, help="the har-train executable")
    parser.add_argument("--data", type=Path, required=True, help="an HDF5 store made by har-convert")
    parser.add_argument("--work", type=Path, required=True, help="a folder for model files and predictions")
    return parser.parse_args()


class Parity:
    """Runs the checks on one store and keeps the table's rows."""

    def __init__(self, har_train: Path, data: Path, work: Path):
        import h5py

        self.har_train, self.data, self.work = har_train.resolve(), data, work
        with h5py.File(data) as store:
            self.test_windows = store["test/X"][()]
            self.train_windows = store["train/X"][:FIT_WINDOWS]
            self.train_labels = store["train/y"][:FIT_WINDOWS]
        self.failures = 0

    def run_har_train(self, *arguments, kernels=None):
        command = [str(self.har_train), *map(str, arguments)]
        environment = {**os.environ, "HAR_KERNELS": kernels} if kernels else None
        result = subprocess.run(command, capture_output=True, text=True, env=environment)
        if result.returncode:
            raise RuntimeError(f"{' '.join(command)} exited with {result.returncode}:\n{result.stderr[-2000:]}")
        return result.stdout

    def ours_in_keras(self, model, flag):
        """A tutorial's network from har-train in Keras."""
        from har_models import ModelSizes

        name = model if model != "conv-lstm" else f"{model} {flag}"
        activation = ["--recurrent-activation", flag] if model == "conv-lstm" else []
        # Keras 3 has no name for Keras 2's function, so it has no file to compare with.
        typical = None
        if flag != "hard-sigmoid":
            typical = ModelSizes(model, recurrent_activation=RECURRENT_ACTIVATION_FLAGS[flag])
        self.trained_in_keras(name, ModelSizes(model), ["--model", model, *activation], typical)

    def variation_in_keras(self, label, sizes):
        """A network with other recurrent layers from har-train in Keras."""
        self.trained_in_keras(label, sizes, har_train_options(sizes), sizes)

    def trained_in_keras(self, name, sizes, options, typical):
        """Trains with har-train for one epoch; Keras opens the file and must predict what har-train predicts. The file is laid
        out as the one that Keras makes of the `typical` network, where there is one."""
        import keras

        from har_models import build_model, compile_model

        output = self.work / name.replace(" ", "-")
        shutil.rmtree(output, ignore_errors=True)
        self.run_har_train(
            *("--data", self.data, "--epochs", 1, "--repeats", 1, "--seed", 1),
            *("--output", output, "--keep", "all", *options),
        )
        file = output / "model-01.h5"
        loaded = keras.models.load_model(file)
        self.compare("har-train → Keras", name, file, sizes, loaded)
        again = self.work / f"{output.name}-saved-again.h5"
        loaded.save(again)
        self.compare("Keras → har-train", f"{name} saved again", again, sizes, loaded)
        if typical is not None:
            model = compile_model(build_model(typical))
            model.optimizer.build(model.trainable_variables)
            reference = self.work / f"layout-{output.name}.h5"
            model.save(reference)
            self.compare_layouts(name, reference, file)

    def mixed_in_keras(self, model):
        """A network that har-train trained in mixed precision: the same dtype policies and layout in Keras, and probabilities as near
        as bf16 allows, since Keras rounds all activations to it."""
        import keras
        import numpy as np

        from har_models import ModelSizes, build_model, compile_model

        sizes = ModelSizes(model)
        output = self.work / f"{model}-mixed"
        shutil.rmtree(output, ignore_errors=True)
        kernels = next(line.split()[1] for line in self.run_har_train("versions").splitlines() if line.startswith("kernels: "))
        self.run_har_train(
            *("--data", self.data, "--model", model, "--precision", "mixed", "--epochs", 1, "--repeats", 1, "--seed", 1),
            *("--output", output),
            kernels=kernels,
        )
        file = output / "model-01.h5"
        loaded = keras.models.load_model(file)
        policies = {layer.dtype_policy.name for layer in loaded.layers}
        table = self.work / f"{model}-mixed.csv"
        self.run_har_train("predict", "--model-file", file, "--data", self.data, "--output", table, "--overwrite")
        ours = read_probabilities(table)
        theirs = np.asarray(loaded.predict(sizes.shaped(self.test_windows), batch_size=256, verbose=0), dtype=np.float64)
        same = float((ours.argmax(axis=1) == theirs.argmax(axis=1)).mean())
        mean = float(np.abs(ours - theirs).mean())
        self.report(
            "har-train → Keras", f"{model} mixed", policies == {"mixed_bfloat16"} and same >= 0.98 and mean <= 0.01,
            f"{', '.join(sorted(policies))}; {100 * same:.2f} % of windows the same, mean |Δp| {mean:.1e}",
        )
        reference = compile_model(build_model(sizes, "mixed_bfloat16"))
        reference.optimizer.build(reference.trainable_variables)
        reference.save(self.work / f"layout-{model}-mixed.h5")
        self.compare_layouts(f"{model} mixed", self.work / f"layout-{model}-mixed.h5", file)

    def keras_in_ours(self, sizes, label):
        """Keras builds, fits for a few steps and saves; har-train must predict what Keras predicts."""
        import numpy as np

        from har_models import build_model, compile_model

        model = compile_model(build_model(sizes))
        targets = np.eye(sizes.classes, dtype=np.float32)[self.train_labels]
        model.fit(sizes.shaped(self.train_windows), targets, batch_size=64, verbose=0)
        file = self.work / f"keras-{label.replace(' ', '-')}.h5"
        model.save(file)
        self.compare("Keras → har-train", label, file, sizes, model)

    def compare(self, direction, label, file, sizes, keras_model):
        """Both predict the test windows from the same file."""
        import numpy as np

        table = self.work / f"{file.stem}-{label.replace(' ', '-')}.csv"
        self.run_har_train("predict", "--model-file", file, "--data", self.data, "--split", "test", "--output", table, "--overwrite")
        ours = read_probabilities(table)
        theirs = keras_model.predict(sizes.shaped(self.test_windows), batch_size=256, verbose=0)
        if ours.shape != theirs.shape:
            self.report(direction, label, False, f"{ours.shape} probabilities, in Keras {theirs.shape}")
            return
        largest = float(np.abs(ours - theirs).max())
        detail = f"max |Δp| {largest:.2e} over {len(ours)} windows"
        if largest > TOLERANCE:
            # Through two layers of 128 steps Keras's single precision itself is off by more; the truth is its double precision.
            exact = in_double_precision(keras_model).predict(
                sizes.shaped(self.test_windows).astype(np.float64), batch_size=256, verbose=0
            )
            rounding = float(np.abs(theirs - exact).max())
            largest = float(np.abs(ours - exact).max())
            detail += f"; from Keras in double precision {largest:.2e}, where Keras's single is off by {rounding:.2e}"
        self.report(direction, label, largest <= TOLERANCE, detail)

    def compare_layouts(self, label, reference, file):
        from model_file_layout import layout_differences

        found = layout_differences(reference, file)
        self.report("layout as Keras'", label, not found, f"{len(found)} differences" if found else "same")
        for difference in found:
            print(f"{'':8}{difference}")

    def report(self, check, label, passed, detail):
        self.failures += not passed
        print(f"{'ok' if passed else 'FAILED':<8}{check:<20}{label:<32}{detail}", flush=True)

    def attempt(self, check, label, action):
        """Runs one check; an exception is a failed row, and the others still run."""
        try:
            action()
        except Exception as error:
            self.report(check, label, False, f"{type(error).__name__}: {error}")


def in_double_precision(model):
    """The same network with the same weights, computed in float64."""
    import json

    import keras

    config = json.loads(json.dumps(model.get_config()).replace('"float32"', '"float64"'))
    former = keras.config.floatx()
    keras.config.set_floatx("float64")
    try:
        double = keras.Sequential.from_config(config)
        double.set_weights([weights.astype("float64") for weights in model.get_weights()])
    finally:
        keras.config.set_floatx(former)
    return double


def read_probabilities(path: Path):
    """The six probability columns of a predictions file, after checking its header and its `predicted_activity` column."""
    import numpy as np

    with open(path, newline="") as file:
        header, *rows = csv.reader(file)
    if header[5:7] != ["predicted_activity", "predicted"] or len(header) != 13:
        raise ValueError(f"{path}: unexpected header {','.join(header)}")
    probabilities = np.array([row[7:] for row in rows], dtype=np.float64)
    named = [header[7 + column] for column in probabilities.argmax(axis=1)]
    wrong = [row[1] for row, activity in zip(rows, named) if row[5] != activity]
    if wrong:
        raise ValueError(f"{path}: window {wrong[0]} is not named by its largest probability")
    return probabilities


def main() -> int:
    arguments = parse_arguments()
    run_in_environment(".venv-keras", "requirements-keras.txt", ("keras", "tensorflow", "h5py"))
    from har_models import MODEL_NAMES, ModelSizes

    arguments.work.mkdir(parents=True, exist_ok=True)
    parity = Parity(arguments.har_train, arguments.data, arguments.work)
    for model in MODEL_NAMES:
        for flag in RECURRENT_ACTIVATION_FLAGS if model == "conv-lstm" else ("sigmoid",):
            parity.attempt("har-train → Keras", f"{model} {flag}", lambda: parity.ours_in_keras(model, flag))
        parity.attempt("har-train → Keras", f"{model} mixed", lambda: parity.mixed_in_keras(model))
    for label, fields in VARIATIONS:
        sizes = ModelSizes(**fields)
        parity.attempt("har-train → Keras", label, lambda: parity.variation_in_keras(label, sizes))
        parity.attempt("Keras → har-train", label, lambda: parity.keras_in_ours(sizes, label))
    for model in MODEL_NAMES:
        for label, sizes in (
            (model, ModelSizes(model)),
            (f"{model} changed sizes", ModelSizes(model, units=64, dense=50, filters=32)),
        ):
            parity.attempt("Keras → har-train", label, lambda: parity.keras_in_ours(sizes, label))
    for label, activation in (("conv-lstm hard_sigmoid", "hard_sigmoid"), ("conv-lstm keras2", "keras2_hard_sigmoid")):
        sizes = ModelSizes("conv-lstm", filters=16, recurrent_activation=activation)
        parity.attempt("Keras → har-train", label, lambda: parity.keras_in_ours(sizes, label))
    print(f"{parity.failures} failed" if parity.failures else "all passed")
    return 1 if parity.failures else 0


if __name__ == "__main__":
    sys.exit(main())
