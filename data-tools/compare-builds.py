#!/usr/bin/env python3
"""Whether two builds of har-train train the same weights, to the bit.

    data-tools/compare-builds.py BEFORE AFTER STORE.h5 [--quick] [--only TEXT]

BEFORE and AFTER are two har-train executables. Each case is trained with both, on 1 and on 2 threads, with every kernel
set that the processor has; a line per training says whether the SHA-256 of all repeats' final weights, their losses and
scores are the same. The three networks as they come see the whole store; the others, and all of them with --quick (which
also takes the widest kernel set alone), leave most people out, so that it takes minutes.

Exits with 0 where all are the same, 1 where one differs or nothing was compared, 64 on wrong usage.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from typing import NoReturn

NETWORKS = {"lstm": "--model lstm", "cnn-lstm": "--model cnn-lstm", "conv-lstm": "--model conv-lstm"}
VARIATIONS = {
    "lstm stacked": "--model lstm --layers 2 --units 33",
    "lstm bidirectional": "--model lstm --bidirectional --units 33",
    "lstm stacked bidirectional gru": "--model lstm --layers 2 --bidirectional --cell gru --units 20",
    "lstm gru": "--model lstm --cell gru",
    "cnn-lstm gru": "--model cnn-lstm --cell gru --filters 24",
    "cnn-lstm stacked": "--model cnn-lstm --layers 2 --units 20 --kernel-size 5 --filters 20",
    "cnn-lstm bidirectional": "--model cnn-lstm --bidirectional --dense-units 50",
    "conv-lstm hard-sigmoid": "--model conv-lstm --recurrent-activation hard-sigmoid --filters 20 --kernel-size 5",
    "conv-lstm keras3-hard-sigmoid": "--model conv-lstm --recurrent-activation keras3-hard-sigmoid --dropout 0",
    "lstm standardize": "--model lstm --scale standardize",
    "lstm power": "--model lstm --scale power --scale-per time-step",
    "lstm augmentation": "--model lstm --jitter 0.1 --random-scaling 0.1 --rotation 15 --time-warp 0.2",
    "cnn-lstm augmentation, power": "--model cnn-lstm --scale power --jitter 0.05 --rotation 30 --time-warp 0.1",
    "conv-lstm augmentation, robust": "--model conv-lstm --scale robust --random-scaling 0.2 --filters 16",
    "lstm cosine, clipping, batches of 50": "--model lstm --learning-rate-schedule cosine --clip-norm 0.5 --batch-size 50"
    " --epochs 3",
    "lstm plateau, early stopping": "--model lstm --learning-rate-schedule on-plateau --early-stopping 2 --epochs 5"
    " --learning-rate 0.01",
    "lstm two repeats at once": "--model lstm --repeats 2 --concurrent-models 2 --units 50",
}
# All people of the training split but three (1, 3, 5), in the numbering of the UCI recordings and of har-synthesize.
LEFT_OUT = "--validation-subjects 6,7,8,11,14,15,16,17,19,21,22,23,25,26,27,28,29,30"
KERNEL_SETS = ["avx512", "avx2", "baseline"]
COMPARED = ["number", "epochs", "status", "score", "test_loss", "weights_sha256"]


def environment(kernels: str) -> dict[str, str]:
    return os.environ | {"HAR_KERNELS": kernels}


def train(program: str, store: str, options: str, threads: int, kernels: str) -> list[dict]:
    """The repeats that scores.json reports, each with what is compared of it."""
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder, "run")
        command = [program, "train", "--data", store, "--output", str(output), "--threads", str(threads), "--quiet"]
        command += ["--keep", "none", "--checkpoint-every", "0"] + options.split()
        done = subprocess.run(command, env=environment(kernels), capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"compare-builds: {' '.join(command)}: status {done.returncode}: {done.stderr.strip()}")
        repeats = json.loads((output / "scores.json").read_text())["repeats"]
        return [{key: repeat[key] for key in COMPARED} for repeat in repeats]


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(64, f"compare-builds: {message}\n")


def main() -> None:
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", metavar="BEFORE")
    parser.add_argument("after", metavar="AFTER")
    parser.add_argument("store", metavar="STORE.h5")
    parser.add_argument("--quick", action="store_true", help="fewer windows, and the widest kernel set alone")
    parser.add_argument("--only", metavar="TEXT", default="", help="only cases whose name contains this")
    arguments = parser.parse_args()
    programs = [str(pathlib.Path(path).resolve()) for path in (arguments.before, arguments.after)]

    def runs(kernels: str) -> bool:
        return all(
            subprocess.run([program, "versions"], env=environment(kernels), capture_output=True).returncode == 0
            for program in programs)

    sets = [name for name in KERNEL_SETS if runs(name)]
    for name in KERNEL_SETS:
        if name not in sets:
            print(f"{name}: not on this processor")
    compared = different = 0
    for kernels in sets[:1] if arguments.quick else sets:
        for name, options in (NETWORKS | VARIATIONS).items():
            if arguments.only not in name:
                continue
            if "--repeats" not in options:
                options += " --repeats 1"
            if "--epochs" not in options:
                options += " --epochs 1"
            if arguments.quick or name in VARIATIONS:
                options += " " + LEFT_OUT
            for threads in (1, 2):
                before, after = (train(program, arguments.store, options, threads, kernels) for program in programs)
                same = before == after and bool(before)
                compared += len(before)
                different += not same
                digests = " ".join(repeat["weights_sha256"][:16] for repeat in before)
                print(f"{'same' if same else 'DIFFERENT'}  {kernels}, {threads} thread{'s' if threads > 1 else ''}, {name}: {digests}", flush=True)
                if not same:
                    print(f"  before: {before}\n  after:  {after}", flush=True)
    print(f"{compared} trainings compared, {different} cases differ")
    sys.exit(1 if different or not compared else 0)


if __name__ == "__main__":
    main()
