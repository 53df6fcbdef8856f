"""Organisations (组织机构): departments, township offices, committees, stations; a dated tree."""

from datetime import date
from uuid import UUID, uuid5

from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.contracts.grid import OrganisationSnapshot
from services.grid.areas.models import NAMESPACE


def organisation_id(code: str, valid_from: date) -> UUID:
    return uuid5(NAMESPACE, f"organisation/{code}/{valid_from}")


class Organisation(AggregateRow, table=True):
    """One body. `area_code` is the area that it serves; `code` its stable name in every service."""

    __tablename__ = "organisation"

    code: str = Field(index=True)
    name: str
    kind: str
    parent: str | None = None
    valid_from: date
    valid_to: date | None = None

    @property
    def shown_status(self) -> str:
        return "ENDED" if self.valid_to else "ACTIVE"

    @property
    def shown_number(self) -> str | None:
        return self.code

    def snapshot(self) -> OrganisationSnapshot:
        return OrganisationSnapshot.model_validate(self, from_attributes=True)
