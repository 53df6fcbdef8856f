"""Whoever was erased stays so when an older backup comes back: the ledger knows, and so does the log."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from jinding import embedded
from jinding.deploy.backup import back_up, check
from jinding.deploy.databases import connected
from jinding.deploy.erasures import (
    LEDGER,
    Erased,
    Ledger,
    kept,
    of_backup,
    of_database,
    of_log,
    parsed,
    remembered,
    written,
)
from jinding.deploy.restored import begin_epoch
from services.chassis.erasure.matching import Sought, opening
from services.chassis.eventlog.embedded import EmbeddedLog
from services.chassis.eventlog.port import Partition, Record, partition_of
from services.chassis.session import dsn
from services.contracts.grid_subjects import SubjectErased
from services.disputes.main import create_app
from tests.chassis.erasure.erasing import PHONE, case, erase, ordered, party
from tests.jinding.deploy.test_backup import Engine
from tests.jinding.deploy.test_inside import let_in
from tests.support.postgres import FreshDatabases, running_test_server
from tests.support.running import fresh_log, running

RESTORE = "20261130T000000Z"


def erased(hours: int = 0, **facts: Any) -> Erased:
    until = datetime(2026, 11, 30, tzinfo=UTC) + timedelta(hours=hours)
    sought = Sought(facts.get("resident", b"r" * 16), facts.get("phone"))
    return Erased(facts.get("id") or uuid4(), "330703", until, sought)


def ledger(*all_of: Erased) -> Ledger:
    return {one.id: one for one in all_of}


def test_what_is_written_is_read_again() -> None:
    known = ledger(erased(), erased(1, resident=None, phone=b"p" * 16))
    assert parsed(written(known)) == known
    assert parsed("") == {}


def test_it_only_grows_and_nobody_else_reads_it(tmp_path: Path) -> None:
    one, other = erased(), erased(1)
    assert remembered(tmp_path, ledger(one)) == ledger(one)
    assert remembered(tmp_path, ledger(other)) == kept(tmp_path) == ledger(one, other)
    assert remembered(tmp_path, {}) == ledger(one, other)
    assert (tmp_path / LEDGER).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [LEDGER]


class Knowing(Engine):
    """A deployment in which people were erased."""

    def __init__(self, *known: Erased) -> None:
        self.known = known

    def state(self) -> dict[str, Any]:
        return super().state() | {"erasures": [one.line() for one in self.known]}


def test_each_backup_adds_what_is_known_beside_the_others_and_holds_a_copy(tmp_path: Path) -> None:
    one, other = erased(), erased(1)
    first = back_up(Knowing(one), tmp_path / "to", 14)
    assert of_backup(first) == ledger(one)
    assert b"erasures" not in (first / "state.json").read_bytes()
    first = first.rename(first.parent / "20260101T000000Z")
    second = back_up(Knowing(other), tmp_path / "to", 10_000)
    check(first)
    check(second)
    assert of_backup(first) == of_backup(second) == ledger(one, other)
    alone = Path(shutil.copytree(second, tmp_path / "elsewhere" / second.name))
    assert of_backup(alone) == ledger(one, other)


def test_a_backup_of_before_is_still_one(tmp_path: Path) -> None:
    made = back_up(Engine(), tmp_path, 14)
    (made / LEDGER).unlink()
    sums = (made / "SHA256SUMS").read_text().splitlines(keepends=True)
    (made / "SHA256SUMS").write_text("".join(line for line in sums if LEDGER not in line))
    check(made)
    assert of_backup(made) == {}


async def test_the_log_tells_of_those_after_the_backup(fresh_database: FreshDatabases) -> None:
    log = EmbeddedLog(dsn(await fresh_log(fresh_database)))
    await log.start()
    assert await of_log(log) == {}
    known = [erased(n) for n in range(30)]
    await log.append([record(one) for one in known])
    assert await of_log(log) == ledger(*known)
    await log.stop()


def record(one: Erased) -> Record:
    key = str(one.id).encode()
    event = SubjectErased(
        area_code=one.area_code,
        occurred_at=one.until,
        correlation_id=one.id,
        resident_index=one.line()["resident_index"],
        phone_index=None,
        confirm_due_at=None,
    )
    headers = (("ce_type", SubjectErased.type.encode()),)
    place = Partition(SubjectErased.topic, partition_of(key))
    return Record(place, key, headers, event.model_dump_json().encode())


@dataclass
class Restored:
    """The disputes service's database as a base backup brought it back, before any service runs."""

    connection: asyncpg.Connection
    ledger: Ledger

    async def opened(self) -> int:
        return int(await self.connection.fetchval("select count(*) from person_key"))


@asynccontextmanager
async def restored(folder: Path) -> AsyncIterator[Restored]:
    """A party is entered, everything is copied as a backup is, the party is erased, and the copy comes back."""
    async with running_test_server() as held:
        server = held._server
        async with running("disputes", create_app, FreshDatabases(held), folder) as disputes:
            receipt = await case(disputes)
            copy = await _copied(server, folder / "copy")
            await erase(disputes, ordered(disputes, PHONE))
            assert (await party(disputes, receipt))["name"] == "已删除"
            async with connected(dsn(disputes.database_url)) as connection:
                known = await of_database(connection)
        server.stop()
        shutil.rmtree(server.place.data)
        shutil.copytree(copy, server.place.data)
        if server.place.uid is not None:
            for place in (server.place.data, *server.place.data.rglob("*")):
                shutil.chown(place, server.place.uid, server.place.uid)
        embedded.start(server.place.home.parent, unsafe_but_fast=True)
        async with connected(dsn(disputes.database_url)) as connection:
            yield Restored(connection, known)


async def _copied(server: embedded.Server, to: Path) -> Path:
    async with connected(server.url("postgres")) as connection:
        await let_in(connection, "postgres")
    program = str(server.place.binaries / "pg_basebackup")
    how = ["--checkpoint=fast", "-h", str(server.place.socket), "-U", "postgres", "-w"]
    known = to.with_suffix(".pass")
    known.write_text(f"*:*:*:*:{server.passwords['postgres']}\n")
    known.chmod(0o600)
    done = subprocess.run(
        [program, *how, "-D", str(to)], check=False, env={"PGPASSFILE": str(known)}
    )
    assert done.returncode == 0
    return to


async def test_nothing_of_an_erased_person_opens_in_a_restored_backup(tmp_path: Path) -> None:
    async with restored(tmp_path) as back:
        assert await back.opened() == 1  # without the ledger the backup brings the person back
        assert await opening(back.connection) == 0  # and nobody could tell
        log = EmbeddedLog("unused")
        told = await begin_epoch(back.connection, log, RESTORE, back.ledger)
        assert told == (2, 1)
        assert await back.opened() == 0
        assert await opening(back.connection) == 0
        assert await begin_epoch(back.connection, log, RESTORE, back.ledger) == (2, 0)
        [person] = await back.connection.fetch("select * from person")
        assert person["erased_at"]
        assert not any((person["name"], person["phone"], person["phone_index"]))
