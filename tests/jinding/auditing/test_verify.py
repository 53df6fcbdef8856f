"""What was done to a chain is found, and named."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from jinding.auditing.verify import Anchor, Finding, Kind, Verified, pruned, verify
from services.chassis.audit import Action, Audit, Entry
from services.chassis.audit.chain import Chain
from services.chassis.database import Database, driver
from services.chassis.identity.caller import job
from services.chassis.migrations import upgrade
from tests.chassis.outboxes import connected
from tests.support.auditing import KEYS, audit_of
from tests.support.people import TOWNSHIP
from tests.support.postgres import FreshDatabases

ROWS = 12
NOW = datetime(2026, 11, 30, tzinfo=UTC)
AS_SUPERUSER = "set session_replication_role = replica"
SWAP = """
    update audit set seq = -1 where seq = 4; update audit set seq = 4 where seq = 7;
    update audit set seq = 7 where seq = -1"""
ROTATE = """
    update audit set seq = seq + 100 where seq in (3, 4, 5);
    update audit set seq = case seq when 103 then 4 when 104 then 5 else 3 end where seq > 100"""


@pytest.fixture
async def database_url(fresh_database: FreshDatabases) -> str:
    async def migrated(url: str) -> None:
        await upgrade("grid", url)

    return await fresh_database(template="template_grid", prepare=migrated)


@pytest.fixture
async def audit(database_url: str) -> AsyncIterator[Audit]:
    made = audit_of(Database(database_url, 2), "grid")
    entries = [Entry(Action.READ, "case", uuid4(), purpose=str(n)) for n in range(ROWS)]
    async with made.database.transaction() as connection:
        await made.record(connection, TOWNSHIP, *entries)
    yield made
    await made.database.close()


async def tampered(url: str, *statements: str) -> None:
    """By somebody who may do anything with the database, and has no key."""
    async with connected(url) as connection:
        for statement in (AS_SUPERUSER, *statements):
            await connection.execute(statement)


async def verified(
    audit: Audit, anchors: Sequence[Anchor] = (), epoch: int = 1, chain: Chain | None = None
) -> Verified:
    async with audit.database.transaction() as connection:
        return await verify(await driver(connection), chain or audit.chain, anchors, epoch)


async def anchor(audit: Audit, seq: int, epoch: int = 1) -> Anchor:
    async with audit.database.transaction() as connection:
        raw = await driver(connection)
        hash_ = await raw.fetchval("select hash from audit where seq = $1", seq)
    return Anchor(seq, hash_, epoch, NOW)


def found(told: Verified) -> list[tuple[Kind, int, int]]:
    return [(finding.kind, finding.first, finding.last) for finding in told.findings]


async def test_a_chain_that_nobody_touched_is_whole(audit: Audit) -> None:
    told = await verified(audit, [await anchor(audit, 5), await anchor(audit, 10)])
    assert (told.rows, told.end, told.findings) == (ROWS, ROWS, [])
    assert (told.anchored, told.anchored_at, told.broken) == (10, NOW, False)


@pytest.mark.parametrize(
    "change",
    [
        "purpose = 'x'",
        "subject = 'somebody-else'",
        "at = at + interval '1 second'",
        "roles = '{}'",
        "object_id = null",
        "hash = sha256(hash)",
        "previous = sha256(previous)",
    ],
)
async def test_a_changed_row_is_named(audit: Audit, database_url: str, change: str) -> None:
    await tampered(database_url, f"update audit set {change} where seq = 6")
    told = await verified(audit)
    assert (found(told), told.broken) == ([(Kind.CHANGED, 6, 6)], True)


async def test_what_was_removed_is_named(audit: Audit, database_url: str) -> None:
    await tampered(database_url, "delete from audit where seq in (1, 2, 6, 7, 9)")
    assert found(await verified(audit)) == [
        (Kind.REMOVED, 1, 2),
        (Kind.REMOVED, 6, 7),
        (Kind.REMOVED, 9, 9),
    ]


async def test_what_was_removed_and_closed_up_is_found_all_the_same(
    audit: Audit, database_url: str
) -> None:
    closed = "update audit set seq = seq - 1 where seq = {}"
    numbers = range(7, ROWS + 1)
    await tampered(
        database_url, "delete from audit where seq = 6", *(closed.format(n) for n in numbers)
    )
    told = await verified(audit, [Anchor(ROWS, b"", 1, NOW)])
    assert found(told) == [
        *((Kind.REORDERED, n, n) for n in range(6, ROWS - 1)),
        (Kind.CHANGED, ROWS - 1, ROWS - 1),
        (Kind.TRUNCATED, ROWS, ROWS),
    ]


@pytest.mark.parametrize(
    ("order", "moved"),
    [(SWAP, [(4, 7), (7, 4)]), (ROTATE, [(3, 5), (4, 3), (5, 4)])],
)
async def test_a_row_that_was_put_elsewhere_is_named_with_its_place(
    audit: Audit, database_url: str, order: str, moved: list[tuple[int, int]]
) -> None:
    await tampered(database_url, *order.split(";"))
    told = await verified(audit)
    assert told.findings == [Finding(Kind.REORDERED, at, at, was) for at, was in moved]


async def test_what_was_cut_off_is_found_by_what_was_told_elsewhere(
    audit: Audit, database_url: str
) -> None:
    anchors = [await anchor(audit, 4), await anchor(audit, 11)]
    await tampered(database_url, "delete from audit where seq > 8")
    told = await verified(audit, anchors)
    assert found(told) == [(Kind.TRUNCATED, 9, 11)]
    blind = await verified(audit)
    assert (found(blind), blind.end, blind.anchored) == ([], 8, 0)
    await tampered(database_url, "delete from audit")
    assert found(await verified(audit, anchors)) == [(Kind.TRUNCATED, 1, 11)]


async def test_who_has_no_key_forges_nothing(audit: Audit, database_url: str) -> None:
    """All hashes from row 5 on are made anew, under another key."""
    forger = Chain("grid", {"1": b"x" * 32})
    async with connected(database_url) as connection:
        await connection.execute(AS_SUPERUSER)
        rows = [dict(r) for r in await connection.fetch("select * from audit order by seq")]
        previous = rows[3]["hash"]
        for row in rows[4:]:
            row |= {"previous": previous, "purpose": "forged"}
            previous = forger.hash(row)
            await connection.execute(
                "update audit set purpose = 'forged', previous = $2, hash = $3 where seq = $1",
                row["seq"],
                row["previous"],
                previous,
            )
    told = await verified(audit, [await anchor(audit, 4)])
    assert found(told) == [(Kind.CHANGED, 5, ROWS)]


async def test_a_genuine_row_in_the_place_of_another_is_found(
    audit: Audit, database_url: str
) -> None:
    """Written with the key, in a copy of the database that went its own way from row 6 on."""
    async with connected(database_url) as connection:
        await connection.execute(AS_SUPERUSER)
        (row,) = await connection.fetch("select * from audit where seq = 6")
        other = dict(row) | {"purpose": "another one"}
        hash_ = audit.chain.hash(other)
        await connection.execute(
            "update audit set purpose = 'another one', hash = $1 where seq = 6", hash_
        )
    assert found(await verified(audit)) == [(Kind.CHANGED, 6, 6)]


async def test_who_has_the_key_is_found_by_what_was_told_elsewhere(audit: Audit) -> None:
    before = await anchor(audit, 9)
    rewritten = before._replace(hash=b"y" * 32)
    assert found(await verified(audit, [rewritten])) == [(Kind.CHANGED, 9, 9)]


async def test_what_a_restore_has_lost_is_told_and_is_no_tampering(
    audit: Audit, database_url: str
) -> None:
    anchors = [await anchor(audit, 7), await anchor(audit, 11)]
    await tampered(database_url, "delete from audit where seq > 8")
    told = await verified(audit, anchors, epoch=2)
    assert (found(told), told.broken) == ([(Kind.RESTORED, 9, 11)], False)


async def test_a_row_of_a_key_that_is_gone_is_not_checked(audit: Audit) -> None:
    told = await verified(audit, chain=Chain("grid", {"2": KEYS["1"]}))
    assert (found(told), told.broken) == ([(Kind.UNCHECKED, 1, ROWS)], True)


async def test_a_chain_is_of_one_service(audit: Audit) -> None:
    told = await verified(audit, chain=Chain("training", KEYS))
    assert found(told) == [(Kind.CHANGED, 1, ROWS)]


async def test_what_was_pruned_by_the_rules_is_not_missed(audit: Audit, database_url: str) -> None:
    last = await anchor(audit, 5)
    entry = Entry(Action.PRUNED, "audit", None, outcome=pruned(5, last.hash))
    async with audit.database.transaction() as connection:
        await audit.record(connection, job("grid"), entry)
    await tampered(database_url, "delete from audit where seq <= 5")
    assert found(await verified(audit, [last])) == []
    await tampered(database_url, "delete from audit where seq = 6")
    assert found(await verified(audit)) == [(Kind.REMOVED, 1, 6)]
