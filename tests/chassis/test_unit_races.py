"""What must hold when many do the same thing at once: the real grid service on PostgreSQL."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from tests.chassis.outboxes import connected
from tests.chassis.test_unit_locks import WAITING
from tests.support.grid import (
    BATCH,
    REPORT,
    REPORTS,
    acceptance,
    batch,
    creation,
    refusal,
    reported,
)
from tests.support.people import DISTRICT, RED_MEMBER, TOWNSHIP
from tests.support.running import Running, eventually


def accepting(grid: Running, receipt: dict[str, Any], **headers: str) -> Any:
    path = f"{REPORTS}/{receipt['id']}/accept"
    return grid.call(TOWNSHIP, "POST", path, {}, {"If-Match": '"1"'} | headers)


async def of_reports(grid: Running, table: str) -> int:
    where = {"outbox": "where topic = 'jinding.grid.report.v1'"}.get(table, "")
    return int((await grid.fetch(f"select count(*) from {table} {where}"))[0][0])


async def deadlocks(grid: Running) -> int:
    """Those that PostgreSQL had to break; the unit of work would hide them by running again."""
    await grid.runtime.database.engine.dispose()  # a backend tells its figures at its end
    query = "select deadlocks from pg_stat_database where datname = current_database()"

    async def gone() -> bool:
        others = "select from pg_stat_activity where datname = current_database() and pid <> "
        return not await grid.fetch(others + "pg_backend_pid()")

    await eventually(gone)
    return int((await grid.fetch(query))[0][0])


def kinds(answers: Sequence[Response]) -> dict[int, int]:
    statuses = [answer.status_code for answer in answers]
    return {status: statuses.count(status) for status in set(statuses)}


async def test_of_two_racing_writers_one_is_told_the_current_version(grid: Running) -> None:
    receipt = await reported(grid)
    answers = await asyncio.gather(accepting(grid, receipt), accepting(grid, receipt))
    assert kinds(answers) == {200: 1, 412: 1}
    late = next(answer for answer in answers if answer.status_code == 412)
    assert late.headers["ETag"] == '"2"'
    assert late.json()["code"] == "precondition_failed"
    assert [await of_reports(grid, t) for t in ("report", "outbox")] == [1, 2]


async def test_parallel_posts_with_one_key_are_one_report(grid: Running) -> None:
    key = {"Idempotency-Key": "one"}
    answers = await asyncio.gather(
        *(grid.call(RED_MEMBER, "POST", REPORTS, REPORT, key) for _ in range(64))
    )
    assert kinds(answers) == {201: 64}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert [await of_reports(grid, t) for t in ("report", "outbox", "answer")] == [1, 1, 1]


async def test_retries_of_one_step_are_one_change(grid: Running) -> None:
    receipt = await reported(grid)
    step = [accepting(grid, receipt, **{"Idempotency-Key": "step"}) for _ in range(64)]
    answers = await asyncio.gather(*step)
    assert kinds(answers) == {200: 64}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.headers["ETag"] for answer in answers} == {'"2"'}
    assert [await of_reports(grid, t) for t in ("report", "outbox")] == [1, 2]


async def test_equal_ids_under_different_keys_are_one_report(grid: Running) -> None:
    body = REPORT | {"id": str(uuid4())}
    answers = await asyncio.gather(
        *(
            grid.call(RED_MEMBER, "POST", REPORTS, body, {"Idempotency-Key": f"key-{n}"})
            for n in range(32)
        )
    )
    assert kinds(answers) == {201: 1, 409: 31}
    codes = {answer.json().get("code") for answer in answers if answer.status_code == 409}
    assert codes == {"already_exists"}
    assert [await of_reports(grid, t) for t in ("report", "outbox", "answer")] == [1, 1, 1]


async def test_an_id_of_a_record_out_of_sight_is_refused(grid: Running) -> None:
    receipt = await reported(grid)
    body = REPORT | {"id": receipt["id"], "area_code": "330703101"}
    other = await grid.call(DISTRICT, "POST", REPORTS, body)
    assert (other.status_code, other.json()["code"]) == (409, "already_exists")


async def test_overlapping_batches_in_any_order_end_alike(grid: Running) -> None:
    receipts = [await reported(grid, title=f"事项{n}") for n in range(20)]
    ids = [str(uuid4()) for _ in range(20)]
    items = [acceptance(f"accept-{n}", receipt["id"]) for n, receipt in enumerate(receipts)]
    items += [creation(f"create-{n}", id=id_) for n, id_ in enumerate(ids)]
    shuffle = random.Random(4).sample

    async def some() -> Response:
        return await grid.call(DISTRICT, "POST", BATCH, {"items": shuffle(items, 30)})

    answers = await asyncio.gather(*(some() for _ in range(24)))
    assert kinds(answers) == {200: 24}
    last = await grid.call(DISTRICT, "POST", BATCH, {"items": items})
    outcomes = [r["outcome"] for a in answers for r in a.json()["results"]]
    assert {r["outcome"] for r in last.json()["results"]} <= {"duplicate", "applied"}
    assert set(outcomes) == {"applied", "duplicate"}
    rows = await grid.fetch("select status, version, count(*) from report group by 1, 2 order by 1")
    assert [tuple(row) for row in rows] == [("ACCEPTED", 2, 20), ("REPORTED", 1, 20)]
    assert await of_reports(grid, "outbox") == 60
    assert await deadlocks(grid) == 0


async def test_overlapping_creations_under_different_keys_do_not_deadlock(grid: Running) -> None:
    ids = [str(uuid4()) for _ in range(30)]
    shuffle = random.Random(5).sample

    async def some(n: int) -> Response:
        items = [creation(f"{n}/{id_}", id=id_) for id_ in shuffle(ids, 30)]
        return await grid.call(RED_MEMBER, "POST", BATCH, {"items": items})

    answers = await asyncio.gather(*(some(n) for n in range(8)))
    assert kinds(answers) == {200: 8}
    outcomes = [r["outcome"] for a in answers for r in a.json()["results"]]
    assert (outcomes.count("applied"), outcomes.count("rejected")) == (30, 210)
    assert await of_reports(grid, "report") == await of_reports(grid, "outbox") == 30
    assert await deadlocks(grid) == 0


SLOWLY = """
    create function slowly() returns trigger language plpgsql as $$
    begin perform pg_sleep(0.01); return new; end $$"""


@pytest.mark.parametrize("table", ["outbox", "report", "answer", "clock"])
async def test_batches_in_opposite_order_do_not_deadlock_however_slowly_they_write(
    grid: Running, table: str
) -> None:
    accepted = [(await reported(grid, title=f"事项{n}"))["id"] for n in range(10)]
    await grid.fetch(SLOWLY)
    for when in ("before", "after"):
        trigger = f"create trigger {when} {when} insert or update on {table} for each row "
        await grid.fetch(trigger + "execute function slowly()")
    ids = [str(uuid4()) for _ in range(10)]

    # Steps lock their records before anything is written: beside creations they would let one batch in at a time.
    # Keys that collide would do the same to the rest.
    async def create(n: int, order: int) -> Response:
        of = "all" if table == "answer" else n
        made = [creation(f"{of}/{id_}", id=id_) for id_ in ids[::order]]
        return await grid.call(DISTRICT, "POST", BATCH, {"items": made})

    async def accept(n: int, order: int) -> Response:
        steps = [acceptance(f"{n}/{id_}", id_) for id_ in accepted[::order]]
        return await grid.call(DISTRICT, "POST", BATCH, {"items": steps})

    async with connected(grid.database_url) as gate, gate.transaction():
        await gate.execute(f"lock table {table} in exclusive mode")
        batches = [
            asyncio.create_task(do(n, order))
            for do in (create, accept)
            for n, order in enumerate((1, -1))
        ]
        await eventually(lambda: grid.fetch(WAITING, 4))  # now all begin at once
    answers = await asyncio.gather(*batches)
    assert kinds(answers) == {200: 4}
    outcomes = [r["outcome"] for a in answers for r in a.json()["results"]]
    assert outcomes.count("applied") == 20
    assert await deadlocks(grid) == 0


async def test_another_body_under_the_same_key_is_refused(grid: Running) -> None:
    key = {"Idempotency-Key": "one"}
    await grid.call(RED_MEMBER, "POST", REPORTS, REPORT, key)
    other = await grid.call(RED_MEMBER, "POST", REPORTS, REPORT | {"title": "别的内容"}, key)
    assert refusal(other) == (422, "key_reused", "/header/idempotency-key")
    somebody_else = await grid.call(DISTRICT, "POST", REPORTS, REPORT, key)
    assert somebody_else.status_code == 201
    assert await of_reports(grid, "report") == 2


async def test_one_key_twice_in_a_batch_is_done_once(grid: Running) -> None:
    first, again, other = await batch(
        grid, RED_MEMBER, creation("a"), creation("a"), creation("a", title="别的内容")
    )
    assert (first["outcome"], again["outcome"]) == ("applied", "duplicate")
    assert again["receipt"] == first["receipt"]
    assert (other["outcome"], other["code"]) == ("rejected", "key_reused")
    assert [error["pointer"] for error in other["errors"]] == ["/key"]
    assert await of_reports(grid, "report") == 1


async def test_an_item_that_violates_a_constraint_is_refused_alone(grid: Running) -> None:
    await grid.fetch("create unique index only_one_of_a_title on report (title)")
    await reported(grid, title="已有标题")
    results = await batch(
        grid,
        RED_MEMBER,
        creation("a", title="新的标题"),
        creation("b", title="已有标题"),
        creation("c", title="另一标题"),
    )
    assert [r["outcome"] for r in results] == ["applied", "rejected", "applied"]
    assert results[1]["code"] == "already_exists"
    alone = await grid.call(RED_MEMBER, "POST", REPORTS, REPORT | {"title": "已有标题"})
    assert (alone.status_code, alone.json()["code"]) == (409, "already_exists")
    assert await of_reports(grid, "report") == 3


async def test_a_creation_done_before_is_replayed_though_it_would_be_refused_now(
    grid: Running,
) -> None:
    key = {"Idempotency-Key": "one"}
    first = await grid.call(RED_MEMBER, "POST", REPORTS, REPORT, key)
    await grid.fetch("update area set valid_to = '2020-01-01' where area_code = '330703105291001'")
    again = await grid.call(RED_MEMBER, "POST", REPORTS, REPORT, key)
    assert (again.status_code, again.json()) == (201, first.json())


async def test_a_pool_survives_the_loss_of_its_connections(grid: Running) -> None:
    await reported(grid)
    await grid.fetch(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid()"
    )
    answers = await asyncio.gather(
        *(grid.call(RED_MEMBER, "POST", REPORTS, REPORT) for _ in range(16))
    )
    assert {answer.status_code for answer in answers} <= {201, 503}
    assert (await grid.call(RED_MEMBER, "POST", REPORTS, REPORT)).status_code == 201
