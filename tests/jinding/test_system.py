import io
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from rich.console import Console

from jinding import system
from jinding.databases import Databases
from jinding.embedded.place import find_place, places_elsewhere
from jinding.passwords import Passwords
from jinding.processes import Keys, Process, make_keys, service_environment, serving_process
from jinding.refusal import Refusal
from jinding.settings import METRICS_OFFSET, Settings
from jinding.system import running
from tests.support.ports import free_ports
from tests.support.waiting import until


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A system of stand-ins on free ports, with a database server of its own."""
    parent = Path(tempfile.mkdtemp(prefix="jd-"))
    parent.chmod(0o711)
    ports = free_ports(5)
    names = ["grid_port", "disputes_port", "inspection_port", "training_port", "gateway_port"]
    monkeypatch.setattr(system, "migrate", _nothing)
    monkeypatch.setattr(system, "create_topics", _nothing)
    monkeypatch.setattr(system, "service_processes", _stand_ins)
    values = dict(zip(names, ports, strict=True))
    yield Settings.model_validate({"data_folder": parent / "data", **values})
    for place in (parent, *places_elsewhere(parent / "data")):
        shutil.rmtree(place)


async def _nothing(*_: object) -> None: ...


def _stand_ins(settings: Settings, _databases: Databases, _keys: Keys) -> list[Process]:
    factory = "tests.jinding.stand_in:create"
    return [serving_process(name, factory, port) for name, port in settings.ports.items()]


def quiet() -> Console:
    return Console(file=io.StringIO())


@pytest.mark.proof
async def test_a_system_starts_again_on_what_it_holds(settings: Settings) -> None:
    async with running(settings, quiet()) as first:
        url = first.databases.url("grid").replace("+asyncpg", "")
        connection = await asyncpg.connect(url)
        await connection.execute("create table kept (id int)")
        await connection.close()
    with pytest.raises(OSError, match="No such file"):
        await asyncpg.connect(url)
    async with running(settings, quiet()) as second:
        assert second.databases.url("grid").replace("+asyncpg", "") == url
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("select count(*) from kept") == 0
        await connection.close()


@pytest.mark.proof
async def test_a_second_system_on_the_same_folder_is_refused(settings: Settings) -> None:
    async with running(settings, quiet()):
        with pytest.raises(Refusal, match="already"):
            async with running(settings, quiet()):
                pass


@pytest.mark.proof
async def test_a_database_that_fails_to_start_again_is_tried_until_it_does(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = io.StringIO()
    monkeypatch.setattr(system, "WATCH_SECONDS", 0.1)
    async with running(settings, Console(file=told)) as started:
        data = find_place(settings.folder).data
        kept = data / "postgresql.conf"
        kept.rename(data / "aside")
        kept.mkdir()
        os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        await until(lambda: "does not start" in told.getvalue())
        kept.rmdir()
        (data / "aside").rename(kept)
        await until(lambda: "it runs again" in told.getvalue(), 30)
        url = started.databases.url("grid").replace("+asyncpg", "")
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("select 1") == 1
        await connection.close()


def test_only_the_gateway_gets_the_key_that_signs_internal_tokens(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path)
    databases = Databases("postgresql://postgres:secret@/postgres?host=/s", Passwords(tmp_path))
    keys = make_keys(tmp_path)
    given = {
        name: service_environment(name, settings, databases, keys) for name in ("grid", "gateway")
    }
    assert "INTERNAL_KEY_FILE" not in given["grid"]
    assert given["gateway"]["INTERNAL_KEY_FILE"] == str(keys.internal)
    assert keys.internal.stat().st_mode & 0o777 == 0o600
    assert given["grid"]["DATABASE_URL"].startswith("postgresql+asyncpg://grid:")
    assert given["grid"]["METRICS_PORT"] == str(settings.grid_port + METRICS_OFFSET)
    assert json.loads(given["gateway"]["SERVICE_URLS"])["training"] == "http://127.0.0.1:8104"
