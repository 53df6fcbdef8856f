"""Items of one batch that need each other: groups, cases, and receptions that name both."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.disputes.main import create_app
from tests.disputes.calls import CASE, CASES, GROUPS, MEMBERS, RECEPTIONS, created
from tests.support.people import TOWNSHIP
from tests.support.postgres import FreshDatabases
from tests.support.running import Running, running

Wish = dict[str, Any]
FACTS: Wish = {
    "area_code": "330703105",
    "heads": 3,
    "topic_code": "LAND_TAKING",
    "outcome": "ANSWERED",
}


@pytest.fixture
async def disputes(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Running]:
    async with running("disputes", create_app, fresh_database, tmp_path) as service:
        yield service


async def run(disputes: Running, *items: Wish) -> list[Wish]:
    numbered = [{"key": f"{n}"} | item for n, item in enumerate(items)]
    answer = await disputes.call(TOWNSHIP, "POST", "/v1/disputes/batch", {"items": numbered})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


def group(id: str, *, agencies: int = 2, inside: bool = False) -> Wish:
    members = [MEMBERS[n % agencies] for n in range(2)]
    return wish("form_service_group", id, inside, area_code="330703105", members=members)


def case(id: str, *, inside: bool = False, **facts: Any) -> Wish:
    return wish("register_case", id, inside, **(CASE | facts))


def reception(group: str, **facts: Any) -> Wish:
    return wish("record_reception", str(uuid4()), **(FACTS | facts), group_id=group)


def link(reception: str, case: str) -> Wish:
    return wish("link_reception_case", reception, case_id=case)


def wish(operation: str, id: str, inside: bool = False, **body: Any) -> Wish:
    """With its id `inside` its body, or beside it."""
    if inside:
        return {"operation": operation, "body": body | {"id": id}}
    return {"operation": operation, "id": id, "body": body}


def outcomes(results: list[Wish]) -> list[str]:
    return [result["outcome"] for result in results]


async def ready(disputes: Running) -> tuple[str, str]:
    """A group, and a reception of it that is linked to no case."""
    body = {"area_code": "330703105", "members": MEMBERS}
    group_id = (await created(disputes, TOWNSHIP, GROUPS, body))["id"]
    receipt = await created(disputes, TOWNSHIP, RECEPTIONS, FACTS | {"group_id": group_id})
    return group_id, receipt["id"]


async def linked(disputes: Running) -> str:
    (row,) = await disputes.fetch("select case_id from reception where case_id is not null")
    return str(row["case_id"])


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0)])
async def test_what_an_item_needs_may_be_made_in_the_same_batch(
    disputes: Running, inside: bool, order: tuple[int, ...]
) -> None:
    g, c = str(uuid4()), str(uuid4())
    items = [group(g, inside=inside), case(c, inside=inside)]
    items += [reception(g, case_id=c), reception(g)]
    results = await run(disputes, *(items[n] for n in order))
    assert outcomes(results) == ["applied"] * 4
    assert await linked(disputes) == c
    again = await run(disputes, *(items[n] for n in order))
    assert outcomes(again) == ["duplicate"] * 4
    assert [r["receipt"] for r in again] == [r["receipt"] for r in results]


async def test_needs_may_need_others(disputes: Running) -> None:
    g, c = str(uuid4()), str(uuid4())
    received = reception(g)
    results = await run(disputes, received, link(received["id"], c), case(c), group(g))
    assert outcomes(results) == ["applied"] * 4
    assert await linked(disputes) == c


@pytest.mark.parametrize("inside", [False, True])
async def test_who_needs_what_was_refused_waits_on_it(disputes: Running, inside: bool) -> None:
    g, c = str(uuid4()), str(uuid4())
    received = reception(g, case_id=c)
    results = await run(
        disputes,
        group(g, agencies=1, inside=inside),
        case(c, inside=inside),
        received,
        link(received["id"], c),
        case(str(uuid4())),
    )
    assert outcomes(results) == ["rejected", "applied", "rejected", "rejected", "applied"]
    assert [r.get("waits_on") for r in results] == [None, None, 0, 2, None]


async def test_of_two_causes_the_first_is_told(disputes: Running) -> None:
    g, c = str(uuid4()), str(uuid4())
    results = await run(
        disputes, case(c, area_code="330703101"), group(g, agencies=1), reception(g, case_id=c)
    )
    assert outcomes(results) == ["rejected"] * 3
    assert [r.get("waits_on") for r in results] == [None, None, 0]


async def test_a_step_is_not_taken_after_one_that_came_later(disputes: Running) -> None:
    _, receipt = await ready(disputes)
    old, new = (await created(disputes, TOWNSHIP, CASES, CASE))["id"], str(uuid4())
    results = await run(disputes, link(receipt, new), link(receipt, old), case(new))
    assert outcomes(results) == ["rejected", "applied", "applied"]
    assert results[0]["code"] == "case_unknown"
    assert await linked(disputes) == old


async def test_a_step_that_nothing_overtook_is_taken_in_the_end(disputes: Running) -> None:
    _, receipt = await ready(disputes)
    new = str(uuid4())
    results = await run(disputes, link(receipt, new), link(receipt, str(uuid4())), case(new))
    assert [(r["outcome"], r.get("code")) for r in results] == [
        ("applied", None),
        ("rejected", "case_unknown"),
        ("applied", None),
    ]
    assert await linked(disputes) == new


async def test_an_id_beside_the_body_must_be_that_inside(disputes: Running) -> None:
    one, other = str(uuid4()), str(uuid4())
    equal = case(one, inside=True) | {"id": one}
    differing = case(one, inside=True) | {"id": other}
    results = await run(disputes, differing, equal)
    assert [(r["outcome"], r.get("code")) for r in results] == [
        ("rejected", "id_differs"),
        ("applied", None),
    ]
    assert results[0]["errors"][0]["pointer"] == "/id"
    assert results[1]["receipt"]["id"] == one
