"""Whether what a command made of a mutant is right."""

import dataclasses

import running
from expectations import REFUSED, REFUSED_OR_SAME, SAME


@dataclasses.dataclass
class Verdict:
    # A column of the table: "same result", "other result", "refused", or what was wrong.
    outcome: str
    is_fault: bool
    # What the command said, where it is a fault.
    explanation: str = ""


def judge(ending: running.Ending, expected: bytes | None, expectation: str) -> Verdict:
    """`expected` is what the good file gives; None where any result is right."""
    if ending.kind == "read":
        is_same = ending.output == expected
        outcome = "some result" if expected is None else "same result" if is_same else "other result"
        is_fault = expectation == REFUSED or (expectation in (SAME, REFUSED_OR_SAME) and not is_same)
        return Verdict(outcome if expectation != REFUSED else "a result, though wrong", is_fault)
    if ending.kind == "refused":
        return Verdict("refused" if expectation != SAME else "refused, though right", expectation == SAME, ending.last_line)
    return Verdict(ending.kind, True, ending.last_line)
