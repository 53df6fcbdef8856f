import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import chinese_calendar
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.schema import CreateTable

from jinding.calendar_file import CalendarFileInvalid, parse_import
from services.chassis.deadlines.calendar import days_in_year
from services.chassis.deadlines.calendar_table import (
    WorkingDay,
    load_calendar,
    seed,
    seed_rows,
    store_import,
)
from tests.support.postgres import FreshDatabases

# A plausible notice for a year that the seed does not know; invented for the test.
NOTICE = """day,is_working,name
2026-12-31,false,元旦
2027-01-01,false,元旦
2027-01-03,true,元旦
2027-02-05,false,春节
2027-02-06,false,春节
2027-02-08,false,春节
2027-02-09,false,春节
2027-02-10,false,春节
2027-02-11,false,春节
2027-02-20,true,春节
2027-04-05,false,清明
2027-05-01,false,劳动节
2027-05-03,false,劳动节
2027-05-04,false,劳动节
2027-06-09,false,端午
2027-09-15,false,中秋
2027-10-01,false,国庆节
2027-10-04,false,国庆节
2027-10-05,false,国庆节
"""


@pytest.fixture
async def connection(fresh_database: FreshDatabases) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(await fresh_database())
    async with engine.begin() as connection:
        await connection.execute(CreateTable(WorkingDay.metadata.tables["calendar_day"]))
        yield connection
    await engine.dispose()


def listed(**changes: Any) -> list[dict[str, Any]]:
    return [{"day": "2027-01-01", "is_working": False, "name": "元旦"} | changes]


def test_the_seed_has_every_day_of_the_years_it_knows() -> None:
    rows = seed_rows()
    assert len(rows) == sum(days_in_year(year) for year in range(2004, 2027))
    by_day = {row.day: (row.is_working, row.name) for row in rows}
    assert by_day[date(2017, 1, 28)] == (False, "春节")
    assert by_day[date(2017, 1, 22)] == (True, "春节")
    assert all(works is chinese_calendar.is_workday(day) for day, (works, _) in by_day.items())


async def test_seeding_twice_changes_nothing(connection: AsyncConnection) -> None:
    assert (await load_calendar(connection)).years == frozenset()
    await seed(connection)
    once = await load_calendar(connection)
    await seed(connection)
    assert await load_calendar(connection) == once
    assert once.years == frozenset(range(2004, 2027))
    count = await connection.scalar(text("select count(*) from calendar_day"))
    assert count == len(seed_rows())


async def test_an_import_adds_its_year_and_is_not_undone_by_the_seed(
    connection: AsyncConnection,
) -> None:
    await seed(connection)
    await store_import(connection, parse_import(NOTICE))
    await seed(connection)
    calendar = await load_calendar(connection)
    assert calendar.years == frozenset(range(2004, 2028))
    assert calendar.is_working_day(date(2026, 12, 31)) is False
    assert calendar.is_working_day(date(2027, 1, 3)) is True
    assert calendar.is_working_day(date(2027, 3, 1)) is True


async def test_the_seed_brings_its_own_days_up_to_date(connection: AsyncConnection) -> None:
    await seed(connection)
    await connection.execute(
        text("update calendar_day set is_working = true where day = '2017-01-28'")
    )
    await seed(connection)
    assert (await load_calendar(connection)).is_working_day(date(2017, 1, 28)) is False


def test_a_year_listed_from_its_first_day_is_filled_in() -> None:
    rows = parse_import(NOTICE)
    assert len(rows) == 1 + 365
    assert [row.day for row in rows[:2]] == [date(2026, 12, 31), date(2027, 1, 1)]


def test_csv_json_and_rows_are_read_alike() -> None:
    names, *lines = [line.split(",") for line in NOTICE.splitlines()]
    rows = [dict(zip(names, line, strict=True)) for line in lines]
    in_csv = [row.model_dump() for row in parse_import("\ufeff" + NOTICE)]
    assert [row.model_dump() for row in parse_import(json.dumps(rows))] == in_csv
    assert [row.model_dump() for row in parse_import(rows)] == in_csv


def test_days_without_a_first_of_january_change_those_days_alone() -> None:
    (row,) = parse_import(listed(day="2026-12-31"))
    assert (row.day, row.is_working, row.source) == (date(2026, 12, 31), False, "import")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "has no rows"),
        (listed(day="2027-13-01"), "Row 1, field day: not a date"),
        (listed(is_working="perhaps"), "Row 1, field is_working: neither true nor false"),
        (listed(is_working=None), "Row 1, field is_working: neither true nor false"),
        (listed(extra=1), "Row 1: needs day, is_working, name"),
        ([{"day": "2027-01-01"}], "Row 1: needs day, is_working, name"),
        (["2027-01-01"], "Row 1: needs day, is_working, name"),
        (listed() + listed(), "Row 2, field day: the day is listed twice"),
        (listed(is_working=True), "2027-01-01 is a statutory holiday"),
        (listed(), "2027-10-01 is a statutory holiday"),
        ("[{", "not valid JSON"),
        ("date;works\n2027-01-01;0\n", "Row 1: needs day, is_working, name"),
    ],
)
def test_a_faulty_file_is_refused_where_it_is_at_fault(rows: Any, message: str) -> None:
    with pytest.raises(CalendarFileInvalid, match=message) as caught:
        parse_import(rows)
    assert caught.value.zh != caught.value.en


def test_a_notice_without_its_long_holiday_is_refused() -> None:
    lines = [line for line in NOTICE.splitlines() if "春节" not in line]
    with pytest.raises(CalendarFileInvalid, match="is a holiday missing"):
        parse_import("\n".join(lines))
