"""The administrative tree (行政区划): district, townships, villages, grids; effective-dated."""

from datetime import date
from uuid import UUID, uuid5

from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import stored_json
from services.contracts.grid import AreaSnapshot

NAMESPACE = UUID("0191d7a0-0000-7000-8000-000000330703")


def area_id(code: str, valid_from: date) -> UUID:
    """An area is its code from a day on: an equal import finds the same record."""
    return uuid5(NAMESPACE, f"area/{code}/{valid_from}")


class Area(AggregateRow, table=True):
    """One area under its code. `valid_to` is the first day on which it is no more."""

    __tablename__ = "area"

    name: str
    kind: str
    parent: str | None = Field(default=None, index=True)
    valid_from: date
    valid_to: date | None = None
    demo: bool = False
    predecessors: list[str] = Field(default=[], sa_type=stored_json(list[str]))

    @property
    def shown_status(self) -> str:
        return "ENDED" if self.valid_to else "ACTIVE"

    @property
    def shown_number(self) -> str | None:
        return self.area_code

    def snapshot(self) -> AreaSnapshot:
        return AreaSnapshot.model_validate(self, from_attributes=True)
