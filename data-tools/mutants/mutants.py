"""Mutants as the text files beside this one describe them.

A description begins with what it breaks. `<` is an expression of the source and `>` what takes its place; `-` and `+` are statements. The
text must stand once in the file, or is the first behind the line `after`. `file` and `tests` hold until they change. `survives` says why
no test can notice.
"""

import dataclasses
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Mutant:
    number: int
    file: str
    tests: str
    breaks: str
    old: str
    new: str
    is_statement: bool
    position: int
    survives: str | None


def read(root):
    """All mutants, numbered from 1, with the place of their text in the sources below `root`."""
    mutants = []
    for path in sorted(FOLDER.glob("*.txt")):
        state = {}
        for paragraph in path.read_text().split("\n\n"):
            fields = dict(state)
            for line in filter(None, paragraph.splitlines()):
                if line[:2] in ("< ", "> ", "- ", "+ "):
                    fields[line[0]] = line[2:]
                else:
                    key, value = line.split(": ", 1)
                    fields[key] = value
            state = {key: fields[key] for key in ("file", "tests") if key in fields}
            if "breaks" in fields:
                mutants.append(_mutant(root, len(mutants) + 1, fields))
    return mutants


def _mutant(root, number, fields):
    is_statement = "-" in fields
    old, new = (fields["-"], fields["+"]) if is_statement else (fields["<"], fields[">"])
    text = pathlib.Path(root, fields["file"]).read_text()
    start = 0
    if "after" in fields:
        start = text.find(fields["after"])
        if start < 0:
            raise SystemExit(f"{fields['file']}: found no {fields['after']!r}, expected it before {old!r}")
        start += len(fields["after"])
    position = text.find(old, start)
    if position < 0 or ("after" not in fields and text.count(old) != 1):
        raise SystemExit(f"{fields['file']}: found {text.count(old)} times {old!r}, expected once")
    return Mutant(
        number, fields["file"], fields["tests"], fields["breaks"], old, new, is_statement, position, fields.get("survives"))
