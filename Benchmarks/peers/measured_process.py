"""Runs a command in a process of its own, pinned to some of the cores. Standard library only."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class MeasuredProcess:
    output: str
    peak_memory_mb: float


def run_measured(command, threads, timeout, variables=None):
    """A RuntimeError tells of a command that failed or took more than `timeout` seconds."""

    def pin():
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])

    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        deadline = time.perf_counter() + timeout
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=output,
            stderr=errors,
            env={**os.environ, **(variables or {})},
            preexec_fn=pin,
        )
        usage = _wait_for(process, deadline, timeout)
        if process.returncode:
            errors.seek(0)
            lines = errors.read().strip().splitlines() or ["nothing on standard error"]
            raise RuntimeError(f"exited with {process.returncode}: {lines[-1][:300]}")
        output.seek(0)
        scale = 1024 if sys.platform == "linux" else 1024**2
        return MeasuredProcess(output.read(), usage.ru_maxrss / scale)


def _wait_for(process, deadline, timeout):
    """The resources a child used once it has ended; past `deadline` it is killed and an error raised."""
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage
        if time.perf_counter() > deadline:
            process.kill()
            process.wait()
            raise RuntimeError(f"took more than {timeout:g} s")
        time.sleep(0.02)
