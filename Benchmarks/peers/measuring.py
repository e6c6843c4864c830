"""What every peer's script does alike: arguments, thread limits, the store, timing, and one JSON line at the end.

Imported before any framework, because the limits must stand before the frameworks size their thread pools.
"""

import argparse
import json
import os
import resource
import sys
import time
from pathlib import Path

from registry import MODELS

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "data-tools" / "keras"))

BATCH_SIZE = 64


def parse_arguments(description, add_options=None):
    """The arguments that all scripts have, and those that `add_options` adds to the parser."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", required=True, help="an HDF5 store made by har-convert")
    parser.add_argument("--model", required=True, choices=MODELS)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=3, help="measured epochs a repetition")
    parser.add_argument("--repetitions", type=int, default=1, help="how often that many epochs are measured")
    if add_options:
        add_options(parser)
    return parser.parse_args()


def limit_threads(count):
    """Pins the process to `count` of its cores, where the system can, and tells the libraries that read variables."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        if count > len(cores):
            sys.exit(f"{count} threads asked for, {len(cores)} cores at hand: that would not be a measurement")
        os.sched_setaffinity(0, cores[:count])
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NPROC"):
        os.environ[variable] = str(count)
    os.environ["TF_NUM_INTRAOP_THREADS"] = os.environ["TF_NUM_INTEROP_THREADS"] = str(count)
    if count == 1:
        flags = os.environ.get("XLA_FLAGS", "")
        os.environ["XLA_FLAGS"] = f"{flags} --xla_cpu_multi_thread_eigen=false".strip()
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def seconds_since_process_start():
    """Seconds since the system started this process, interpreter and imports included."""
    try:
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        started = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started
    except (OSError, AttributeError):
        return time.process_time()


def read_windows(path, split="train"):
    """`X` `[N, 128, 9]` float32 and `y` `[N]`, from 0, of the training or the test people."""
    import h5py

    with h5py.File(path) as store:
        return store[f"{split}/X"][()], store[f"{split}/y"][()].astype("int64")


def print_result(arguments, versions, **measured):
    """One line on standard output: a script's whole result."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes = peak / 1024 if sys.platform == "linux" else peak / 1024**2
    result = {"versions": versions, "model": arguments.model, "threads": arguments.threads, "peak_memory_mb": megabytes}
    print(json.dumps({**result, **measured}), flush=True)


class Measurement:
    """Collects what a run tells of itself. The first epoch, of tracing, compiling and allocating, is left out."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.seconds = []
        self.warm_up_seconds = None
        self.first_epoch_start = None
        self.first_step_end = None
        self.loss = None

    def epoch_began(self):
        if self.first_epoch_start is None:
            self.first_epoch_start = seconds_since_process_start()
        self._began = time.perf_counter()

    def step_ended(self):
        if self.first_step_end is None:
            self.first_step_end = seconds_since_process_start()

    def epoch_ended(self, loss):
        elapsed = time.perf_counter() - self._began
        self.loss = loss
        if self.warm_up_seconds is None:
            self.warm_up_seconds = elapsed
        else:
            self.seconds.append(elapsed)

    @property
    def epochs_to_run(self):
        return 1 + self.arguments.epochs * self.arguments.repetitions

    def print_result(self, versions, parameters):
        print_result(
            self.arguments,
            versions,
            batch_size=BATCH_SIZE,
            parameters=parameters,
            seconds_per_epoch=self.seconds,
            warm_up_seconds=self.warm_up_seconds,
            first_epoch_start_seconds=self.first_epoch_start,
            startup_seconds=self.first_step_end,
            final_loss=float(self.loss),
        )
