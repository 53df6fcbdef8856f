"""Who sees which cases, and what operations must know besides their row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, text, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.deadlines.calendar import Calendar, Limit, local_day
from services.chassis.deadlines.calendar_table import cached_calendar
from services.chassis.errors import Unavailable
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.contracts.codes_disputes import CaseType
from services.contracts.codes_grid import Finder
from services.contracts.roles import MEDIATOR
from services.disputes.cases.models import Case, MediationLimit
from services.disputes.cases.rules import CaseStatus
from services.disputes.cases.schemas import CaseOut


def visible(caller: Caller) -> ColumnElement[bool]:
    """By area; besides, the cases that one mediates or registered. Mediators see only these."""
    if caller.is_job:
        return true()
    relations = [col(Case.mediator) == caller.subject, col(Case.registrar) == caller.subject]
    if caller.roles - {MEDIATOR}:
        relations += [col(Case.area_code).startswith(area) for area in caller.areas]
    return or_(*relations)


CASES: Noun[Case] = Noun("case", Case, visible, lambda case, _, allowed: CaseOut.of(case, allowed))


class MediationLimitMissing(Unavailable):
    def __init__(self) -> None:
        super().__init__("未配置调解期限。", "No mediation limit is configured.")


def matching(
    status: list[CaseStatus] | None, case_type: CaseType | None, finder: Finder | None
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    return [
        col(Case.status).in_(status) if status else None,
        col(Case.case_type) == case_type if case_type else None,
        col(Case.finder) == finder if finder else None,
    ]


@dataclass(frozen=True)
class Limits:
    """The mediation limits in force, and the calendar that they run on."""

    rows: tuple[MediationLimit, ...]
    calendar: Calendar

    def due(self, area: str, start: datetime) -> datetime | None:
        """When a mediation accepted at `start` must end; None while the calendar year is not known."""
        day = local_day(start)
        fitting = [
            row for row in self.rows if row.valid_from <= day and area.startswith(row.area_code)
        ]
        if not fitting:
            raise MediationLimitMissing
        row = max(fitting, key=lambda row: (len(row.area_code), row.valid_from))
        return self.calendar.add_working_time(start, Limit.parse(row.allowed))


async def limits(connection: AsyncConnection, _: Sequence[Item]) -> Limits:
    rows = await connection.execute(text("select * from mediation_limit"))
    return Limits(
        tuple(MediationLimit(**row) for row in rows.mappings()), await cached_calendar(connection)
    )
