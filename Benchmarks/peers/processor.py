"""The processor that everything is measured on: its name, its cores, and the instructions that peers depend on."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Processor:
    """`features` are the words of /proc/cpuinfo's `flags` (x86-64) or `Features` (Arm) line, where there is one."""

    name: str
    cores: int
    features: frozenset

    @property
    def has_avx512(self):
        return "avx512f" in self.features

    @property
    def has_bf16(self):
        """Whether it multiplies bf16 itself, or libraries have to emulate it."""
        return not self.features.isdisjoint({"avx512_bf16", "amx_bf16", "bf16", "svebf16"})


def this_processor():
    lines = {}
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            key, _, value = line.partition(":")
            lines.setdefault(key.strip(), value.strip())
    except OSError:
        pass
    features = frozenset(lines.get("flags", lines.get("Features", "")).split())
    name = lines.get("model name") or platform.processor() or platform.machine()
    return Processor(name, core_count(), features)


def core_count():
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
