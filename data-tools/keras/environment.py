"""A virtual environment made on first use, so that `make` needs nothing but a Python. Standard library only."""

import hashlib
import importlib.util
import os
import subprocess
import sys
import venv
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DATA_TOOLS = REPOSITORY / "data-tools"


def prepare_environment(folder_name: str, requirements_name: str, whole: bool = True) -> Path:
    """The interpreter of the virtual environment `folder_name` in the repository's root, made, or brought up to date,
    when the requirements are not those that it was made from. If not all can be installed: an error, or where the
    environment needn't be `whole`, what can be, and the next call tries again."""
    folder = REPOSITORY / folder_name
    python = folder / "bin" / "python"
    stamp = folder / "requirements.sha256"
    wanted = _digest_of_requirements(DATA_TOOLS / requirements_name)
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    print(f"installing {requirements_name} into {folder_name}/", file=sys.stderr, flush=True)
    venv.create(folder, with_pip=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    installed = subprocess.run([*install, "-r", DATA_TOOLS / requirements_name], check=whole)
    if installed.returncode:
        for requirement in _requirements(DATA_TOOLS / requirements_name):
            if subprocess.run([*install, requirement]).returncode:
                print(f"{requirement} can't be installed: what needs it will fail", file=sys.stderr, flush=True)
    else:
        stamp.write_text(wanted)
    return python


def run_in_environment(folder_name: str, requirements_name: str, needed_modules):
    """Starts the running script over inside the environment, unless this interpreter has `needed_modules` already."""
    if all(importlib.util.find_spec(module) for module in needed_modules):
        return
    if Path(sys.prefix) == REPOSITORY / folder_name:
        sys.exit(f"{folder_name}/ lacks one of {', '.join(needed_modules)}; delete it and try again")
    python = prepare_environment(folder_name, requirements_name)
    os.execv(python, [str(python), *sys.argv])


def _requirements(path: Path) -> list[str]:
    """The lines of a requirements file that name packages, and those of the files that it includes with `-r`."""
    found = []
    for line in path.read_text().splitlines():
        if line.startswith("-r "):
            found += _requirements(path.parent / line.split(maxsplit=1)[1])
        elif line and not line.startswith("#"):
            found.append(line)
    return found


def _digest_of_requirements(path: Path) -> str:
    """A digest of a requirements file and of those that it includes with `-r`."""
    text = path.read_text()
    included = [line.split(maxsplit=1)[1] for line in text.splitlines() if line.startswith("-r ")]
    parts = [text, *(_digest_of_requirements(path.parent / name) for name in included)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
