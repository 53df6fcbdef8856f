"""A demolition (拆违): what stood where, how much of it, and by what means it went."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored
from services.contracts.codes_outreach import DemolitionMode, OwnerType, Structure
from services.contracts.grid_outreach import DemolitionSnapshot
from services.grid.demolitions.rules import Status, Step, after


class Demolition(AggregateRow, table=True):
    """`area_m2`: of the building, in square metres with two decimals. `legal_doc_no`: of the order, where force
    was used."""

    __tablename__ = "demolition"

    status: Status = Field(default=Status.RECORDED, sa_type=stored(Status))
    campaign: str | None = None
    place: str
    structure: Structure = Field(sa_type=stored(Structure))
    owner_type: OwnerType = Field(sa_type=stored(OwnerType))
    area_m2: Decimal = Field(max_digits=12, decimal_places=2)
    mode: DemolitionMode = Field(sa_type=stored(DemolitionMode))
    legal_doc_no: str | None = None
    demolished_on: date
    recorded_by: str
    void_reason: str | None = None
    voided_at: datetime | None = Field(default=None, sa_type=Instant)

    @classmethod
    def record(cls, at: datetime, **facts: Any) -> tuple[Self, DemolitionSnapshot]:
        """A new record; `facts` are its fields."""
        new = cls(correlation_id=facts["id"], **facts)
        return new, new._told(at)

    def check(self, step: Step, by: str) -> None:
        after(self.status, step)

    def void(self, reason: str, *, at: datetime) -> DemolitionSnapshot:
        """作废: entered by mistake; it counts nowhere. What was wrong is entered anew."""
        self.status = after(self.status, Step.VOID)
        self.void_reason, self.voided_at = reason, at
        return self._told(at)

    @property
    def shown_status(self) -> str:
        return self.status

    def snapshot(self) -> DemolitionSnapshot:
        return DemolitionSnapshot.model_validate(self, from_attributes=True)

    def _told(self, at: datetime) -> DemolitionSnapshot:
        self.occurred_at = at
        return self.snapshot()
