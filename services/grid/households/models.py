"""Households (户), what is special about them, and their ties to whoever visits them."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from services.chassis.aggregate import AggregateRow
from services.chassis.database import stored_json
from services.contracts.grid_people import HouseholdSnapshot, LinkedSpan
from services.grid.households.rules import Stay, Step, pieces, reach
from services.grid.links.rules import Tie


class Household(AggregateRow, table=True):
    """`head`: its head and address, sealed. `tags`: codes of `HouseholdTag`. `ties`: with whom each link began and
    when it ended; who holds it by now the table of links tells. `stays`: the grids of before."""

    __tablename__ = "household"
    __table_args__ = (
        Index(
            "ix_household_number",
            "area_code",
            "household_no",
            unique=True,
            postgresql_where=text("household_no is not null"),
        ),
    )

    household_no: str | None = None
    head: UUID
    member_count: int | None = None
    tags: list[str] = Field(default=[], sa_type=stored_json(list[str]))
    ties: list[Tie] = Field(default=[], sa_type=stored_json(list[Tie]))
    stays: list[Stay] = Field(
        default=[], sa_type=stored_json(list[Stay]), sa_column_kwargs={"server_default": "[]"}
    )

    @classmethod
    def register(cls, at: datetime, **facts: Any) -> tuple[Self, HouseholdSnapshot]:
        new = cls(correlation_id=facts["id"], **facts)
        return new, new._told(at)

    def change(self, facts: dict[str, Any], *, at: datetime) -> HouseholdSnapshot:
        """What was entered wrong, or is not so any more; `facts` are its fields."""
        self.take_over(facts)
        return self._told(at)

    def retie(self, ties: list[Tie], *, at: datetime) -> HouseholdSnapshot:
        """A link began or ended."""
        self.ties = ties
        return self._told(at)

    def move(
        self, to: str, stays: list[Stay], number: str | None, *, at: datetime
    ) -> HouseholdSnapshot:
        """迁移: from that day on it is of another grid, and so are its open links."""
        self.area_code, self.stays, self.household_no = to, stays, number
        return self._told(at)

    def check(self, step: Step, by: str) -> None:
        """Any step may be tried at any time."""

    def people(self) -> list[UUID]:
        return [self.head]

    @property
    def shown_status(self) -> str:
        return "LINKED" if any(tie.until_on is None for tie in self.ties) else "UNLINKED"

    def snapshot(self) -> HouseholdSnapshot:
        primary = sorted((t for t in self.ties if t.is_primary), key=lambda tie: tie.since_on)
        spans = [
            LinkedSpan(starts_on=p.since_on, ends_on=p.until_on, area_code=p.area_code)
            for tie in primary
            for p in pieces(self.stays, self.area_code, tie.since_on, tie.until_on)
        ]
        facts = self.facts(self.occurred_at)
        facts["area_code"] = reach([self.area_code, *(stay.area_code for stay in self.stays)])
        return HouseholdSnapshot(**facts, linked=spans)

    def _told(self, at: datetime) -> HouseholdSnapshot:
        self.occurred_at = at
        return self.snapshot()


class HouseholdTag(SQLModel, table=True):
    """标签 that a household may have. `by_phone`: a telephone call fulfils its weekly visit (外出); `extra_monthly`:
    one visit more is owed each month. Configuration, not law; `confirmed_by_client`: the district has said so."""

    __tablename__ = "household_tag"

    code: str = Field(primary_key=True)
    name: str
    name_en: str
    by_phone: bool = False
    extra_monthly: bool = False
    confirmed_by_client: bool = False
