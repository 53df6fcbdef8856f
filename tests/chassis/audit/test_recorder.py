"""What is written of an act, by whom; and that no writer breaks another's chain."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.chassis.audit import Action, Audit, Entry
from services.chassis.audit import recorder as recording
from services.chassis.audit.chain import BEGINNING, Chain, OutsideTransaction
from services.chassis.database import Database
from services.chassis.identity.caller import Caller
from tests.chassis.outboxes import connected
from tests.support.people import OTHER_TOWNSHIP, TOWNSHIP, caller

CHAIN = Chain("grid", {"1": b"k" * 32})
READ = Entry(Action.READ, "case", uuid4())
WRITERS, EACH = 8, 200


@pytest.fixture
async def audit(database_url: str) -> AsyncIterator[Audit]:
    database = Database(database_url, 4)
    yield Audit(database, CHAIN)
    await database.close()


async def rows(url: str) -> Sequence[asyncpg.Record]:
    async with connected(url) as connection:
        return await connection.fetch("select * from audit order by seq")


def assert_whole(found: Sequence[asyncpg.Record], count: int) -> None:
    assert [row["seq"] for row in found] == list(range(1, count + 1))
    assert found[0]["previous"] == BEGINNING
    assert all(before["hash"] == row["previous"] for before, row in pairwise(found))
    assert all(CHAIN.hash(dict(row)) == row["hash"] for row in found)


async def test_a_row_tells_who_did_what_where_and_why(audit: Audit, database_url: str) -> None:
    by = caller("auditor", "330703105", "330703101", subject="甲", organisation="330703-justice")
    told = Entry(Action.REVEALED, "case", uuid4(), fields=("phone",), purpose="回访")
    async with audit.database.transaction() as connection:
        await audit.record(connection, by, told)
    (row,) = await rows(database_url)
    assert (row["subject"], row["roles"]) == ("甲", ["auditor"])
    assert (row["organisation"], row["request_id"]) == ("330703-justice", "test")
    assert (row["action"], row["noun"], row["object_id"]) == ("REVEALED", "case", told.object_id)
    assert (row["fields"], row["purpose"], row["outcome"]) == (["phone"], "回访", "done")
    assert (row["area_code"], row["key_id"]) == ("330703", "1")
    assert_whole([row], 1)


@pytest.mark.parametrize(
    ("areas", "place"),
    [
        (("330703105",), "330703105"),
        (("330703105291", "330703105"), "330703105"),
        (("330703", "330704"), None),
        ((), None),
    ],
)
async def test_what_has_no_place_is_where_its_caller_is_in_charge(
    audit: Audit, database_url: str, areas: tuple[str, ...], place: str | None
) -> None:
    async with audit.database.transaction() as connection:
        await audit.record(connection, Caller("somebody", areas=areas), READ)
    (row,) = await rows(database_url)
    assert row["area_code"] == place


async def test_what_is_rolled_back_leaves_neither_row_nor_gap(
    audit: Audit, database_url: str
) -> None:
    for outcome in ("kept", "undone", "kept"):
        async with audit.database.connection() as connection, connection.begin() as transaction:
            await audit.record(connection, TOWNSHIP, READ)
            if outcome == "undone":
                await transaction.rollback()
    assert_whole(await rows(database_url), 2)


async def test_a_row_outside_a_transaction_is_refused(audit: Audit) -> None:
    async with audit.database.statements() as connection:
        with pytest.raises(OutsideTransaction):
            await audit.record(connection, TOWNSHIP, READ)


async def test_writers_of_two_replicas_make_one_chain(audit: Audit, database_url: str) -> None:
    replica = Database(database_url, 4)

    async def write(by: Audit) -> None:
        for _ in range(EACH):
            async with by.database.transaction() as connection:
                await by.record(connection, OTHER_TOWNSHIP, READ)

    another = Audit(replica, CHAIN)
    writing = (write((audit, another)[n % 2]) for n in range(WRITERS))
    ended = await asyncio.gather(*writing, return_exceptions=True)
    await replica.close()
    assert ended == [None] * WRITERS
    assert_whole(await rows(database_url), WRITERS * EACH)


async def test_the_newest_key_makes_new_rows_and_the_older_checks_its_own(
    audit: Audit, database_url: str
) -> None:
    keys = {"1": CHAIN.keys["1"], "10": b"n" * 32, "9": b"o" * 32}
    rotated = Audit(audit.database, Chain("grid", keys))
    for writer in (audit, rotated):
        async with writer.database.transaction() as connection:
            await writer.record(connection, TOWNSHIP, READ)
    found = await rows(database_url)
    assert [row["key_id"] for row in found] == ["1", "10"]
    assert all(rotated.chain.hash(dict(row)) == row["hash"] for row in found)


async def test_what_was_noted_is_written_within_a_second(audit: Audit, database_url: str) -> None:
    for _ in range(3):
        await audit.note(TOWNSHIP, READ)
    await asyncio.wait_for(audit.run(), 1)
    assert_whole(await rows(database_url), 3)


async def test_what_was_noted_is_written_at_a_stop(audit: Audit, database_url: str) -> None:
    await audit.note(TOWNSHIP, READ)
    await audit.stop()
    assert_whole(await rows(database_url), 1)


async def test_what_finds_no_room_is_counted_in_the_audit(
    audit: Audit, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "MOST", 2)
    for _ in range(5):
        await audit.note(TOWNSHIP, READ)
    await audit.flush()
    found = await rows(database_url)
    told = [(row["action"], row["subject"], row["outcome"]) for row in found]
    assert told[:2] == [("READ", TOWNSHIP.subject, "done")] * 2
    assert told[2:] == [("LEFT_OUT", "svc:grid", "3")]
    await audit.flush()
    assert len(await rows(database_url)) == 3


async def test_what_could_not_be_written_waits(
    audit: Audit, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = audit._write

    async def away(*_: Any) -> None:
        raise OSError

    monkeypatch.setattr(audit, "_write", away)
    await audit.note(TOWNSHIP, READ)
    with pytest.raises(OSError):  # noqa: PT011
        await audit.flush()
    monkeypatch.setattr(audit, "_write", write)
    await asyncio.wait_for(audit.run(), 1)
    assert_whole(await rows(database_url), 1)


async def test_a_text_that_cannot_be_stored_keeps_nobody_elses_note_out(
    audit: Audit, database_url: str
) -> None:
    await audit.note(Caller("a\0b", frozenset({"\ud800"})), Entry(Action.READ, "case", None))
    await audit.note(TOWNSHIP, READ)
    await audit.flush()
    assert_whole(await rows(database_url), 2)
