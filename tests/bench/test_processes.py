import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.bench.processes import PROC, cpu_seconds, machine_seconds, megabytes, services, tree

pytestmark = pytest.mark.skipif(
    not (PROC / "self/stat").exists(), reason="Linux tells, others do not"
)
WAITS = "import sys; print(flush=True); sys.stdin.read()"
WORKS = f"x = b'x' * 40_000_000\nfor _ in range(3_000_000): pass\n{WAITS}"


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A shell whose child has worked and kept 40 MB; its command line is that of a service."""
    inner = [sys.executable, "-c", WORKS, "services.grid.main:create"]
    command = ["/bin/sh", "-c", '"$@"; true', "sh", *inner]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.communicate()


def test_a_process_is_told_with_its_children(child: subprocess.Popen[bytes]) -> None:
    assert len(list(tree(child.pid))) == 2
    assert cpu_seconds(child.pid) > 0.02
    assert 40 < megabytes(child.pid) < 100


def test_services_are_found_by_their_command(child: subprocess.Popen[bytes]) -> None:
    (found,) = services(child.pid).items()
    assert found == ("grid", list(tree(child.pid))[1])


def test_a_process_that_has_ended_uses_nothing() -> None:
    ended = subprocess.Popen(["/bin/true"])
    ended.wait()
    assert (cpu_seconds(ended.pid), megabytes(ended.pid)) == (0, 0)
    assert services(ended.pid) == {}


def test_the_machine_counts_whoever_works() -> None:
    before, until = machine_seconds(), time.monotonic() + 0.3
    while time.monotonic() < until:
        pass
    assert machine_seconds() - before > 0.1
