"""Runs ours and the peers in turn (ours, peer, ours, peer …) on the same store and writes the table of both.

    python Benchmarks/peers/compare.py --har-train .build/release/har-train --data har.h5 --threads 1,2

Every run is a process of its own, pinned to as many cores as it has threads. Makes the virtual environment
`.venv-peers` for itself; saves Markdown, and the runs as JSON lines, under Benchmarks/results/. Standard library only.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import report

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path.insert(0, str(REPOSITORY / "data-tools" / "keras"))

from environment import prepare_environment  # noqa: E402

# Peer → its script and the variables that choose its backend.
PEERS = {
    "keras-tensorflow": ("keras_peer.py", {"KERAS_BACKEND": "tensorflow"}),
    "keras-jax": ("keras_peer.py", {"KERAS_BACKEND": "jax"}),
    "torch": ("torch_peer.py", {}),
}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--har-train", type=Path, required=True, help="the har-train executable")
    parser.add_argument("--data", type=Path, required=True, help="an HDF5 store made by har-convert")
    parser.add_argument("--threads", type=comma_separated(int), default=[1, 2], metavar="1,2")
    parser.add_argument("--models", type=comma_separated(str), default=["lstm", "cnn-lstm", "conv-lstm"])
    parser.add_argument("--peers", type=comma_separated(str), default=list(PEERS), help=f"of {','.join(PEERS)}")
    parser.add_argument("--epochs", type=int, default=3, help="measured epochs a run, after one to warm up")
    parser.add_argument("--rounds", type=int, default=1, help="how often each peer's turn comes")
    parser.add_argument("--timeout", type=float, default=1200, help="seconds after which a run is given up")
    parser.add_argument("--python", type=Path, help="an interpreter that has the peers, instead of .venv-peers")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "Benchmarks" / "results")
    arguments = parser.parse_args()
    unknown = set(arguments.peers) - set(PEERS)
    if unknown:
        parser.error(f"no peer named {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    return arguments


def comma_separated(kind):
    return lambda text: [kind(part) for part in text.split(",") if part]


def run_measured(command, threads, timeout, variables=None):
    """Runs a command pinned to `threads` cores. Returns its standard output, seconds and peak memory in MB."""

    def pin():
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])

    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=output,
            stderr=errors,
            env={**os.environ, **(variables or {})},
            preexec_fn=pin,
        )
        usage = wait_for(process, began + timeout)
        seconds = time.perf_counter() - began
        if process.returncode:
            errors.seek(0)
            raise RuntimeError(f"exited with {process.returncode}: {errors.read()[-1000:]}")
        output.seek(0)
        scale = 1024 if sys.platform == "linux" else 1024**2
        return output.read(), seconds, usage.ru_maxrss / scale


def wait_for(process, deadline):
    """The resources a child used once it has ended; past `deadline` it is killed and an error raised."""
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage
        if time.perf_counter() > deadline:
            process.kill()
            process.wait()
            raise RuntimeError("timed out")
        time.sleep(0.02)


def run_ours(arguments, model, threads):
    """One run of har-train, in the shape of a peer's JSON line.

    All that knows har-train's output is here: seconds an epoch are read from `metrics.csv`, the first epoch left out
    as a peer's warm-up is; start-up is from launch to `config.json`, which is written when the first epoch is about to start.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [arguments.har_train, "--data", arguments.data, "--model", model, "--threads", threads]
        command += ["--repeats", 1, "--epochs", arguments.epochs + 1, "--output", f"{folder}/run"]
        launched = time.time()
        _, _, megabytes = run_measured(command, threads, arguments.timeout)
        startup = os.stat(f"{folder}/run/config.json").st_mtime - launched
        with open(f"{folder}/run/metrics.csv", newline="") as file:
            rows = list(csv.DictReader(file))
    epochs = [float(row["seconds"]) for row in rows]
    return {
        "framework": "ours",
        "versions": {},
        "model": model,
        "threads": threads,
        "seconds_per_epoch": epochs[1:],
        "peak_memory_mb": megabytes,
        "startup_seconds": startup,
        "final_loss": float(rows[-1]["loss"]),
    }


def run_peer(arguments, python, name, model, threads):
    script, variables = PEERS[name]
    command = [python, HERE / script, "--data", arguments.data, "--model", model]
    command += ["--threads", threads, "--epochs", arguments.epochs]
    output, _, _ = run_measured(command, threads, arguments.timeout, variables)
    return json.loads(output.strip().splitlines()[-1])


def attempt(label, action):
    """A run's result, or None after saying why there is none: one failing peer must not lose the others."""
    try:
        result = action()
    except (RuntimeError, OSError, ValueError, KeyError, IndexError) as error:
        print(f"{label}: {error}", file=sys.stderr, flush=True)
        return None
    best = min(result["seconds_per_epoch"])
    print(f"{label}: {best:.2f} s an epoch", file=sys.stderr, flush=True)
    return result


def main() -> int:
    arguments = parse_arguments()
    python = arguments.python or prepare_environment(".venv-peers", "requirements-peers.txt")
    results = []
    for model in arguments.models:
        for threads in arguments.threads:
            if threads > report.core_count():
                print(f"{threads} threads left out: {report.core_count()} cores at hand", file=sys.stderr)
                continue
            for _ in range(arguments.rounds):
                for name in arguments.peers:
                    where = f"{model}, {threads} threads"
                    results.append(attempt(f"{where}, ours", lambda: run_ours(arguments, model, threads)))
                    results.append(
                        attempt(f"{where}, {name}", lambda: run_peer(arguments, python, name, model, threads))
                    )
    succeeded = [result for result in results if result]
    text = report.markdown(succeeded, arguments.epochs)
    print(text)
    report.save(arguments.output, text, succeeded)
    return 0 if succeeded and len(succeeded) == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
