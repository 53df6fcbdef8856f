from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.chassis.identifiers import Mobile, Uscc
from services.chassis.operation import Body, Creation
from services.chassis.privacy.people import Shown
from services.contracts.codes_inspection import Colour, EnterpriseStatus, RatingMethod
from services.inspection.enterprises.models import (
    Enterprise,
    Rating,
    SpecialFlag,
    StatusChange,
)

AreaCode = Annotated[str, Field(pattern=r"^[0-9]{9}([0-9]{3}){0,2}$", examples=["330703105291001"])]
Factor = Annotated[Decimal, Field(ge=0, le=100, examples=[3])]


class ContactIn(BaseModel):
    model_config = Body.model_config

    name: str = Field(min_length=1, max_length=40)
    phone: Mobile | None = None


class EnterpriseIn(Creation):
    """One enterprise under its checked unified social credit code. `industry_code`: GB/T 4754."""

    uscc: Uscc = Field(max_length=40, examples=["91330703MA00000157"])
    name: str = Field(min_length=2, max_length=100)
    area_code: AreaCode
    industry_code: str = Field(pattern=r"^[A-T][0-9]{0,4}$", examples=["C3311"])
    is_industrial: bool
    employees: int | None = Field(None, ge=0, le=1_000_000)
    special_flags: list[SpecialFlag] = Field(default=[], max_length=len(SpecialFlag))
    principal: ContactIn | None = None
    safety_officer: ContactIn | None = None


class FileIn(Body):
    """Opening the file needs nothing to be said; `occurred_at` is when it was opened."""


class StatusIn(Body):
    status: EnterpriseStatus


class RiskPointIn(BaseModel):
    """L, E and C must be values of the method."""

    model_config = Body.model_config

    name: str = Field(min_length=1, max_length=100)
    likelihood: Factor
    exposure: Factor
    consequence: Factor


class RatingIn(Body):
    """LEC: the colour follows from `points`. OVERRIDE: `colour` (null: unrated) with a `reason`."""

    method: RatingMethod
    colour: Colour | None = None
    points: list[RiskPointIn] = Field(default=[], max_length=200)
    reason: str = Field("", max_length=500)


class ContactOut(BaseModel):
    """Who answers for safety, masked: 朱**, 138****5678. `person` is how a reveal names them."""

    person: UUID
    name: str | None
    phone: str | None
    erased: bool

    @classmethod
    def of(cls, person: UUID | None, people: Shown) -> "ContactOut | None":
        if person is None:
            return None
        shown = people[person]
        return cls(person=person, name=shown.name, phone=shown.phone, erased=shown.erased)


class EnterpriseLine(BaseModel):
    """An enterprise in a list."""

    id: UUID
    version: int
    uscc: str
    name: str
    area_code: str
    industry_code: str
    is_industrial: bool
    status: EnterpriseStatus
    status_since: datetime
    file_opened_at: datetime | None
    colour: Colour | None
    late_entry: bool


class EnterpriseOut(EnterpriseLine):
    """An enterprise in full; its people masked. `allowed_actions`: operation ids that this caller could
    run on it now."""

    employees: int | None
    special_flags: list[SpecialFlag]
    principal: ContactOut | None
    safety_officer: ContactOut | None
    registered_at: datetime
    statuses: list[StatusChange]
    ratings: list[Rating]
    correlation_id: UUID
    import_batch_id: UUID | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, enterprise: Enterprise, allowed: list[str], people: Shown) -> "EnterpriseOut":
        told = enterprise.model_dump() | {
            "principal": ContactOut.of(enterprise.principal_id, people),
            "safety_officer": ContactOut.of(enterprise.safety_officer_id, people),
            "allowed_actions": allowed,
        }
        return cls.model_validate(told)
