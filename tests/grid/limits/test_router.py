"""The tables by which clocks run are set by call: from a later day on, each by who covers its area, and nothing that
was begun is counted otherwise."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import Response

from services.chassis.deadlines import calendar_table
from services.chassis.deadlines.calendar import SHANGHAI, day_start, local_day
from services.chassis.identity.caller import Caller
from services.contracts import roles
from services.contracts.roles import ROLES
from services.grid.policy import POLICY
from services.grid.reports.operations import accept_report, create_report
from tests.grid.field import GRID, MEMBER, OTHER_TOWN, TOWN
from tests.support.grid import refusal, reported, run_at, shown, step
from tests.support.people import (
    DISTRICT,
    IMPORTER,
    OTHER_TOWNSHIP,
    RED_MEMBER,
    TOWNSHIP,
    caller,
)
from tests.support.running import Running

ROWS: dict[str, dict[str, Any]] = {
    "time-limits": {"urgency": "URGENT", "clock": "accept", "allowed": "5h", "warn_at": [40, 60]},
    "handling-rules": {"name": "REOPEN_DAYS", "amount": 30},
    "errand-limits": {"clock": "promise", "allowed": "3wd"},
    "visit-frequencies": {"key_class": "MENTAL_DISORDER", "level": "HIGH", "every_days": 3},
    "position-limits": {"accuracy_m": 50, "stale_minutes": 20, "far_m": 2000},
}
TABLES = {
    "time-limits": "time_limit",
    "handling-rules": "handling_rule",
    "errand-limits": "errand_limit",
    "visit-frequencies": "keyperson.visit_frequency",
    "position-limits": "position_limit",
}
PATHS = [*ROWS]
WIDE_BY_NAME = caller(roles.DISTRICT_OPERATOR, TOWN, OTHER_TOWN, subject="two-townships")
NOBODYS = "330703199"


@pytest.fixture(autouse=True)
async def as_delivered(grid: Running) -> None:
    for table in TABLES.values():
        await grid.fetch(f"delete from {table} where valid_from > '1900-01-01'")


def on(days: int) -> str:
    return str(local_day(datetime.now(UTC)) + timedelta(days=days))


def row(path: str, days: int, **facts: Any) -> dict[str, Any]:
    return ROWS[path] | {"area_code": TOWN, "valid_from": on(days)} | facts


async def put(grid: Running, path: str, *rows: dict[str, Any], who: Caller = DISTRICT) -> Response:
    return await grid.call(who, "PUT", f"/v1/grid/{path}/import", {"rows": [*rows]})


async def listed(
    grid: Running, path: str, who: Caller = DISTRICT, **asked: Any
) -> list[dict[str, Any]]:
    answer = await grid.call(who, "GET", f"/v1/grid/{path}", **asked)
    assert answer.status_code == 200, answer.text
    return [item for item in answer.json()["items"] if of_one(path).items() <= item.items()]


def of_one(path: str) -> dict[str, Any]:
    """What tells the row of this table apart from others."""
    keys = ("urgency", "clock", "name", "key_class", "level")
    return {key: value for key, value in ROWS[path].items() if key in keys}


async def stored(grid: Running, path: str) -> list[Any]:
    return list(await grid.fetch(f"select t::text from {TABLES[path]} t order by 1"))


@pytest.mark.parametrize("path", PATHS)
async def test_a_township_sets_its_own_from_a_day_on_and_the_rest_is_as_it_was(
    grid: Running, path: str
) -> None:
    before = await stored(grid, path)
    [whole] = await listed(grid, path)
    assert (whole["area_code"], whole["valid_to"]) == ("", None)
    own, later = row(path, 1), row(path, 9)
    answer = await put(grid, path, own, later, who=TOWNSHIP)
    assert answer.json() == {"created": 2, "changed": 0, "unchanged": 0}, answer.text
    assert await listed(grid, path) == [
        whole,
        own | {"valid_to": on(9)},
        later | {"valid_to": None},
    ]
    assert {*before} < {*await stored(grid, path)}
    in_force = {day: await listed(grid, path, on=on(day), area=GRID) for day in (0, 1, 8, 9)}
    assert [told[0]["valid_from"] for told in in_force.values()] == [
        "1900-01-01",
        on(1),
        on(1),
        on(9),
    ]
    assert {len(told) for told in in_force.values()} == {1}
    assert await listed(grid, path, on=on(1), area=OTHER_TOWN) == [whole]
    assert [told["area_code"] for told in await listed(grid, path, on=on(1))] == ["", TOWN]
    assert [told["area_code"] for told in await listed(grid, path, area=OTHER_TOWN)] == [""]


@pytest.mark.parametrize("path", PATHS)
async def test_it_is_entered_once_changed_until_its_day_and_audited(
    grid: Running, path: str
) -> None:
    told = row(path, 20)
    assert (await put(grid, path, told)).json()["created"] == 1
    assert (await put(grid, path, told)).json()["unchanged"] == 1
    other = {"allowed": "8wd"} if "allowed" in told else {[*told][-3]: 9}
    assert (await put(grid, path, told | other)).json()["changed"] == 1
    noun = TABLES[path].rpartition(".")[2]
    query = "select subject from audit where action = 'CONFIGURED' and noun = $1 and fields = $2"
    key = "/".join([*of_one(path).values(), TOWN, on(20)])
    found = [row["subject"] for row in await grid.fetch(query, noun, [key])]
    assert found == [DISTRICT.subject] * 2


@pytest.mark.parametrize("path", PATHS)
async def test_what_is_in_force_is_never_changed(grid: Running, path: str) -> None:
    before = await stored(grid, path)
    [whole] = await listed(grid, path)
    del whole["valid_to"]
    assert (await put(grid, path, whole)).json()["unchanged"] == 1
    for told in (row(path, 0), row(path, -1), whole | ROWS[path]):
        answer = await put(grid, path, row(path, 3), told)
        assert refusal(answer) == (409, "in_force_already", "/rows/1/valid_from")
    assert await stored(grid, path) == before


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_sets_what_holds_where_others_answer(grid: Running, path: str) -> None:
    before = await stored(grid, path)
    for who in (TOWNSHIP, WIDE_BY_NAME):
        answer = await put(grid, path, row(path, 3), row(path, 3, area_code="330703"), who=who)
        assert refusal(answer) == (403, "outside_scope", "/rows/1/area_code")
        answer = await put(grid, path, row(path, 3, area_code=""), who=who)
        assert refusal(answer) == (403, "outside_scope", "/rows/0")
    answer = await put(grid, path, row(path, 3), who=OTHER_TOWNSHIP)
    assert refusal(answer) == (403, "outside_scope", "/rows/0/area_code")
    assert await stored(grid, path) == before


@pytest.mark.parametrize("path", PATHS)
async def test_an_area_that_is_not_there_has_none(grid: Running, path: str) -> None:
    answer = await put(grid, path, row(path, 3), row(path, 3, area_code=NOBODYS))
    assert refusal(answer) == (422, "area_unknown", "/rows/1/area_code")
    village = await put(grid, path, row(path, 3, area_code=GRID[:12]))
    assert refusal(village) == (422, "invalid_request", "/rows/0/area_code")


@pytest.mark.parametrize(
    ("path", "facts", "name"),
    [
        ("time-limits", {"allowed": "7 days"}, "allowed"),
        ("time-limits", {"allowed": "0wd"}, "allowed"),
        ("time-limits", {"allowed": "251wd"}, "allowed"),
        ("time-limits", {"allowed": "1m"}, "allowed"),
        ("time-limits", {"warn_at": [80, 50]}, "warn_at"),
        ("time-limits", {"warn_at": [50, 50]}, "warn_at"),
        ("time-limits", {"warn_at": [100]}, "warn_at/0"),
        ("time-limits", {"clock": "archive"}, "clock"),
        ("time-limits", {"urgency": "SLOW"}, "urgency"),
        ("handling-rules", {"name": "PERCENT"}, "name"),
        ("handling-rules", {"amount": 366}, "amount"),
        ("handling-rules", {"amount": 0}, "amount"),
        ("handling-rules", {"name": "SELF_CHECK_PERCENT", "amount": 101}, "amount"),
        ("handling-rules", {"name": "WORK_STARTS_MINUTE", "amount": 720}, "amount"),
        ("handling-rules", {"name": "WORK_ENDS_MINUTE", "amount": 719}, "amount"),
        ("errand-limits", {"clock": "verify"}, "clock"),
        ("errand-limits", {"allowed": "366d"}, "allowed"),
        ("visit-frequencies", {"every_days": 0}, "every_days"),
        ("visit-frequencies", {"level": "URGENT"}, "level"),
        ("visit-frequencies", {"valid_from": "2999-01-01"}, "valid_from"),
        ("position-limits", {"accuracy_m": 0}, "accuracy_m"),
        ("position-limits", {"accuracy_m": 10_001}, "accuracy_m"),
        ("position-limits", {"accuracy_m": "NaN"}, "accuracy_m"),
        ("position-limits", {"stale_minutes": 0}, "stale_minutes"),
        ("position-limits", {"stale_minutes": 1441}, "stale_minutes"),
        ("position-limits", {"far_m": 0}, "far_m"),
        ("position-limits", {"far_m": 100_001}, "far_m"),
        ("position-limits", {"far_m": "Infinity"}, "far_m"),
    ],
)
async def test_a_row_that_means_nothing_is_refused_by_name(
    grid: Running, path: str, facts: dict[str, Any], name: str
) -> None:
    answer = await put(grid, path, row(path, 3), row(path, 4, **facts))
    assert refusal(answer) == (422, "invalid_request", f"/rows/1/{name}")
    assert await listed(grid, path, area=TOWN) == await listed(grid, path, on=on(0))


@pytest.mark.parametrize("path", PATHS)
async def test_offices_set_them_and_nobody_else(grid: Running, path: str) -> None:
    may = {roles.TOWNSHIP_OPERATOR, roles.DISTRICT_OPERATOR}
    for role in ROLES.keys() - may:
        answer = await put(grid, path, row(path, 3), who=caller(role))
        assert refusal(answer) == (403, "permission_missing"), role
    assert POLICY["limit.configure"] == may


async def test_frequencies_are_told_to_those_who_know_of_key_persons(grid: Running) -> None:
    path = "/v1/grid/visit-frequencies"
    for who in (RED_MEMBER, IMPORTER):
        assert refusal(await grid.call(who, "GET", path)) == (403, "permission_missing")
    assert await listed(grid, "visit-frequencies", MEMBER)
    assert await listed(grid, "time-limits", RED_MEMBER)


@pytest.mark.parametrize(("name", "told"), [("on", "2026-13-01"), ("area", "33")])
async def test_what_is_asked_for_is_a_day_and_an_area(grid: Running, name: str, told: str) -> None:
    asked: dict[str, Any] = {name: told}
    answer = await grid.call(DISTRICT, "GET", "/v1/grid/time-limits", **asked)
    assert refusal(answer) == (422, "invalid_request", f"/query/{name}")


async def test_a_clock_keeps_the_limit_that_it_began_with(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is set meanwhile; a later one goes by the table of its day, the smallest area first."""
    monkeypatch.setattr(calendar_table, "CACHE_SECONDS", -1.0)
    running = await reported(grid, RED_MEMBER, urgency="URGENT")
    before = await shown(grid, running)
    limits = [
        row("time-limits", 1, area_code=""),
        row("time-limits", 1, allowed="3h"),
        row("time-limits", 1, clock="resolve", allowed="30h", warn_at=[]),
    ]
    assert (await put(grid, "time-limits", *limits)).json()["created"] == 3
    assert (await shown(grid, running))["ledger"] == before["ledger"]
    tomorrow = day_start(local_day(datetime.now(UTC)) + timedelta(days=1))
    new = await run_at(grid, tomorrow, create_report, RED_MEMBER, urgency="URGENT")
    last = tomorrow - timedelta(seconds=1)
    old = await run_at(grid, last, create_report, RED_MEMBER, urgency="URGENT")
    await run_at(grid, tomorrow, accept_report, TOWNSHIP, new.id)
    query = "select accept_due_at, resolve_due_at from report where id = $1"
    due = [tuple((await grid.fetch(query, receipt.id))[0]) for receipt in (new, old)]
    assert due == [
        (tomorrow + timedelta(hours=3), tomorrow + timedelta(hours=30)),
        (last + timedelta(hours=2), None),
    ]
    accepted = await step(grid, TOWNSHIP, running, "accept")
    assert (await shown(grid, accepted))["ledger"][: len(before["ledger"])] == before["ledger"]
    (start,) = (
        entry
        for entry in (await shown(grid, {"id": str(new.id)}))["ledger"]
        if (entry["clock"], entry["kind"]) == ("accept", "STARTED")
    )
    assert (start["table"], start["warn_at"]) == (f"{TOWN}@{on(1)}", [40, 60])
    assert tomorrow.astimezone(SHANGHAI).hour == 0


async def test_a_position_is_judged_by_the_limit_of_its_day(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar_table, "CACHE_SECONDS", -1.0)
    assert (await put(grid, "position-limits", row("position-limits", 1))).status_code == 200
    tomorrow = day_start(local_day(datetime.now(UTC)) + timedelta(days=1))
    told = []
    for at in (tomorrow - timedelta(seconds=1), tomorrow):
        position = {"lng": 119.8, "lat": 29.1, "datum": "WGS84", "accuracy_m": 70}
        position |= {"captured_at": (at - timedelta(minutes=25)).isoformat()}
        made = await run_at(grid, at, create_report, RED_MEMBER, position=position)
        told.append((await shown(grid, {"id": str(made.id)}))["suspicions"])
    assert told == [[], ["INACCURATE", "STALE"]]
