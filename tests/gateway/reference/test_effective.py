"""Places and public bodies change: what is told is how they are on a day."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.chassis.database import driver
from services.contracts.event import Event
from services.contracts.grid import AreaSnapshot, OrganisationSnapshot
from services.gateway.projections.fold import Fact
from services.gateway.projections.registry import BY_TOPIC
from services.gateway.reference import queries
from services.gateway.reference.router import OrganisationOut
from tests.gateway.projections.histories import START
from tests.gateway.projections.projecting import Projecting, projecting
from tests.support.postgres import FreshDatabases

DISTRICT, TOWN, VILLAGE = "330703", "330703101", "330703101202"
YEARS = [
    # code, name, parent, valid from, valid to
    (DISTRICT, "金东区", None, "2000-12-31", None),
    (TOWN, "孝顺镇", DISTRICT, "2000-12-31", "2040-01-01"),
    (TOWN, "孝顺街道", DISTRICT, "2040-01-01", None),
    (VILLAGE, "撤销村", TOWN, "2001-01-01", "2010-01-01"),
    ("330703101203", "短命村", TOWN, "2011-01-01", "2012-01-01"),
    ("330703101203", "原名村", TOWN, "2001-01-01", None),
    ("330703101204", "未来村", TOWN, "2040-01-01", None),
]
BODIES = [
    ("330703-a", "甲局", "DEPARTMENT", "2001-01-01", "2020-01-01"),
    ("330703-a", "甲中心", "CENTRE", "2020-01-01", None),
    ("330703-b", "乙局", "DEPARTMENT", "2001-01-01", None),
    ("330703-b", "乙局（新）", "DEPARTMENT", "2040-01-01", None),
    ("330703-c", "丙局", "DEPARTMENT", "2001-01-01", "2010-01-01"),
]


def facts() -> list[Fact]:
    common: dict[str, Any] = {"occurred_at": START, "correlation_id": UUID(int=1)}
    areas: list[Event] = [
        AreaSnapshot.model_validate(
            {**common, "area_code": code, "name": name, "parent": parent, "valid_from": first}
            | {"valid_to": last, "kind": "X", "demo": False, "predecessors": []}
        )
        for code, name, parent, first, last in YEARS
    ]
    bodies: list[Event] = [
        OrganisationSnapshot.model_validate(
            {**common, "area_code": DISTRICT, "code": code, "name": name, "kind": kind}
            | {"valid_from": first, "valid_to": last, "parent": None}
        )
        for code, name, kind, first, last in BODIES
    ]
    told = enumerate([*areas, *bodies], 1)
    return [Fact(BY_TOPIC[event.topic], UUID(int=n), 1, 1, event) for n, event in told]


@pytest.fixture
async def connection(fresh_database: FreshDatabases) -> AsyncIterator[Any]:
    made: Projecting = await projecting(fresh_database)
    await made.runner().settle(made.records(facts()))
    async with made.database.connection() as opened:
        yield await driver(opened)
    await made.database.close()


@pytest.mark.parametrize(
    ("code", "day", "name"),
    [
        (TOWN, date(2026, 1, 1), "孝顺镇"),
        (TOWN, date(2039, 12, 31), "孝顺镇"),
        (TOWN, date(2040, 1, 1), "孝顺街道"),
        (TOWN, date(1999, 1, 1), "孝顺镇"),
        (VILLAGE, date(2026, 1, 1), "撤销村"),
        ("330703101203", date(2011, 6, 1), "短命村"),
        ("330703101203", date(2026, 1, 1), "原名村"),
        ("330703101204", date(2026, 1, 1), "未来村"),
    ],
)
async def test_an_area_has_the_name_of_the_day(
    connection: Any, code: str, day: date, name: str
) -> None:
    found = await queries.area(connection, day, code)
    assert found is not None
    assert AreaSnapshot.model_validate_json(found).name == name


async def test_nothing_is_told_of_what_never_was(connection: Any) -> None:
    assert await queries.area(connection, date(2026, 1, 1), "330703999") is None


async def test_children_are_those_in_force(connection: Any) -> None:
    days = {2005: [VILLAGE, "330703101203"], 2026: ["330703101203"]}
    days[2041] = ["330703101203", "330703101204"]
    for year, codes in days.items():
        assert await queries.children(connection, date(year, 1, 1), TOWN) == codes


async def test_a_dashboard_names_the_townships_as_they_were(connection: Any) -> None:
    for year, name in ((2017, "孝顺镇"), (2041, "孝顺街道")):
        told = await queries.with_parts(connection, date(year, 12, 31), DISTRICT, 9)
        assert told == {DISTRICT: "金东区", TOWN: name}
    assert await queries.with_parts(connection, date.max, TOWN, 9) == {TOWN: "孝顺街道"}


async def test_every_body_is_told_once_page_by_page(connection: Any) -> None:
    async def page(after: str | None, kind: str | None = None) -> list[OrganisationOut]:
        asked: dict[str, Any] = {"area": None, "kind": kind, "after": after, "limit": 1}
        rows = await queries.organisations(connection, date(2026, 1, 1), **asked)
        return [OrganisationOut.model_validate_json(row) for row in rows]

    names, after = [], None
    while found := await page(after):
        names.append(found[0].name)
        after = found[0].code
    assert names == ["甲中心", "乙局", "丙局"]
    assert [body.name for body in await page(None, "DEPARTMENT")] == ["乙局"]
