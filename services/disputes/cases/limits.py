"""The limit that a mediation keeps (调解期限)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from services.chassis.deadlines.calendar import Calendar, Limit, local_day
from services.chassis.deadlines.calendar_table import cached_calendar
from services.chassis.effective import in_force
from services.chassis.errors import Unavailable
from services.chassis.operation import Item


class MediationLimit(SQLModel, table=True):
    """调解期限: how long a mediation may take, in force from a day on, for the areas that begin with
    `area_code` (longest match wins). `allowed` as `Limit.parse` reads it. Configuration, not law."""

    __tablename__ = "mediation_limit"

    area_code: str = Field(default="", primary_key=True)
    valid_from: date = Field(primary_key=True)
    allowed: str


class MediationLimitMissing(Unavailable):
    def __init__(self) -> None:
        super().__init__("未配置调解期限。", "No mediation limit is configured.")


@dataclass(frozen=True)
class Limits:
    """The mediation limits in force, and the calendar that they run on."""

    rows: tuple[MediationLimit, ...]
    calendar: Calendar

    def due(self, area: str, start: datetime) -> datetime | None:
        """When a mediation accepted at `start` must end; None while the calendar year is not known."""
        row = in_force(self.rows, area, local_day(start))
        if row is None:
            raise MediationLimitMissing
        return self.calendar.add_working_time(start, Limit.parse(row.allowed))


async def limits(connection: AsyncConnection, _: Sequence[Item]) -> Limits:
    rows = await connection.execute(text("select * from mediation_limit"))
    return Limits(
        tuple(MediationLimit(**row) for row in rows.mappings()), await cached_calendar(connection)
    )
