"""A demolition (拆违): what stood where, how much of it, and by what means it went."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored, stored_json
from services.contracts.codes_outreach import DemolitionMode, OwnerType, Structure
from services.contracts.grid_outreach import DemolitionSnapshot
from services.grid.demolitions.rules import (
    ConfirmedByRecorder,
    Status,
    Step,
    after,
    require_shown,
)


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
    photos_before: list[UUID] = Field(default=[], sa_type=stored_json(list[UUID]))
    photos_after: list[UUID] = Field(default=[], sa_type=stored_json(list[UUID]))
    confirmed_by: str | None = None
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)
    void_reason: str | None = None
    voided_at: datetime | None = Field(default=None, sa_type=Instant)

    @classmethod
    def record(cls, at: datetime, **facts: Any) -> tuple[Self, DemolitionSnapshot]:
        """A new record; `facts` are its fields."""
        new = cls(correlation_id=facts["id"], **facts)
        return new, new._told(at)

    def check(self, step: Step, by: str) -> None:
        after(self.status, step)
        if step is Step.CONFIRM and by == self.recorded_by:
            raise ConfirmedByRecorder
        if step is Step.CONFIRM:
            require_shown(self.photos_before, self.photos_after)

    def add_photos(
        self, before: list[UUID], gone: list[UUID], *, at: datetime
    ) -> DemolitionSnapshot:
        self.status = after(self.status, Step.ADD_PHOTOS)
        self.photos_before = [*self.photos_before, *before]
        self.photos_after = [*self.photos_after, *gone]
        return self._told(at)

    def confirm(self, come: Collection[UUID], *, by: str, at: datetime) -> DemolitionSnapshot:
        """核实: by somebody else than who recorded it, by photos of before and after that have `come`."""
        self.check(Step.CONFIRM, by)
        require_shown(self.photos_before, self.photos_after, come)
        self.status = after(self.status, Step.CONFIRM)
        self.confirmed_by, self.confirmed_at = by, at
        return self._told(at)

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
