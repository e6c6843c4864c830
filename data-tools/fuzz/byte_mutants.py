"""Changes one byte of a store or a model at a time and runs har-train on it.

A mutant is right where it is refused (status 65 or 66, one line on standard error) or gives what the whole file gives. It is wrong where
the process crashes, hangs, or gives something else in silence. Of files without a seal (--unsealed: by h5py, say) a changed number
is valid data; there only crashes, hangs and other statuses count.

    python3 data-tools/fuzz/byte_mutants.py --har-train .build/release/har-train --store small.h5 --model model.h5 --mutate store
"""

import argparse
import collections
import concurrent.futures
import pathlib
import random
import subprocess
import sys
import tempfile

SEAL_BYTES = 48


def run(arguments, store, model, seconds):
    command = [arguments.har_train, arguments.command, "--model-file", model, "--data", store, "--threads", "1"]
    try:
        result = subprocess.run(command, capture_output=True, timeout=seconds, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return "hang", b""
    if result.returncode < 0:
        return f"crash (signal {-result.returncode})", b""
    if result.returncode in (65, 66):
        return ("refused" if result.stderr.count(b"\n") == 1 else "refused without one line"), b""
    if result.returncode != 0:
        return f"status {result.returncode}", b""
    return "read", result.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--har-train", required=True)
    parser.add_argument("--store", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--mutate", required=True, choices=["store", "model"])
    parser.add_argument("--command", default="evaluate", choices=["evaluate", "predict"])
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--unsealed", action="store_true", help="take the seal off first")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()

    whole = pathlib.Path(getattr(arguments, arguments.mutate)).read_bytes()
    if arguments.unsealed and whole[-SEAL_BYTES:].startswith(b"har-train sha256"):
        whole = whole[:-SEAL_BYTES]
    expected = run(arguments, arguments.store, arguments.model, 60)
    if expected[0] != "read":
        sys.exit(f"the whole file is not read: {expected[0]}")
    random_numbers = random.Random(arguments.seed)
    mutants = [(random_numbers.randrange(len(whole)), random_numbers.randrange(1, 256)) for _ in range(arguments.count)]

    with tempfile.TemporaryDirectory() as folder:

        def attempt(number):
            position, change = mutants[number]
            mutant = bytearray(whole)
            mutant[position] ^= change
            path = pathlib.Path(folder, f"{number}.h5")
            path.write_bytes(mutant)
            paths = {"store": arguments.store, "model": arguments.model, arguments.mutate: str(path)}
            kind, output = run(arguments, paths["store"], paths["model"], arguments.seconds)
            path.unlink()
            if kind == "read":
                kind = "same result" if output == expected[1] else "other result"
            return kind

        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            kinds = list(pool.map(attempt, range(len(mutants))))
    for kind, count in sorted(collections.Counter(kinds).items()):
        print(f"{kind}: {count}")
    fine = {"refused", "same result"} | ({"other result"} if arguments.unsealed else set())
    wrong = [(mutants[i], kind) for i, kind in enumerate(kinds) if kind not in fine]
    for (position, change), kind in wrong[:20]:
        print(f"  byte {position} xor {change}: {kind}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
