"""The working calendar's table: seeded from `chinesecalendar`, extended by import."""

import csv
import io
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from time import monotonic
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import chinese_calendar
from sqlalchemy import Engine, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from services.chassis.deadlines.calendar import Calendar, days_in_year
from services.chassis.errors import Invalid

SEED = "chinesecalendar"
CACHE_SECONDS = 60.0
_COLUMNS = ("day", "is_working", "name")
T = TypeVar("T")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_ALWAYS_HOLIDAYS = ((1, 1), (5, 1), (10, 1))
# 260 to 262 weekdays less the 13 statutory days (since 2025) leave 247 to 249, however days move.
_WORKING_DAYS = range(245, 252)


class WorkingDay(SQLModel, table=True):
    """One day of a known year, worked or not. An imported day is never overwritten by the seed."""

    __tablename__ = "calendar_day"

    day: date = Field(primary_key=True)
    is_working: bool
    name: str = ""
    source: str = SEED


class CalendarFileInvalid(Invalid):
    """An imported calendar is not usable; says which row and field."""


@cache
def seed_rows() -> Sequence[WorkingDay]:
    """Every day of the years that `chinesecalendar` knows, 2004 on."""
    known = {day.year for day in chinese_calendar.holidays}
    return [_seeded(day) for year in sorted(known) for day in _days_of(year)]


async def load_calendar(conn: AsyncConnection) -> Calendar:
    rows = await conn.execute(text("select day, is_working from calendar_day"))
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
    statement = f"""
        insert into calendar_day (day, is_working, name, source)
        select * from unnest(cast(:days as date[]), cast(:works as boolean[]),
                             cast(:names as text[]), cast(:sources as text[]))
        on conflict (day) do update
           set is_working = excluded.is_working, name = excluded.name, source = excluded.source
         {only}"""
    ordered = sorted(rows, key=lambda row: row.day)
    values = {
        "days": [row.day for row in ordered],
        "works": [row.is_working for row in ordered],
        "names": [row.name for row in ordered],
        "sources": [row.source for row in ordered],
    }
    await conn.execute(text(statement), values)


def parse_import(source: str | Iterable[Mapping[str, Any]]) -> list[WorkingDay]:
    """The days of a calendar file (JSON list or CSV, columns `day,is_working,name`), or a refusal.

    The file lists holidays and make-up working days as the State Council's yearly notice does. A
    year whose 1 January is listed is filled in: its other days follow the weekday. Days of other
    years (a notice may move the last days of December) change those days alone.
    """
    listed: dict[date, WorkingDay] = {}
    for number, raw in enumerate(_read(source) if isinstance(source, str) else source, start=1):
        row = _row(number, raw)
        if row.day in listed:
            raise _refusal(number, "day", "日期重复", "the day is listed twice")
        listed[row.day] = row
    if not listed:
        raise CalendarFileInvalid("日历文件没有任何行。", "The calendar file has no rows.")
    for year in sorted({day.year for day in listed if (day.month, day.day) == (1, 1)}):
        for day in _days_of(year):
            listed.setdefault(day, _imported(day, day.weekday() < 5, ""))
        _check_year(year, listed)
    return sorted(listed.values(), key=lambda row: row.day)


def _read(content: str) -> list[Mapping[str, Any]]:
    content = content.removeprefix("\ufeff").strip()
    if not content.startswith("["):
        return list(csv.DictReader(io.StringIO(content)))
    try:
        rows = json.loads(content)
    except ValueError as error:
        raise CalendarFileInvalid(
            f"日历文件不是有效的 JSON：{error}", f"The calendar file is not valid JSON: {error}"
        ) from None
    return list(rows)


def _row(number: int, raw: Any) -> WorkingDay:
    if not isinstance(raw, Mapping) or not set(_COLUMNS[:2]) <= set(raw) <= set(_COLUMNS):
        raise _refusal(number, "", "应有字段 day、is_working、name", "needs day, is_working, name")
    try:
        day = date.fromisoformat(str(raw["day"]))
    except ValueError:
        raise _refusal(number, "day", "应为 2027-01-01 形式的日期", "not a date") from None
    works = _TRUTH.get(str(raw["is_working"]).strip().lower())
    if works is None:
        raise _refusal(number, "is_working", "应为 true 或 false", "neither true nor false")
    return _imported(day, works, str(raw.get("name") or ""))


def _refusal(number: int, field: str, zh: str, en: str) -> CalendarFileInvalid:
    place = f"{number}" + (f"，字段 {field}" if field else "")
    en_place = f"{number}" + (f", field {field}" if field else "")
    return CalendarFileInvalid(f"第 {place}：{zh}。", f"Row {en_place}: {en}.")


def _check_year(year: int, days: Mapping[date, WorkingDay]) -> None:
    for month, day in _ALWAYS_HOLIDAYS:
        if days[date(year, month, day)].is_working:
            raise CalendarFileInvalid(
                f"{year} 年 {month} 月 {day} 日是法定节假日，文件未列为休息日。",
                f"{year}-{month:02}-{day:02} is a statutory holiday, but not so in the file.",
            )
    count = sum(days[day].is_working for day in _days_of(year))
    if count not in _WORKING_DAYS:
        first, last = _WORKING_DAYS[0], _WORKING_DAYS[-1]
        raise CalendarFileInvalid(
            f"{year} 年共 {count} 个工作日，应在 {first}–{last} 之间：节假日或调休可能不全。",
            f"{year} has {count} working days, outside {first} to {last}: is a holiday missing?",
        )


def _days_of(year: int) -> Iterator[date]:
    return (date(year, 1, 1) + timedelta(days=n) for n in range(days_in_year(year)))


def _imported(day: date, works: bool, name: str) -> WorkingDay:
    return WorkingDay(day=day, is_working=works, name=name, source="import")


def _seeded(day: date) -> WorkingDay:
    made_up, holiday = chinese_calendar.workdays.get(day), chinese_calendar.holidays.get(day)
    english = made_up or holiday
    return WorkingDay(
        day=day,
        is_working=made_up is not None or (day.weekday() < 5 and holiday is None),
        name=chinese_calendar.Holiday(english).chinese if english else "",
    )
