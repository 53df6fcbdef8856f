"""Who sees which reports, and what operations must know besides their row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.attachments.declared import Files
from services.chassis.database import driver
from services.chassis.deadlines.calendar import Calendar, Limit, local_day
from services.chassis.deadlines.calendar_table import cached_calendar, recent
from services.chassis.effective import in_force
from services.chassis.errors import Refusal, Unavailable
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Item, Noun
from services.contracts import roles
from services.contracts.codes_grid import Category, Urgency
from services.grid.areas import queries as areas
from services.grid.areas.rules import AreaUnknown, Validity
from services.grid.organisations import queries as organisations
from services.grid.organisations.rules import OrganisationUnknown
from services.grid.policy import HANDLERS_BY_AREA, MEMBERS, OFFICES, VILLAGE
from services.grid.reports.models import Report
from services.grid.reports.rules import Status, Step
from services.grid.reports.schemas import ReportOut

BY_AREA = MEMBERS | VILLAGE | OFFICES | {roles.AUDITOR}
BY_ASSIGNMENT = HANDLERS_BY_AREA | {roles.DEPARTMENT_HANDLER, roles.AGENCY}


def visible(caller: Caller) -> ColumnElement[bool]:
    """One's own reports; besides, what each of one's roles gives: those of one's areas, and those assigned
    to one's organisation or handled by oneself."""
    if caller.is_job:
        return true()
    relations = [col(Report.reporter) == caller.subject]
    if caller.roles & BY_AREA:
        relations.append(within(col(Report.area_code), caller.areas))
    if caller.roles & BY_ASSIGNMENT:
        relations.append(col(Report.handlers).contains([caller.subject]))
        if caller.organisation:
            relations.append(col(Report.organisation) == caller.organisation)
    return or_(*relations)


def show(report: Report, caller: Caller, allowed: list[str]) -> ReportOut:
    steps = {operation.name: operation.step for operation in REPORTS.operations}
    mine = [name for name in allowed if _is_a_step_of(caller, report, steps[name])]
    return ReportOut.of(report, caller, mine)


def _is_a_step_of(caller: Caller, report: Report, step: Step) -> bool:
    try:
        report.require(step, caller)
    except Refusal:
        return False
    return True


FILES = Files(read="report.read", withdraw="report.accept")
REPORTS: Noun[Report] = Noun("report", Report, visible, show, files=FILES)


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
        rules = (r for r in self.rows if r.clock == clock and r.urgency == urgency)
        row = in_force(rules, area, local_day(start))
        if row is None:
            raise TimeLimitMissing(clock, urgency)
        return self.calendar.add_working_time(start, row.allowed)


@dataclass(frozen=True)
class Places:
    """What a new report must know: the limits, and when each area named is valid."""

    limits: Limits
    areas: Validity

    def require_area(self, code: str, day: date) -> None:
        if not self.areas.holds(code, day):
            raise AreaUnknown(code)


@dataclass(frozen=True)
class Bodies:
    """What an assignment must know: when each organisation named is there."""

    validity: Validity

    def require(self, code: str, day: date) -> None:
        if not self.validity.holds(code, day):
            raise OrganisationUnknown(code)


async def limits(connection: AsyncConnection, _: Sequence[Item]) -> Limits:
    return Limits(await recent(connection, _rules), await cached_calendar(connection))


async def _rules(connection: AsyncConnection) -> list[Rule]:
    raw = await driver(connection)
    rows = await raw.fetch("select urgency, clock, area_code, valid_from, allowed from time_limit")
    return [Rule._make((*row[:4], Limit.parse(row[4]))) for row in map(tuple, rows)]


async def places(connection: AsyncConnection, items: Sequence[Item]) -> Places:
    named = {item.body.area_code for item in items}
    return Places(await limits(connection, items), await areas.validity(connection, named))


async def bodies(connection: AsyncConnection, items: Sequence[Item]) -> Bodies:
    named = {item.body.organisation for item in items}
    return Bodies(await organisations.validity(connection, named))
