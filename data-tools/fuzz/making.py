"""Makes structured mutants in processes of their own, as some changes on top of others bring libhdf5 down while it writes."""

import multiprocessing
import pathlib
import random
import threading

import structured_mutants
from expectations import EITHER

SECONDS = 30
PROCESSES = multiprocessing.get_context("spawn")


class SentNotes:
    """What becomes of a mutant, told at once: the next change may be the last."""

    def __init__(self, channel):
        self.channel = channel

    def append(self, note: str) -> None:
        self.channel.send((note, None))


def serve(channel) -> None:
    """Makes what is asked for until nobody asks any more."""
    while True:
        try:
            bases, target, numbers = channel.recv()
        except EOFError:
            return
        channel.send((None, structured_mutants.make(bases, target, numbers, SentNotes(channel))))


class Maker(threading.local):
    """A process per thread, begun where there is none."""

    process = None

    def make(
        self, bases: list[tuple[pathlib.Path, str]], target: pathlib.Path, numbers: random.Random, notes: list[str]
    ) -> tuple[str, str]:
        """As `structured_mutants.make` does it. Where it doesn't live to close the file, what it left is a case as well."""
        if self.process is None:
            self.channel, its_end = PROCESSES.Pipe()
            self.process = PROCESSES.Process(target=serve, args=(its_end,), daemon=True)
            self.process.start()
            its_end.close()
        self.channel.send((bases, target, numbers))
        try:
            while self.channel.poll(SECONDS):
                note, made = self.channel.recv()
                if made is not None:
                    return made
                notes.append(note)
            notes.append("which h5py doesn't come back from")
        except (EOFError, ConnectionResetError):
            notes.append("in which h5py itself crashed")
        self.process.kill()
        self.process.join()
        self.process = None
        # Not begun or half done: any answer but a crash or a hang is right.
        return EITHER, ""
