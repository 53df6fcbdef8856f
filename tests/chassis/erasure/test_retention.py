"""The purge: what it would do, that it does just that, batch by batch, and what is measured."""

import asyncpg
import pytest

from services.chassis.erasure import gauges, retention
from services.chassis.erasure.gauges import ERASED_OPEN, PEOPLE_DUE, measure
from services.chassis.session import dsn
from tests.chassis.erasure.erasing import PHONE, case, erase, ordered, party
from tests.chassis.erasure.test_holds import hold
from tests.support.running import Running

LIMIT = "update retention_rule set at_most_days = 30 where noun = 'case'"
OLD = "update person set created_at = created_at - interval '30 days' where aggregate_id = $1"


async def test_who_is_kept_too_long_is_purged_and_nobody_else(
    disputes: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    await disputes.fetch(LIMIT)
    old = [await case(disputes, f"1380000100{n}") for n in range(3)]
    young, held = await case(disputes), await case(disputes, "13800002000")
    await hold(disputes, aggregate_id=held["id"])
    for receipt in (*old, held):
        await disputes.fetch(OLD, receipt["id"])
    connection = await asyncpg.connect(dsn(disputes.database_url))
    [due] = await retention.due(connection)
    assert (due.noun, due.people) == ("case", 3)
    assert [(await party(disputes, r))["name"] for r in old] == ["张**"] * 3  # so far only counted
    await measure(connection)
    assert PEOPLE_DUE.labels("case")._value.get() == 3
    assert [n async for n in retention.purge(connection)] == [2, 1]
    assert await retention.due(connection) == []
    assert [(await party(disputes, r))["name"] for r in old] == ["已删除"] * 3
    assert [(await party(disputes, r))["name"] for r in (young, held)] == ["张**"] * 2
    await measure(connection)
    assert gauges.PEOPLE_DUE._metrics == {}
    await connection.close()


async def test_what_an_erasure_left_goes_once_nothing_holds_it(disputes: Running) -> None:
    receipt = await case(disputes)
    held = await hold(disputes, aggregate_id=receipt["id"])
    await erase(disputes, ordered(disputes, PHONE))
    connection = await asyncpg.connect(dsn(disputes.database_url))
    assert await retention.due(connection) == []
    await measure(connection)
    assert ERASED_OPEN._value.get() == 0
    await disputes.fetch("update legal_hold set lifted_at = now() where id = $1", held.json()["id"])
    await measure(connection)
    assert ERASED_OPEN._value.get() == 1
    assert [tuple(due) for due in await retention.due(connection)] == [("case", "erasure", 1)]
    assert [n async for n in retention.purge(connection)] == [1]
    assert (await party(disputes, receipt))["name"] == "已删除"
    await connection.close()
