"""Who sees which hazards, and what operations must know besides their row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.deadlines.calendar import Calendar, Limit, day_start, local_day
from services.chassis.deadlines.calendar_table import cached_calendar
from services.chassis.errors import Refusal, Unavailable
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.contracts.codes_inspection import Domain, Level
from services.inspection.enterprises.queries import of_own, within_areas
from services.inspection.hazards.models import Hazard, RectificationLimit
from services.inspection.hazards.rules import Status, Step, require_ahead
from services.inspection.hazards.schemas import HazardOut
from services.inspection.policy import OFFICERS


def is_officer(caller: Caller) -> bool:
    """Whether the caller acts for the authorities, and not for the station's intermediary."""
    return not caller.roles.isdisjoint(OFFICERS)


def visible(caller: Caller) -> ColumnElement[bool]:
    """By area; besides, the hazards of one's own enterprise and those that one found."""
    return or_(
        within_areas(caller, col(Hazard.area_code)),
        of_own(caller, col(Hazard.enterprise_id)),
        col(Hazard.finder) == caller.subject,
    )


def shown(hazard: Hazard, caller: Caller, allowed: list[str]) -> HazardOut:
    named = {"pass_hazard_review": Step.APPROVE, "close_hazard": Step.CLOSE}
    return HazardOut.of(
        hazard,
        [name for name in allowed if name not in named or _may(hazard, named[name], caller)],
    )


def _may(hazard: Hazard, step: Step, caller: Caller) -> bool:
    try:
        hazard.check_officer(step, is_officer(caller))
    except Refusal:
        return False
    return True


HAZARDS: Noun[Hazard] = Noun("hazard", Hazard, visible, shown)


class RectificationLimitMissing(Unavailable):
    def __init__(self, level: Level) -> None:
        super().__init__(
            f"未配置 {level} 隐患的整改时限。", f"No limit is configured for {level} hazards."
        )


def matching(
    status: list[Status] | None,
    level: Level | None,
    domain: Domain | None,
    enterprise_id: UUID | None,
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    return [
        col(Hazard.status).in_(status) if status else None,
        col(Hazard.level) == level if level else None,
        col(Hazard.domain) == domain if domain else None,
        col(Hazard.enterprise_id) == enterprise_id if enterprise_id else None,
    ]


@dataclass(frozen=True)
class Limits:
    """The rectification limits in force, and the calendar that they run on."""

    rows: tuple[RectificationLimit, ...]
    calendar: Calendar

    def due(self, hazard: Hazard, deadline: date | None, at: datetime) -> datetime | None:
        """24:00 of `deadline`, or else when the configured limit, started at `at`, runs out; None while the
        calendar year is not known."""
        day = local_day(at)
        require_ahead(deadline, day)
        if deadline is not None:
            return day_start(deadline + timedelta(days=1))
        row = max(
            (
                row
                for row in self.rows
                if row.level == hazard.level
                and row.valid_from <= day
                and hazard.area_code.startswith(row.area_code)
            ),
            key=lambda row: (len(row.area_code), row.valid_from),
            default=None,
        )
        if row is None:
            raise RectificationLimitMissing(hazard.level)
        return self.calendar.add_working_time(at, Limit.parse(row.allowed))


async def limits(connection: AsyncConnection, _: Sequence[Item]) -> Limits:
    rows = await connection.execute(text("select * from rectification_limit"))
    return Limits(
        tuple(RectificationLimit(**row) for row in rows.mappings()),
        await cached_calendar(connection),
    )
