"""The filters of the list, each by itself and together, at any depth."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.chassis.deadlines.calendar import local_day
from services.grid.reports.operations import accept_report, create_report, return_report
from tests.support.grid import REPORTS, brought_to, refusal, reported, run_at
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, RED_MEMBER, TOWNSHIP
from tests.support.running import Running

TOLD: dict[str, Any] = {"subcategory": "WATER", "details": {"medium": "WATER"}, "place": "桥头"}


async def ids(grid: Running, who: Any = DISTRICT, **query: Any) -> set[str]:
    answer = await grid.call(who, "GET", REPORTS, limit=200, **query)
    assert answer.status_code == 200, answer.text
    return {item["id"] for item in answer.json()["items"]}


async def test_each_filter_narrows_the_list(grid: Running) -> None:
    water = (await reported(grid, **TOLD))["id"]
    urgent = (await reported(grid, TOWNSHIP, finder="RESIDENT", urgency="URGENT"))["id"]
    village = (await reported(grid, TOWNSHIP, level="VILLAGE"))["id"]
    given = (await brought_to(grid, "ASSIGNED"))["id"]
    everything = {water, urgent, village, given}
    for query, found in (
        ({"subcategory": "WATER"}, {water}),
        ({"finder": "RESIDENT"}, {urgent}),
        ({"urgency": "URGENT"}, {urgent}),
        ({"level": "VILLAGE"}, {village}),
        ({"organisation": "330703-enforcement"}, {given}),
        ({"status": "ASSIGNED"}, {given}),
        ({"finder": "RESIDENT", "level": "VILLAGE"}, set()),
        ({"area": "330703101"}, set()),
    ):
        assert await ids(grid, **query) & everything == found, query
    assert everything <= await ids(grid, category="ENVIRONMENT")
    assert await ids(grid, OTHER_TOWNSHIP, subcategory="WATER") == set()


async def test_days_are_those_of_the_district(grid: Running) -> None:
    at = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # half past midnight of 3 March
    made = await run_at(grid, at, create_report, DISTRICT)
    for first, last, found in (
        ("2026-03-03", "2026-03-03", True),
        ("2026-03-02", "2026-03-02", False),
        ("2026-03-04", None, False),
        (None, "2026-03-02", False),
    ):
        query = {"reported_from": first, "reported_to": last}
        asked = {name: day for name, day in query.items() if day}
        assert (str(made.id) in await ids(grid, **asked)) is found, asked


async def test_what_is_open_beyond_its_deadline_is_overdue(grid: Running) -> None:
    past, today = datetime.now(UTC) - timedelta(days=20), local_day(datetime.now(UTC))
    waiting = await run_at(grid, past, create_report, DISTRICT, urgency="URGENT")
    taken = await run_at(grid, past, create_report, DISTRICT, urgency="URGENT")
    await run_at(grid, past, accept_report, DISTRICT, taken.id)
    back = await run_at(grid, past, create_report, DISTRICT, urgency="URGENT")
    await run_at(grid, past, return_report, DISTRICT, back.id, reason="地点不清")
    fresh = await reported(grid)
    late, other = await ids(grid, overdue="true"), await ids(grid, overdue="false")
    assert {str(waiting.id), str(taken.id)} <= late
    assert {fresh["id"], str(back.id)} <= other  # what was returned waits for its reporter
    assert late & other == set()
    assert late | other >= await ids(grid, reported_to=str(today))


async def test_a_deep_list_is_read_to_its_end(grid: Running) -> None:
    facts: dict[str, Any] = {"area_code": "330703101"}
    for n in range(23):
        await run_at(grid, datetime.now(UTC), create_report, DISTRICT, title=f"第{n}件事", **facts)
    seen: list[str] = []
    query: dict[str, Any] = {"area": "330703101", "limit": 5, "category": "ENVIRONMENT"}
    after: dict[str, Any] | None = {}
    while after is not None:
        page = (await grid.call(DISTRICT, "GET", REPORTS, **query, **after)).json()
        seen += [item["title"] for item in page["items"]]
        after = {"after": page["next"]} if page["next"] else None
    assert seen == [f"第{n}件事" for n in reversed(range(23))]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reported_from", "yesterday"),
        ("reported_from", "0001-01-01"),
        ("reported_to", "9999-12-31"),
        ("overdue", "perhaps"),
        ("level", "COUNTY"),
        ("organisation", "a\0b"),
    ],
)
async def test_a_filter_that_does_not_fit_is_named(grid: Running, name: str, value: str) -> None:
    asked: dict[str, Any] = {name: value}
    answer = await grid.call(RED_MEMBER, "GET", REPORTS, **asked)
    assert refusal(answer)[::2] == (422, f"/query/{name}")
