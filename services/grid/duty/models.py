"""What is asked of members (configuration), and a township's week as it was counted last."""

from datetime import date, datetime
from typing import Self
from uuid import UUID, uuid5

from sqlmodel import Field, SQLModel

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored_json
from services.chassis.operation import Clock
from services.contracts.grid_people import DutyLine, DutyWeekSnapshot
from services.grid.duty.rules import next_count

NAMESPACE = UUID("0191d7a0-0000-7000-8000-000000000052")


def duty_week_id(township: str, monday: date) -> UUID:
    """A township has one record of each week."""
    return uuid5(NAMESPACE, f"{township}/{monday}")


class DutyRule(SQLModel, table=True):
    """What is usual and what is owed, in force from a day on, for the areas that begin with `area_code` (longest
    match wins): a link counts for a week from `days_to_count` days on; `load_…` households a red member; a visit
    task is due after `task_hours`. Configuration, not law."""

    __tablename__ = "duty_rule"

    area_code: str = Field(default="", primary_key=True)
    valid_from: date = Field(primary_key=True)
    days_to_count: int
    load_at_least: int
    load_at_most: int
    task_hours: int


class DutyWeek(AggregateRow, table=True):
    """`starts_on`: the Monday. It is counted again every night until no late entry can come any more; by `mark` it is
    known what has changed since."""

    __tablename__ = "duty_week"

    starts_on: date
    lines: list[DutyLine] = Field(sa_type=stored_json(list[DutyLine]))
    counted_at: datetime = Field(sa_type=Instant)
    recount_at: datetime | None = Field(default=None, sa_type=Instant)
    mark: str | None = None

    @classmethod
    def open(cls, township: str, monday: date, *, now: datetime) -> Self:
        id_ = duty_week_id(township, monday)
        return cls(
            id=id_,
            correlation_id=id_,
            area_code=township,
            starts_on=monday,
            lines=[],
            counted_at=now,
        )

    def count(
        self, lines: list[DutyLine], mark: str, *, at: datetime, now: datetime
    ) -> DutyWeekSnapshot:
        self.lines, self.mark, self.counted_at, self.occurred_at = lines, mark, now, at
        self.recount_at = next_count(self.starts_on, now)
        return self.snapshot()

    def clocks(self) -> list[Clock]:
        stopped = None if self.recount_at else self.counted_at
        return [Clock("recount", self.recount_at or self.counted_at, stopped)]

    @property
    def shown_status(self) -> str:
        return "COUNTED"

    def snapshot(self) -> DutyWeekSnapshot:
        return DutyWeekSnapshot.model_validate(self, from_attributes=True)
