from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.chassis.identifiers import Mobile, ResidentId
from services.chassis.operation import Body, Creation
from services.chassis.privacy.people import PersonOut, Shown
from services.contracts.codes_privacy import (
    HeldBy,
    Keeper,
    PersonalField,
    RightKind,
    RightRefusal,
)
from services.contracts.event import AREA_CODE
from services.grid.subject_requests.models import Confirmation, SubjectRequest
from services.grid.subject_requests.rules import NobodyNamed, NothingToCorrect, Status


class RequestIn(Creation):
    """What is asked, and who asks. A correction says which `fields` are wrong, and in which `records`, where these are
    known; the right values are entered with the records themselves, not here."""

    area_code: str = Field(pattern=AREA_CODE)
    kind: RightKind
    name: str = Field(min_length=1, max_length=80)
    resident_id: ResidentId | None = None
    phone: Mobile | None = None
    fields: list[PersonalField] = Field([], max_length=4)
    records: list[UUID] = Field([], max_length=50)

    def require_complete(self) -> None:
        if not (self.resident_id or self.phone):
            raise NobodyNamed
        if bool(self.fields) is not (self.kind is RightKind.CORRECTION):
            raise NothingToCorrect


class RequestStepIn(Body):
    """A step that needs nothing to be said."""


class RefuseIn(Body):
    reason: RightRefusal


class ConfirmationIn(Body):
    """What a service tells of an erasure. Only the subscription does this."""

    keeper: Keeper
    erased: int
    held: int
    rules: list[HeldBy] = Field(max_length=20)


class RequestLine(BaseModel):
    """A request in a list; its person only in the detail."""

    id: UUID
    number: str
    version: int
    kind: RightKind
    status: Status
    area_code: str
    received_at: datetime
    answer_due_at: datetime | None
    answer_overdue_at: datetime | None
    confirm_overdue_at: datetime | None
    closed_at: datetime | None
    late_entry: bool


class RequestOut(RequestLine):
    """A request in full, its person masked. `waits_for`: the services that have not confirmed an erasure yet; what a
    service held back, and by which rule, stands with its confirmation."""

    person: PersonOut
    fields: list[PersonalField]
    records: list[UUID]
    reason: RightRefusal | None
    received_by: str
    verified_at: datetime | None
    verified_by: str | None
    erasing_at: datetime | None
    confirm_due_at: datetime | None
    decided_by: str | None
    confirmations: list[Confirmation]
    waits_for: list[Keeper]
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, request: SubjectRequest, allowed: list[str], people: Shown) -> "RequestOut":
        told = {name: getattr(request, name, None) for name in cls.model_fields}
        told |= {"person": people[request.person], "allowed_actions": allowed}
        return cls.model_validate(told)
