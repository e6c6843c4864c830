"""Makes examples of all that har-fuzz's readers read, by the real commands: a folder of files for each reader, and a dictionary.

    seeds.py PROGRAMS FOLDER        needs h5py
"""

import pathlib
import re
import subprocess
import sys
import tempfile

import h5py

ROOT = pathlib.Path(__file__).resolve().parents[2]
NETWORKS = [
    ["--model", "lstm", "--units", "4", "--bidirectional", "--scale", "power"],
    ["--model", "cnn-lstm", "--filters", "4", "--units", "4", "--scale", "standardize"],
    ["--model", "conv-lstm", "--filters", "2", "--kernel-size", "5"],
]
ROWS = [
    b"  1.0000000e+00 -2.5000000e-01  3.1415927e+00\n -1.0000000e-15  0.0000000e+00  9.9999999e+15\n",
    b"1 2 3\r\n-0.5\t1e-7 12345678901234567890.5\n.5 5. 1E+30\n",
]
SPACE = b"method: grid\nfolds: 3\nreduction: 2\nrungs: 2\noptions: {epochs: 4}\nparameters:\n  units: {min: 4, max: 64, log: true}\n  dropout: [0.1, 0.5]\n"

# Words that no example has.
WORDS = [b"null", b"NaN", b"-0", b"1e400", b"-1", b"9223372036854775808", b"18446744073709551616", b"1e-400", b"\x5cu0000", b"[[[[", b"&a *a"]


def main():
    programs, folder = (pathlib.Path(word).resolve() for word in sys.argv[1:3])

    def keep(reader, name, data):
        target = folder / reader
        target.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(data)

    for number, row in enumerate(ROWS):
        keep("rows", str(number), row)
    keep("whole-numbers", "0", b"1\n 2 \r\n255\n1.0e0\n")
    keep("search-space", "small", SPACE)
    keep("search-space", "example", (ROOT / "examples" / "tune.yaml").read_bytes())
    with tempfile.TemporaryDirectory() as work:

        def run(program, *words):
            subprocess.run([programs / program, *words, "--quiet"], cwd=work, check=True, stdout=subprocess.DEVNULL)

        run("har-synthesize", "made", "--size", "40")
        run("har-convert", "made", "store.h5")
        keep("activity-labels", "0", pathlib.Path(work, "made", "activity_labels.txt").read_bytes())
        for number, options in enumerate(NETWORKS):
            run("har-train", "--data", "store.h5", "--epochs", "1", "--repeats", "1", "--output", f"run{number}", *options)
            keep("run-configuration", str(number), pathlib.Path(work, f"run{number}", "config.json").read_bytes())
            with h5py.File(pathlib.Path(work, f"run{number}", "model-01.h5")) as model:
                keep("network", str(number), text(model.attrs["model_config"]))
                if "har_scaling" in model.attrs:
                    keep("scaling", str(number), text(model.attrs["har_scaling"]))
            for path in pathlib.Path(work, f"run{number}").glob("checkpoints/*.h5"):
                with h5py.File(path) as checkpoint:
                    keep("record", str(number), text(checkpoint.attrs["record"]))
        pathlib.Path(work, "space.yaml").write_text("folds: 2\noptions: {epochs: 1}\nparameters: {units: [3, 4]}\n")
        run("har-train", "tune", "space.yaml", "--data", "store.h5", "--output", "search")
        for path in pathlib.Path(work, "search").glob("*.json"):
            keep("search-configuration", path.name, path.read_bytes())

    for reader in folder.iterdir():
        if reader.is_dir():
            words = set(WORDS)
            for example in reader.iterdir():
                words.update(re.findall(rb'"[^"]{1,40}"|[A-Za-z_]{2,40}', example.read_bytes()))
            lines = ("".join(f"\\x{byte:02x}" for byte in word) for word in sorted(words))
            (folder / f"{reader.name}.dict").write_text("".join(f'"{line}"\n' for line in lines))


def text(value):
    return value if isinstance(value, bytes) else str(value).encode()


if __name__ == "__main__":
    main()
