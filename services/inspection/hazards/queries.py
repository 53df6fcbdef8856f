"""Who sees which hazards, and what operations must know besides their row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.attachments.declared import Files
from services.chassis.deadlines.calendar import Calendar, Limit, local_day
from services.chassis.deadlines.calendar_table import cached_calendar
from services.chassis.effective import in_force
from services.chassis.errors import Refusal, Unavailable
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun, Operation
from services.chassis.privacy.people import People, Shown
from services.contracts.codes_inspection import Domain, Level
from services.inspection.hazards.models import Hazard, RectificationLimit
from services.inspection.hazards.rules import (
    Standing,
    Status,
    end_of,
    require_ahead,
    require_standing,
)
from services.inspection.hazards.schemas import HazardOut
from services.inspection.policy import OFFICERS
from services.inspection.scope import is_own, require_reach, within_areas


def visible(caller: Caller) -> ColumnElement[bool]:
    """By area; besides, the hazards of the enterprise whose contact one is and those that one found."""
    return or_(
        within_areas(caller, col(Hazard.area_code)),
        is_own(caller, col(Hazard.uscc)),
        col(Hazard.finder) == caller.subject,
    )


def standing(hazard: Hazard, caller: Caller, permission: str) -> Standing:
    """As what the caller acts on a hazard that their `permission` must reach."""
    require_reach(caller, permission, hazard.area_code, hazard.uscc)
    own = caller.organisation == hazard.uscc
    officer = caller.covers(hazard.area_code) and not caller.roles.isdisjoint(OFFICERS)
    return Standing(is_officer=officer and not own, of_enterprise=own)


def shown(hazard: Hazard, caller: Caller, allowed: list[str], people: Shown) -> HazardOut:
    steps = {operation.name: operation for operation in HAZARDS.operations}
    reached = [name for name in allowed if _may(hazard, steps[name], caller)]
    return HazardOut.of(hazard, reached, people)


def _may(hazard: Hazard, operation: Operation, caller: Caller) -> bool:
    try:
        who = standing(hazard, caller, operation.permission)
        require_standing(hazard.level, operation.step, who)
    except Refusal:
        return False
    return True


FILES = Files(read="hazard.read", withdraw="hazard.notify")
PEOPLE = People(
    "hazards",
    reveal="hazard.reveal",
    require_reach=lambda row, caller: require_reach(
        caller, "hazard.reveal", row.area_code, row.uscc
    ),
)
HAZARDS: Noun[Hazard] = Noun("hazard", Hazard, visible, shown, PEOPLE, files=FILES)


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
        """24:00 of `deadline`, or else the end of the configured limit, started at `at`."""
        require_ahead(deadline, local_day(at))
        return end_of(deadline) if deadline else self.end(hazard, at)

    def end(self, hazard: Hazard, start: datetime) -> datetime | None:
        """When the configured limit, started at `start`, runs out; None while the calendar year is not
        known."""
        of_level = (row for row in self.rows if row.level == hazard.level)
        row = in_force(of_level, hazard.area_code, local_day(start))
        if row is None:
            raise RectificationLimitMissing(hazard.level)
        return self.calendar.add_working_time(start, Limit.parse(row.allowed))


async def limits(connection: AsyncConnection, _: Sequence[Item]) -> Limits:
    rows = await connection.execute(text("select * from rectification_limit"))
    return Limits(
        tuple(RectificationLimit(**row) for row in rows.mappings()),
        await cached_calendar(connection),
    )
