"""The file of a further year's working calendar."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from services.chassis.deadlines.calendar_table import WorkingDay, days_of
from services.chassis.errors import Invalid

_COLUMNS = ("day", "is_working", "name")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_ALWAYS_HOLIDAYS = ((1, 1), (5, 1), (10, 1))
# 260 to 262 weekdays less the 13 statutory days (since 2025) leave 247 to 249, however days move.
_WORKING_DAYS = range(245, 252)


class CalendarFileInvalid(Invalid):
    """An imported calendar is not usable; says which row and field."""


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
        for day in days_of(year):
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
    count = sum(days[day].is_working for day in days_of(year))
    if count not in _WORKING_DAYS:
        first, last = _WORKING_DAYS[0], _WORKING_DAYS[-1]
        raise CalendarFileInvalid(
            f"{year} 年共 {count} 个工作日，应在 {first}–{last} 之间：节假日或调休可能不全。",
            f"{year} has {count} working days, outside {first} to {last}: is a holiday missing?",
        )


def _imported(day: date, works: bool, name: str) -> WorkingDay:
    return WorkingDay(day=day, is_working=works, name=name, source="import")
