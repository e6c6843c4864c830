"""Our side of the comparison: all that knows what har-train and har-bench take and write. Standard library only."""

import csv
import os
import tempfile
import time
from pathlib import Path

from measured_process import run_measured
from registry import F32


def train(arguments, model, threads, precision):
    """One run of har-train, measured as a peer measures itself: seconds an epoch are read from `metrics.csv`, the first
    epoch left out as warm-up; start-up ends with `config.json`, written when the first epoch is about to start."""
    with tempfile.TemporaryDirectory() as folder:
        command = [arguments.har_train, "--data", arguments.data, "--model", model, "--threads", threads]
        command += ["--repeats", 1, "--epochs", arguments.epochs + 1, "--output", f"{folder}/run"]
        if precision != F32:
            command += ["--precision", precision]
        launched = time.time()
        process = run_measured(command, threads, arguments.timeout)
        startup = os.stat(f"{folder}/run/config.json").st_mtime - launched
        rows = _read_csv(f"{folder}/run/metrics.csv")
    return {
        "seconds_per_epoch": [float(row["seconds"]) for row in rows[1:]],
        "peak_memory_mb": process.peak_memory_mb,
        "startup_seconds": startup,
        "final_loss": float(rows[-1]["loss"]),
    }


def save_trained(arguments, model, folder):
    """Trains for an epoch, on all cores. Returns the model file and a CSV file of its probabilities for the test
    windows, so that peers can be given the same weights and held against the same results."""
    run, expected = Path(folder) / model, Path(folder) / f"{model}.csv"
    cores = os.cpu_count()
    command = [arguments.har_train, "--data", arguments.data, "--model", model]
    run_measured([*command, "--repeats", 1, "--epochs", 1, "--output", run], cores, arguments.timeout)
    weights = run / "model-01.h5"
    command = [arguments.har_train, "predict", "--model-file", weights, "--data", arguments.data, "--output", expected]
    run_measured(command, cores, arguments.timeout)
    return weights, expected


def predict(arguments, model, precision):
    """One run of `har-bench predict` on a thread."""
    with tempfile.TemporaryDirectory() as folder:
        command = [arguments.har_bench, "predict", "--data", arguments.data, "--model", model, "--threads", 1]
        if precision != F32:
            command += ["--precision", precision]
        process = run_measured([*command, "--csv", f"{folder}/predict.csv"], 1, arguments.timeout)
        row = _read_csv(f"{folder}/predict.csv")[0]
    return {
        "window_microseconds": float(row["median_us"]),
        "windows_per_second": float(row["windows_per_second"]),
        "peak_memory_mb": process.peak_memory_mb,
    }


def _read_csv(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))
