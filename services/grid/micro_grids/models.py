"""Micro-grids (微网格): a part of a grid, such as a building or a group of villagers."""

from datetime import date
from typing import Any, Self
from uuid import UUID, uuid5

from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.contracts.grid_space import MicroGridSnapshot
from services.grid.areas.models import NAMESPACE


def micro_grid_id(code: str, valid_from: date) -> UUID:
    return uuid5(NAMESPACE, f"micro-grid/{code}/{valid_from}")


class MicroGrid(AggregateRow, table=True):
    """A part of the grid `area_code`, whose code and two digits are its own. It ends with its grid, if not before
    (`valid_to`: the first day on which it is no more). Records are of the grid: nothing is counted by it."""

    __tablename__ = "micro_grid"

    code: str = Field(index=True)
    name: str
    extent: str | None = None
    valid_from: date
    valid_to: date | None = None

    @classmethod
    def of(cls, **facts: Any) -> Self:
        return cls(correlation_id=facts["id"], area_code=facts["code"][:-2], **facts)

    @property
    def shown_status(self) -> str:
        return "ENDED" if self.valid_to else "ACTIVE"

    @property
    def shown_number(self) -> str | None:
        return self.code

    def snapshot(self) -> MicroGridSnapshot:
        return MicroGridSnapshot.model_validate(self, from_attributes=True)
