"""Who sees which reports, and what operations must know besides their row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import driver
from services.chassis.deadlines.calendar import Calendar, Limit, local_day
from services.chassis.deadlines.calendar_table import cached_calendar
from services.chassis.errors import Invalid, Unavailable
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.contracts.codes_grid import Category, Urgency
from services.grid.reports.models import Report
from services.grid.reports.rules import Status
from services.grid.reports.schemas import ReportOut


def visible(caller: Caller) -> ColumnElement[bool]:
    """By area; besides, one's own reports, and those assigned to one's organisation."""
    if caller.is_job:
        return true()
    relations = [col(Report.area_code).startswith(area) for area in caller.areas]
    relations.append(col(Report.reporter) == caller.subject)
    if caller.organisation:
        relations.append(col(Report.organisation) == caller.organisation)
    return or_(*relations)


REPORTS: Noun[Report] = Noun(
    "report", Report, visible, lambda report, _, allowed: ReportOut.of(report, allowed)
)


class AreaUnknown(Invalid):
    """The area does not exist on the day of the matter (areas are effective-dated)."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"区域 {code} 在事发当日不存在。",
            f"Area {code} did not exist on that day.",
            pointer="/area_code",
        )


class TimeLimitMissing(Unavailable):
    def __init__(self, clock: str, urgency: Urgency) -> None:
        super().__init__(
            f"未配置 {urgency} 的 {clock} 时限。", f"No {clock} limit is configured for {urgency}."
        )


def matching(
    status: list[Status] | None, category: Category | None, urgency: Urgency | None
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    return [
        col(Report.status).in_(status) if status else None,
        col(Report.category) == category if category else None,
        col(Report.urgency) == urgency if urgency else None,
    ]


class Rule(NamedTuple):
    """One row of `TimeLimit`, read."""

    urgency: str
    clock: str
    area_code: str
    valid_from: date
    allowed: Limit


@dataclass(frozen=True)
class Limits:
    """The time limits in force, and the calendar that they run on."""

    rows: Sequence[Rule]
    calendar: Calendar

    def due(self, clock: str, urgency: Urgency, area: str, start: datetime) -> datetime | None:
        """When `clock`, started at `start`, runs out; None while the calendar year is not known."""
        day = local_day(start)
        row = max(
            (
                row
                for row in self.rows
                if row.clock == clock
                and row.urgency == urgency
                and row.valid_from <= day
                and area.startswith(row.area_code)
            ),
            key=lambda row: (len(row.area_code), row.valid_from),
            default=None,
        )
        if row is None:
            raise TimeLimitMissing(clock, urgency)
        return self.calendar.add_working_time(start, row.allowed)


@dataclass(frozen=True)
class Places:
    """What a new report must know: the limits, and when each area named was valid."""

    limits: Limits
    validity: dict[str, list[tuple[date, date | None]]]

    def require_area(self, code: str, day: date) -> None:
        spans = self.validity.get(code, [])
        if not any(start <= day and (end is None or day < end) for start, end in spans):
            raise AreaUnknown(code)


async def limits(connection: AsyncConnection, _: Sequence[Item]) -> Limits:
    raw = await driver(connection)
    rows = await raw.fetch("select urgency, clock, area_code, valid_from, allowed from time_limit")
    rules = [Rule._make((*row[:4], Limit.parse(row[4]))) for row in map(tuple, rows)]
    return Limits(rules, await cached_calendar(connection))


async def places(connection: AsyncConnection, items: Sequence[Item]) -> Places:
    raw = await driver(connection)
    rows = await raw.fetch(
        "select area_code, valid_from, valid_to from area where area_code = any($1::text[])",
        list({item.body.area_code for item in items}),
    )
    validity: dict[str, list[tuple[date, date | None]]] = {}
    for code, start, end in rows:
        validity.setdefault(code, []).append((start, end))
    return Places(await limits(connection, items), validity)
