"""The working calendar's table: seeded from `chinesecalendar`, extended by import."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from time import monotonic
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from services.chassis.database import as_rows, driver, recordset
from services.chassis.deadlines.calendar import Calendar, days_in_year

SEED = "chinesecalendar"
CACHE_SECONDS = 60.0
COLUMNS = {"day": "date", "is_working": "boolean", "name": "text", "source": "text"}
T = TypeVar("T")


class WorkingDay(SQLModel, table=True):
    """One day of a known year, worked or not. An imported day is never overwritten by the seed."""

    __tablename__ = "calendar_day"

    day: date = Field(primary_key=True)
    is_working: bool
    name: str = ""
    source: str = SEED


@cache
def seed_rows() -> Sequence[WorkingDay]:
    """Every day of the years that `chinesecalendar` knows, 2004 on."""
    import chinese_calendar as known  # noqa: PLC0415  (1 MB, of no use once a database is migrated)

    years = {day.year for day in known.holidays}
    return [_seeded(known, day) for year in sorted(years) for day in days_of(year)]


async def load_calendar(conn: AsyncConnection) -> Calendar:
    rows = await (await driver(conn)).fetch("select day, is_working from calendar_day")
    return Calendar.of((day, works) for day, works in rows)


_loaded: WeakKeyDictionary[Engine, dict[Any, tuple[float, Any]]] = WeakKeyDictionary()


async def recent(conn: AsyncConnection, load: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """What `load` found at most a minute ago: for small tables of rules, whose change takes effect within
    that time."""
    engine = conn.sync_connection.engine if conn.sync_connection else conn.engine.sync_engine
    loaded = _loaded.setdefault(engine, {})
    at, found = loaded.get(load, (float("-inf"), None))
    if monotonic() - at > CACHE_SECONDS:
        found = await load(conn)
        loaded[load] = (monotonic(), found)
    return cast(T, found)


async def cached_calendar(conn: AsyncConnection) -> Calendar:
    return await recent(conn, load_calendar)


async def seed(conn: AsyncConnection) -> None:
    """Bring the seeded days up to date with the installed `chinesecalendar`; idempotent."""
    await _upsert(
        conn,
        seed_rows(),
        "where calendar_day.source = excluded.source"
        " and (calendar_day.is_working, calendar_day.name)"
        " is distinct from (excluded.is_working, excluded.name)",
    )


async def store_import(conn: AsyncConnection, rows: Sequence[WorkingDay]) -> None:
    """Add imported days; they replace what the table held for them."""
    await _upsert(conn, rows, "")


async def _upsert(conn: AsyncConnection, rows: Sequence[WorkingDay], only: str) -> None:
    days = sorted((row.day, row.is_working, row.name, row.source) for row in rows)
    statement = f"""
        insert into calendar_day ({", ".join(COLUMNS)}) select * from {recordset(COLUMNS)}
        on conflict (day) do update
           set is_working = excluded.is_working, name = excluded.name, source = excluded.source
         {only}"""
    await (await driver(conn)).execute(statement, as_rows(COLUMNS, days))


def days_of(year: int) -> Iterator[date]:
    return (date(year, 1, 1) + timedelta(days=n) for n in range(days_in_year(year)))


def _seeded(known: Any, day: date) -> WorkingDay:
    made_up, holiday = known.workdays.get(day), known.holidays.get(day)
    english = made_up or holiday
    return WorkingDay(
        day=day,
        is_working=made_up is not None or (day.weekday() < 5 and holiday is None),
        name=known.Holiday(english).chinese if english else "",
    )
