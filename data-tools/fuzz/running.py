"""Runs a command on a file that may be damaged, with limits on time and memory, and says how it ended."""

import dataclasses
import os
import pathlib
import select
import signal
import subprocess
import tempfile
import time

# What the commands exit with where their input is wrong or can't be read.
REFUSALS = (65, 66)
# Of what a command prints, no more is kept.
LARGEST_OUTPUT = 4 << 20
POLLING_SECONDS = 0.05


@dataclasses.dataclass(frozen=True)
class Limits:
    seconds: float = 10
    megabytes: float = 500


@dataclasses.dataclass(frozen=True)
class Ending:
    """`kind` is "read", "refused", "refused without one line", "refused with control characters", "status N", "crash (signal N)", "hang"
    or "too much memory"."""

    kind: str
    output: bytes = b""
    errors: bytes = b""

    @property
    def last_line(self) -> str:
        lines = self.errors.decode(errors="replace").splitlines()
        return ascii(lines[-1][:300]) if lines else ""


def run(command: list[str], limits: Limits = Limits()) -> Ending:
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, start_new_session=True)
        status, megabytes, excess = watch(process, limits)
        texts = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read(LARGEST_OUTPUT))
    if not excess and megabytes > limits.megabytes:
        excess = "too much memory"
    return Ending(excess or kind(status, texts[1]), *texts)


def kind(status: int, errors: bytes) -> str:
    if status < 0:
        return f"crash (signal {-status})"
    if status == 0:
        return "read"
    if status not in REFUSALS:
        return f"status {status}"
    if errors.count(b"\n") != 1 or not errors.endswith(b"\n") or len(errors) == 1:
        return "refused without one line"
    # A terminal would act on what a file holds.
    return "refused with control characters" if any(byte < 0x20 or byte == 0x7F for byte in errors[:-1]) else "refused"


def watch(process: subprocess.Popen, limits: Limits) -> tuple[int, float, str]:
    """Waits for a process, or ends it and what it started at a limit: its status, its peak memory, and the limit's name if it was one."""
    deadline = time.monotonic() + limits.seconds
    excess = ""
    with EndWatch(process.pid) as has_ended:
        while not has_ended(POLLING_SECONDS) and not excess:
            if time.monotonic() > deadline:
                excess = "hang"
            elif resident_megabytes(process.pid) > limits.megabytes:
                excess = "too much memory"
    if excess:
        os.killpg(process.pid, signal.SIGKILL)
    # The usage of a process is that of it and of the processes that it waited for: the largest of them counts.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss / 1024, excess


class EndWatch:
    """Within `with`: a function that waits so many seconds and says whether the process has ended, without collecting its status."""

    def __init__(self, pid: int):
        self.pid = pid
        self.descriptor = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None

    def __enter__(self):
        if self.descriptor is None:
            return self.look
        poller = select.poll()
        poller.register(self.descriptor, select.POLLIN)
        return lambda seconds: bool(poller.poll(seconds * 1000))

    def __exit__(self, *_):
        if self.descriptor is not None:
            os.close(self.descriptor)

    def look(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.002)
        return True


def resident_megabytes(pid: int) -> float:
    """Of a process or the largest of its children, now; 0 where there is no /proc (then only the peak at the end is seen)."""
    largest = 0
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    for one in [str(pid), *children]:
        try:
            pages = int(pathlib.Path(f"/proc/{one}/statm").read_text().split()[1])
        except (OSError, IndexError):
            continue
        largest = max(largest, pages)
    return largest * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
