"""Makes the golden files under Tests/*/Goldens with the real Keras and scikit-learn.

    python data-tools/keras/make_goldens.py            # write them
    python data-tools/keras/make_goldens.py --check    # make them anew elsewhere and compare with the committed ones

The tests only read the files, so neither Keras nor Python is needed to run them. Makes the virtual environment
`.venv-keras` for itself if Keras is not there. Random numbers come from generators seeded by a case's name.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from environment import REPOSITORY, run_in_environment

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

TESTS = REPOSITORY / "Tests"
TOLERANCE = 1e-6


def committed_path(name: str) -> Path:
    """Where a golden file lies beside the tests that read it."""
    is_model_file = name.startswith("keras") or name.endswith(".json")
    target = "WindowsTests" if name == "scalers.h5" else "ModelFilesTests" if is_model_file else "NeuralNetworksTests"
    return TESTS / target / "Goldens" / name


def make_goldens(folder: Path):
    """Writes every golden file into `folder`."""
    # Imported late: they load TensorFlow, which reads the environment above when it starts.
    import golden_compositions
    import golden_keras_files
    import golden_layers
    import golden_models
    import golden_scalers

    golden_layers.write_layer_file(folder / "layers.h5", golden_layers.layer_cases())
    golden_layers.write_layer_file(folder / "layers-extended.h5", golden_layers.extended_layer_cases())
    golden_models.write_model_file(folder / "models.h5", golden_models.model_cases())
    golden_models.write_model_file(folder / "models-extended.h5", golden_models.extended_model_cases())
    golden_models.write_model_file(
        folder / "models-lamb.h5", golden_models.lamb_model_cases(), golden_models.keras.optimizers.Lamb)
    golden_compositions.write_composition_files(folder)
    golden_scalers.write_scaler_file(folder / "scalers.h5")
    golden_keras_files.write_keras_files(folder)
    golden_keras_files.write_configs(folder)


def check_goldens() -> int:
    """Makes the files in a temporary folder and says how they differ from the committed ones."""
    from golden_files import differences

    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        make_goldens(fresh)
        for path in sorted(fresh.iterdir()):
            committed = committed_path(path.name)
            if not committed.exists():
                found = ["not committed"]
            elif path.suffix == ".h5":
                found = differences(committed, path, TOLERANCE)
            else:
                found = [] if path.read_text() == committed.read_text() else ["differs"]
            failures += bool(found)
            print(f"{'FAILED' if found else 'ok':>6}  {path.name}")
            for difference in found:
                print(f"        {difference}")
    return 1 if failures else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed files instead of writing")
    parser.add_argument("--output", type=Path, help="one folder for all files, instead of the tests' own")
    arguments = parser.parse_args()
    run_in_environment(".venv-keras", "requirements-keras.txt", ("keras", "tensorflow", "h5py", "sklearn"))
    if arguments.check:
        return check_goldens()
    with tempfile.TemporaryDirectory() as folder:
        make_goldens(Path(folder))
        for path in sorted(Path(folder).iterdir()):
            target = arguments.output / path.name if arguments.output else committed_path(path.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            print(f"{target.stat().st_size:>9,}  {target.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
