"""Stores of unusual form or with unusual windows. They are made by h5py from a good one."""

import csv
import io
import json
import math

import h5py_stores
from condition import condition, models, require_all, require_refused, search, training, undisturbed_models
from harness import require, require_clear_error, run, succeed

SMALL = ["--units", "4", "--dense-units", "4", "--filters", "4", "--epochs", "2"]


def train_on(programs, folder, name, told, refusal, expected):
    """Trains on a store in some form, and holds the models against those of the plain store."""
    store, output = folder / f"{name.replace(' ', '-')}.h5", folder / f"run {name}"
    h5py_stores.write(store, **told)
    command = training(programs, store, output)
    if refusal is not None:
        result = run(command)
        if result.returncode != 0:
            return require_clear_error(result, [65], [refusal])
        # Only a form that depends on libhdf5's version may be read or not.
        require(refusal == "", "read, though it should be refused")
    else:
        succeed(command)
    require(models(output) == expected, "the models differ from the plain store's")


@condition("stores in other forms, same values")
def other_forms(programs, folder):
    h5py_stores.require_h5py()
    plain = programs.make_store(300)[1]
    expected = undisturbed_models(programs, folder, plain)
    forms = h5py_stores.forms(*h5py_stores.values(plain))
    require_all(
        (name, lambda name=name, told=told, refusal=refusal: train_on(programs, folder, name, told, refusal, expected))
        for name, (told, refusal) in forms.items())
    refused = sum(not (folder / f"run {name}").exists() for name in forms)
    return f"{len(forms)} forms: {len(forms) - refused} read rightly, {refused} refused"


@condition("store of float16")
def half_precision(programs, folder):
    h5py_stores.require_h5py()
    datasets, attributes = h5py_stores.values(programs.make_store(300)[1])
    half = h5py_stores.changed(datasets, X="<f2")
    for name, told in (("half", half), ("rounded", h5py_stores.changed(half, X="<f4"))):
        h5py_stores.write(folder / f"{name}.h5", told, attributes)
        succeed(training(programs, folder / f"{name}.h5", folder / name))
    require(models(folder / "half") == models(folder / "rounded"), "the models differ from those of the same values as float32")
    require(models(folder / "half") != undisturbed_models(programs, folder, programs.make_store(300)[1]),
            "rounding changed nothing: the check is void")
    return "same models as from float32 of the same values"


def require_finite(value, where):
    """No number in a JSON value is none."""
    if isinstance(value, dict):
        for key, part in value.items():
            require_finite(part, f"{where} {key}")
    elif isinstance(value, list):
        for part in value:
            require_finite(part, where)
    elif isinstance(value, float):
        require(math.isfinite(value), f"{where} is {value}")


def use(programs, folder, store, name, windows, *options):
    """Trains, evaluates and predicts with each network; all numbers must be numbers, and all threads agree."""
    for model in ("lstm", "cnn-lstm", "conv-lstm"):
        network = [option for option in SMALL]
        for unfit in {"lstm": ["--filters"], "conv-lstm": ["--units"]}.get(model, []):
            at = network.index(unfit)
            del network[at:at + 2]
        found = []
        for threads in (1, 2, 5):
            output = folder / f"{name}-{model}-{threads}"
            succeed(training(programs, store, output, "--model", model, "--threads", threads, *options, network=network))
            found.append(models(output))
        require(len(found[0]) == 2 and all(other == found[0] for other in found), f"{model}: models differ over threads")
        scores = json.loads((output / "scores.json").read_text())
        require_finite(scores, f"{model}: scores")
        require(all(repeat["status"] == "finished" for repeat in scores["repeats"]), f"{model}: {scores['repeats']}")
        for split in ("train", "test"):
            on = ["--model-file", output / "model-01.h5", "--data", store, "--split", split]
            said = succeed([programs.train, "evaluate", *on])
            require("nan" not in said.stdout.lower() and said.stderr == "", f"{model}: {said.stdout}{said.stderr}")
            rows = list(csv.reader(io.StringIO(succeed([programs.train, "predict", *on]).stdout)))[1:]
            require(len(rows) == windows[split], f"{model}: {len(rows)} predictions, expected {windows[split]}")
            require(all(abs(sum(map(float, row[7:])) - 1) < 1e-5 for row in rows), f"{model}: probabilities don't add up to 1")


def use_selection(programs, folder, name, train, test, *options):
    datasets, attributes = h5py_stores.values(programs.make_store(300)[1])
    chosen = h5py_stores.selected(datasets, train, test)
    windows = {split: len(chosen[f"{split}/y"]) for split in ("train", "test")}
    require(all(windows.values()), f"no windows are left: {windows}")
    store = folder / f"{name}.h5"
    h5py_stores.write(store, chosen, attributes)
    use(programs, folder, store, name, windows, *options)
    return store


def first(labels):
    return [0]


def every(labels):
    return labels >= 0


@condition("store with one window per split")
def one_window(programs, folder):
    h5py_stores.require_h5py()
    scalings = ["none", "standardize", "normalize", "robust", "power"]
    for scale in scalings:
        store = use_selection(programs, folder, f"one-{scale}", first, first, "--scale", scale)
    require_refused(search(programs, folder, store, folder / "search"), folder, [65], ["folds"])
    command = training(programs, store, folder / "all-held-out", "--validation-subjects", "1,2,3,4,5,6,7,8,9,10,11,12")
    require_refused(command, folder, [64, 65])
    return f"trained, evaluated and predicted with {len(scalings)} scalings; a search is refused"


@condition("activity that never occurs")
def missing_activity(programs, folder):
    h5py_stores.require_h5py()

    def without(label):
        return lambda labels: labels != label

    def only(label):
        return lambda labels: labels == label

    cases = {
        "train": (without(2), every), "test": (every, without(2)), "both": (without(5), without(5)),
        "train-has-one": (only(1), every), "test-has-one": (every, only(1)), "nothing-in-common": (only(0), only(3))}
    require_all(
        (name, lambda name=name, case=case: use_selection(programs, folder, name, *case)) for name, case in cases.items())
    return f"{len(cases)} stores trained, evaluated and predicted"


@condition("batch larger than the dataset")
def large_batch(programs, folder):
    store = programs.make_store(300)[1]
    with_rows = {"train": None, "test": None}
    for split in with_rows:
        model = next(iter(undisturbed_models(programs, folder, store)))
        rows = succeed([programs.train, "predict", "--model-file", folder / "undisturbed" / model, "--data", store, "--split", split])
        with_rows[split] = len(rows.stdout.splitlines()) - 1
    sizes = [with_rows["train"], with_rows["train"] + 1, 1000, 4096]
    for size in sizes:
        use(programs, folder, store, f"batch-{size}", with_rows, "--batch-size", size)
    large = models(folder / f"batch-{sizes[0]}-lstm-1")["model-01.h5"]
    require(large != undisturbed_models(programs, folder, store)["model-01.h5"],
            "the batch changed nothing: the check is void")
    return f"same models over threads with batches of {', '.join(map(str, sizes))}"
