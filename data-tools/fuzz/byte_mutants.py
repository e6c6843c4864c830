#!/usr/bin/env python3
"""Damages the bytes of a file.

    data-tools/fuzz/byte_mutants.py GOOD DAMAGED [--kind bits|bytes|truncate|splice] [--seed N]

bits flips some; bytes changes some; truncate cuts the file off, or adds to it; splice zeroes, doubles, moves or drops a
range, or writes huge numbers over words. Prints what was done. Half of the places are near the headers of an HDF5 file,
where there are any: most of its bytes are plain numbers.
"""

import argparse
import pathlib
import random

SEAL_MAGIC = b"har-train sha256"
SEAL_BYTES = 48
# What the structures inside an HDF5 file begin with.
SIGNATURES = [b"\x89HDF", b"OHDR", b"OCHK", b"TREE", b"HEAP", b"SNOD", b"GCOL", b"FRHP", b"FHDB", b"BTHD", b"BTLF"]
HUGE = [(1 << bits) - 1 for bits in (8, 16, 31, 32, 40, 63, 64)] + [1 << bits for bits in (16, 31, 32, 40, 62, 63)]


def unsealed(data: bytes) -> bytes:
    return data[:-SEAL_BYTES] if is_sealed(data) else data


def is_sealed(data: bytes) -> bool:
    return data[-SEAL_BYTES:].startswith(SEAL_MAGIC)


class Damage:
    """Damages bytes with the numbers of a generator; `notes` says what was done."""

    def __init__(self, numbers: random.Random):
        self.numbers = numbers
        self.notes: list[str] = []

    def __call__(self, data: bytes, kind: str | None = None) -> bytes:
        kind = kind or self.numbers.choice(list(KINDS))
        damaged = bytearray(data)
        KINDS[kind](self, damaged)
        return bytes(damaged)

    def place(self, data: bytearray) -> int:
        """Of one byte."""
        if self.numbers.random() < 0.5:
            signature = self.numbers.choice(SIGNATURES)
            places = []
            start = data.find(signature)
            while start >= 0:
                places.append(start)
                start = data.find(signature, start + 1)
            if places:
                return min(self.numbers.choice(places) + self.numbers.randrange(200), len(data) - 1)
        return self.numbers.randrange(len(data))

    def range(self, data: bytearray) -> tuple[int, int]:
        start = self.place(data)
        length = self.numbers.choice([1, 2, 4, 8, 16, 64, 256, 4096, self.numbers.randrange(1, len(data) + 1)])
        return start, min(len(data), start + length)

    def bits(self, data: bytearray) -> None:
        for _ in range(self.numbers.choice([1, 1, 1, 2, 4])):
            place, bit = self.place(data), self.numbers.randrange(8)
            data[place] ^= 1 << bit
            self.notes.append(f"bit {bit} of byte {place}")

    def bytes(self, data: bytearray) -> None:
        for _ in range(self.numbers.choice([1, 1, 1, 2, 4, 8])):
            place = self.place(data)
            data[place] = self.numbers.choice([0, 1, 0x7F, 0x80, 0xFF, self.numbers.randrange(256)])
            self.notes.append(f"byte {place} = {data[place]}")

    def truncate(self, data: bytearray) -> None:
        if self.numbers.random() < 0.15:
            extra = self.numbers.randbytes(self.numbers.choice([1, 8, SEAL_BYTES, 4096]))
            self.notes.append(f"{len(extra)} bytes more")
            data += extra
            return
        near_end = max(0, len(data) - self.numbers.choice([1, 4, 16, SEAL_BYTES, 100, 2048]))
        length = self.numbers.choice([self.numbers.randrange(len(data)), near_end, near_end // 512 * 512])
        self.notes.append(f"cut off behind {length} bytes")
        del data[length:]

    def splice(self, data: bytearray) -> None:
        start, end = self.range(data)
        other = self.place(data)
        match self.numbers.choice(["zero", "double", "move", "drop", "huge", "huge"]):
            case "zero":
                self.notes.append(f"zeros from {start} to {end}")
                data[start:end] = bytes(end - start)
            case "double":
                self.notes.append(f"{start} to {end} once more at {other}")
                data[other:other] = data[start:end]
            case "move":
                self.notes.append(f"{start} to {end} copied over {other}")
                size = len(data)
                data[other : other + end - start] = data[start:end]
                del data[size:]
            case "drop":
                self.notes.append(f"without {start} to {end}")
                del data[start:end]
            case _:
                width = self.numbers.choice([4, 8])
                for _ in range(self.numbers.choice([1, 1, 2, 3])):
                    place = self.place(data) // 4 * 4
                    number = self.numbers.choice(HUGE) % (1 << 8 * width)
                    self.notes.append(f"{width} bytes of {number:#x} at {place}")
                    size = len(data)
                    data[place : place + width] = number.to_bytes(width, "little")
                    del data[size:]


KINDS = {"bits": Damage.bits, "bytes": Damage.bytes, "truncate": Damage.truncate, "splice": Damage.splice}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("good", metavar="GOOD", type=pathlib.Path)
    parser.add_argument("damaged", metavar="DAMAGED", type=pathlib.Path)
    parser.add_argument("--kind", choices=list(KINDS), help="default: one of them by chance")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    damage = Damage(random.Random(arguments.seed))
    arguments.damaged.write_bytes(damage(arguments.good.read_bytes(), arguments.kind))
    print("; ".join(damage.notes))


if __name__ == "__main__":
    main()
