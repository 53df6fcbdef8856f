"""What processes use, as Linux tells it (elsewhere: nothing)."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
SERVICE = re.compile(r"services\.(\w+)\.main:create")


def tree(pid: int) -> Iterator[int]:
    """The process and all that it has started."""
    yield pid
    for children in (PROC / f"{pid}/task").glob("*/children"):
        try:
            below = children.read_text().split()
        except OSError:
            continue
        for child in below:
            yield from tree(int(child))


def services(pid: int) -> dict[str, int]:
    """The service processes below `pid`, a `jinding run` or `jinding demo`, by name."""
    lines = {child: _command_line(child) for child in tree(pid)}
    found = {child: SERVICE.search(line) for child, line in lines.items()}
    return {match[1]: child for child, match in found.items() if match}


def _command_line(pid: int) -> str:
    try:
        return (PROC / f"{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


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
