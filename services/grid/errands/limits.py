"""How long an errand may take, and how long copies are kept. Configuration, not law."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from services.chassis.database import driver
from services.chassis.deadlines.calendar import Calendar, Limit, local_day
from services.chassis.deadlines.calendar_table import cached_calendar, recent
from services.chassis.effective import in_force
from services.chassis.errors import Unavailable
from services.chassis.operation import Item


class ErrandLimit(SQLModel, table=True):
    """期限: until when an errand is promised, and how long copies are kept after its end; in force from a day on, for
    the areas that begin with `area_code`. `allowed` as `Limit.parse` reads it."""

    __tablename__ = "errand_limit"

    clock: str = Field(primary_key=True)
    area_code: str = Field(default="", primary_key=True)
    valid_from: date = Field(primary_key=True)
    allowed: str


class ErrandLimitMissing(Unavailable):
    def __init__(self, clock: str) -> None:
        super().__init__(f"未配置代办的 {clock} 期限。", f"No {clock} limit of errands is set.")


class Rule(NamedTuple):
    """One row of `ErrandLimit`, read."""

    clock: str
    area_code: str
    valid_from: date
    allowed: Limit


@dataclass(frozen=True)
class Limits:
    """The limits in force, and the calendar that they run on."""

    rows: Sequence[Rule]
    calendar: Calendar

    def due(self, clock: str, area: str, start: datetime) -> datetime | None:
        """When `clock`, started at `start`, runs out; None while the calendar year is not known."""
        row = in_force((r for r in self.rows if r.clock == clock), area, local_day(start))
        if row is None:
            raise ErrandLimitMissing(clock)
        return self.calendar.add_working_time(start, row.allowed)


async def limits(connection: AsyncConnection, _: Sequence[Item]) -> Limits:
    return Limits(await recent(connection, _rules), await cached_calendar(connection))


async def _rules(connection: AsyncConnection) -> list[Rule]:
    raw = await driver(connection)
    rows = await raw.fetch("select clock, area_code, valid_from, allowed from errand_limit")
    return [Rule._make((*row[:3], Limit.parse(row[3]))) for row in map(tuple, rows)]
