"""Damages text (JSON, YAML, CSV, tables of numbers) where it means something: its numbers, words, lines and brackets."""

import json
import random
import re

NUMBER = re.compile(rb"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
WORD = re.compile(rb"[A-Za-z_][A-Za-z_0-9-]*")
NUMBERS = [
    b"0", b"-1", b"1", b"2", b"7", b"255", b"256", b"65536", b"2147483648", b"4294967296", b"9223372036854775807",
    b"9223372036854775808", b"18446744073709551616", b"-9223372036854775808", b"1e308", b"1e309", b"-1e400", b"1e-400", b"0.5", b"1.5",
    b"NaN", b"Infinity", b"-Infinity", b"nan", b"inf", b"null", b"true", b'""', b"[]", b"{}", b"0x10", b"1_000", b"01", b"1.", b".5", b"+1",
    b"1e", b"1e+", b"--1", b"3.4028235e38", b"3.4028236e38", b"1" * 400, b"0." + b"0" * 400 + b"1", b"1e99999999999999999999",
]
ODD = [
    b"\0", b"\xff", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\n\n", b"\t", b"\x1b[2J", b"\xe2\x80\xa8", b"\xc0\x80", b"\xed\xa0\x80", b'"', b"'", b"\\",
    b"\\u0000", b"\\ud800", b"#", b"&a ", b"*a", b"<<: ", b"!!binary ", b"---\n", b"...\n", b"- ", b": ", b"? ", b"|\n", b">\n", b"%TAG", b"{", b"}",
    b"[", b"]", b",", b",,", b"//", b"/*", b" ", b"x" * 70000, b"[" * 20000, b"{\"a\":" * 5000, b"- " * 20000, b" " * 70000, b"\n" * 70000,
]
JSON_VALUES = [
    None, True, False, 0, -1, 1, 2, 3, 255, 65536, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, 0.5, -0.0, 1e-320, 1e308, float("nan"), float("inf"),
    "", "x", "softmax", "\0", "\n", "../../x", "/etc/passwd", "x" * 5000, [], {}, [[]], [None], [2**40, 2**40], [0], [-1],
]


def damaged_text(text: bytes, numbers: random.Random, notes: list[str]) -> bytes:
    for _ in range(numbers.choice([1, 1, 1, 2, 3])):
        text = numbers.choice([replace_number, replace_number, replace_word, change_lines, insert_odd])(text, numbers, notes)
    return text


def replace(text: bytes, found: re.Match, new: bytes, notes: list[str]) -> bytes:
    notes.append(f"{new[:40]!r} in place of {found[0][:40]!r} at {found.start()}")
    return text[: found.start()] + new + text[found.end() :]


def replace_number(text: bytes, numbers: random.Random, notes: list[str]) -> bytes:
    found = list(NUMBER.finditer(text))
    return replace(text, numbers.choice(found), numbers.choice(NUMBERS), notes) if found else text


def replace_word(text: bytes, numbers: random.Random, notes: list[str]) -> bytes:
    found = list(WORD.finditer(text))
    if not found:
        return text
    return replace(text, numbers.choice(found), numbers.choice([numbers.choice(found)[0], b"", b"x", b"null", b"true", b"12"]), notes)


def change_lines(text: bytes, numbers: random.Random, notes: list[str]) -> bytes:
    lines = text.split(b"\n")
    first, second = numbers.randrange(len(lines)), numbers.randrange(len(lines))
    how = numbers.choice(["drop", "double", "swap", "cut", "join", "CRLF"])
    notes.append(f"{how} line {first + 1} ({second + 1})")
    match how:
        case "drop":
            del lines[first]
        case "double":
            lines.insert(second, lines[first])
        case "swap":
            lines[first], lines[second] = lines[second], lines[first]
        case "cut":
            lines[first] = lines[first][: numbers.randrange(len(lines[first]) + 1)]
        case "join":
            lines[first : first + 2] = [b" ".join(lines[first : first + 2])]
        case _:
            lines = [line + b"\r" for line in lines] if numbers.random() < 0.5 else lines[:first] + [lines[first] + b"\r"] + lines[first + 1 :]
    return b"\n".join(lines)


def insert_odd(text: bytes, numbers: random.Random, notes: list[str]) -> bytes:
    place, odd = numbers.randrange(len(text) + 1), numbers.choice(ODD)
    notes.append(f"{len(odd)} bytes of {odd[:12]!r} at {place}")
    return text[:place] + odd + text[place:]


def damaged_json(text: str, numbers: random.Random, notes: list[str]) -> str:
    """The same JSON with one value replaced, taken away, doubled, renamed or wrapped."""
    value = json.loads(text)
    places: list[tuple] = []

    def collect(holder) -> None:
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            places.append((holder, key))
            if isinstance(holder[key], (dict, list)):
                collect(holder[key])

    collect(value)
    holder, key = numbers.choice(places)
    how = numbers.choice(["replace", "replace", "replace", "scale", "drop", "double", "rename", "wrap"])
    notes.append(f"{how} the member {key!r} {str(holder[key])[:60]!r}")
    if how == "scale" and not isinstance(holder[key], (int, float)):
        how = "replace"
    match how:
        case "replace":
            holder[key] = numbers.choice(JSON_VALUES)
            notes.append(f"by {str(holder[key])[:40]!r}")
        case "scale":
            holder[key] = holder[key] * numbers.choice([-1, 0, 2, 3, 1000, 10**6, 10**9, 10**18])
            notes.append(f"to {holder[key]}")
        case "drop":
            del holder[key]
        case "double" if isinstance(holder, list):
            for _ in range(numbers.choice([1, 1, 50])):
                holder.insert(key, holder[key])
        case "rename" if isinstance(holder, dict):
            holder[numbers.choice(["", "x", key + "_", numbers.choice(list(holder))])] = holder.pop(key)
        case _:
            for _ in range(numbers.choice([1, 10, 100, 500])):
                holder[key] = [holder[key]] if numbers.random() < 0.5 else {"config": holder[key]}
    return json.dumps(value)
