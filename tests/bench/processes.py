"""What processes use, as Linux tells it (elsewhere: nothing)."""

import os
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def tree(pid: int) -> Iterator[int]:
    """The process and all that it has started."""
    yield pid
    try:
        children = (PROC / f"{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from tree(int(child))


def cpu_seconds(pid: int) -> float:
    """What the process and its children have computed so far."""
    return sum(map(_cpu_seconds, tree(pid)))


def _cpu_seconds(pid: int) -> float:
    try:
        fields = (PROC / f"{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def machine_seconds() -> float:
    """What the whole machine has computed so far, in seconds of one core."""
    try:
        told = (PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]
    except OSError:
        return 0.0
    user, nice, system, _idle, _waiting, *interrupts = map(int, told)
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def megabytes(pid: int) -> float:
    """The proportional share (PSS) of the process and its children: shared pages are counted once in all."""
    return sum(map(_kilobytes, tree(pid))) / 1024


def _kilobytes(pid: int) -> int:
    try:
        lines = (PROC / f"{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
