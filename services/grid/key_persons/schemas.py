from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.identifiers import ResidentId
from services.chassis.operation import Body, Creation
from services.chassis.privacy.numbers import Phone
from services.chassis.privacy.people import PersonOut
from services.chassis.privacy.purpose import Purpose
from services.contracts.codes_key_persons import Attention, KeyPersonClass, RemovalReason
from services.grid.key_persons.rules import Status
from services.grid.reports.schemas import AreaCode

Basis = Field(min_length=5, max_length=200, examples=["社区矫正法第二十五条；金东司矫〔2026〕3号"])


class KeyPersonIn(Creation):
    """Somebody of a class that the law names. `legal_basis`: by which norm the record is kept."""

    area_code: AreaCode
    name: str = Field(min_length=2, max_length=80)
    resident_id: ResidentId
    phone: Phone | None = None
    address: str | None = Field(None, min_length=2, max_length=200)
    key_class: KeyPersonClass
    level: Attention
    legal_basis: str = Basis


class RegradeIn(Body):
    key_class: KeyPersonClass
    level: Attention


class VisitIn(Body):
    """`present`: whether the person was met; `note` is kept sealed."""

    present: bool
    note: str = Field("", max_length=1000)


class RemoveIn(Body):
    reason: RemovalReason


class SearchIn(BaseModel):
    """Why these records are read; it is put on record with each of them. `overdue`: a visit is owed. `after`: `next` of the page before."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    purpose: Purpose
    overdue: bool | None = None
    after: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class ReadIn(BaseModel):
    """Why the record is read. `legal_basis`: of a minor's, the norm and the document."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    purpose: Purpose
    legal_basis: Purpose | None = None


class KeyPersonRef(BaseModel):
    """All that is told of a record without a purpose: that it is there."""

    id: UUID
    version: int


class KeyPersonLine(KeyPersonRef):
    """A record in a list, its person masked."""

    area_code: str
    status: Status
    person: PersonOut
    key_class: KeyPersonClass | None
    level: Attention | None
    visit_due_at: datetime
    visit_overdue_at: datetime | None


class VisitOut(BaseModel):
    at: datetime
    by: str
    present: bool
    note: str


class KeyPersonOut(KeyPersonLine):
    """A record in full, its person masked."""

    legal_basis: str
    is_minor: bool
    visits: list[VisitOut]
    enrolled_at: datetime
    removed_at: datetime | None
    removal_reason: RemovalReason | None
    allowed_actions: list[str]


class KeyPersonsOut(BaseModel):
    """The newest first. `next`: where the following page begins, null on the last one."""

    items: list[KeyPersonLine]
    next: UUID | None


class CountsOut(BaseModel):
    """How many there were at the end of last month, without minors: each a multiple of five, rounded down; null of less
    than five, none included."""

    as_of: date
    by_class: dict[KeyPersonClass, int | None]
    by_township: dict[str, int | None]
