import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from jinding.lock import FolderLock
from jinding.processes import serving_process
from jinding.refusal import Refusal
from jinding.supervisor import Supervisor
from tests.support.ports import free_ports
from tests.support.waiting import until

STAND_IN = "tests.jinding.stand_in:create"
pytestmark = pytest.mark.proof


@pytest.fixture
async def supervisor(tmp_path: Path) -> AsyncIterator[Supervisor]:
    process = serving_process("stand_in", STAND_IN, free_ports(1)[0])
    supervisor = Supervisor([process], tmp_path / "logs", lambda _zh, _en: None)
    supervisor.start()
    yield supervisor
    await supervisor.stop()


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # an orphan that nobody has reaped yet is dead all the same
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).text == "ready"
    except httpx.TransportError:
        return False


async def test_a_killed_process_is_started_again(supervisor: Supervisor) -> None:
    await supervisor.ready("stand_in", 20)
    first = supervisor.pid("stand_in")
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until(lambda: supervisor.pid("stand_in") not in (None, first))
    await supervisor.ready("stand_in", 20)
    assert not lives(first)


async def test_stopping_ends_the_process(supervisor: Supervisor) -> None:
    await supervisor.ready("stand_in", 20)
    pid = supervisor.pid("stand_in")
    assert pid is not None
    await supervisor.stop()
    assert not lives(pid)


async def test_a_process_that_cannot_start_is_a_refusal_that_names_its_log(tmp_path: Path) -> None:
    process = serving_process("broken", "tests.jinding.stand_in:missing", free_ports(1)[0])
    supervisor = Supervisor([process], tmp_path / "logs", lambda _zh, _en: None)
    supervisor.start()
    with pytest.raises(Refusal, match=r"broken does not start; .*broken\.log says why"):
        await supervisor.ready("broken", 30)
    await supervisor.stop()
    assert "missing" in (tmp_path / "logs" / "broken.log").read_text()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_no_process_outlives_its_supervisor(tmp_path: Path, how: signal.Signals) -> None:
    ports = free_ports(2)
    command = [sys.executable, "-m", "tests.jinding.stand_in", str(tmp_path), *map(str, ports)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = [int(await asyncio.to_thread(parent.stdout.readline)) for _ in ports]
        assert all(map(lives, children))
        assert all(map(answers, ports))
        parent.send_signal(how)
        await asyncio.to_thread(parent.wait)
    assert parent.returncode == (0 if how != signal.SIGKILL else -signal.SIGKILL)
    await until(lambda: not any(map(lives, children)))


async def test_a_second_system_on_the_folder_is_refused_while_the_first_lives(
    tmp_path: Path,
) -> None:
    with FolderLock(tmp_path), pytest.raises(Refusal, match=r"runs on .* already"):
        FolderLock(tmp_path).__enter__()


async def test_the_next_system_waits_for_the_processes_of_a_killed_one(tmp_path: Path) -> None:
    with FolderLock(tmp_path) as lock:
        left = subprocess.Popen(["/bin/sleep", "60"], pass_fds=[lock.descriptor])
    with subprocess.Popen(["/bin/true"]) as gone:
        gone.wait()
    (tmp_path / "lock").write_text(str(gone.pid))
    taken = asyncio.create_task(asyncio.to_thread(FolderLock(tmp_path).__enter__))
    assert not (await asyncio.wait([taken], timeout=0.3))[0]
    left.kill()
    left.wait()
    started = time.monotonic()
    (await taken).__exit__()
    assert time.monotonic() - started < 5
