from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from services.chassis.operation import Body, Creation
from services.chassis.privacy.numbers import AnyResidentId, Phone
from services.chassis.privacy.people import PersonOut, Shown
from services.contracts.codes_disputes import (
    CaseType,
    Form,
    Ground,
    ReportCancelReason,
    Route,
    Source,
)
from services.contracts.codes_grid import Finder
from services.disputes.cases.models import Case
from services.disputes.cases.parties import Consent, Party, PartyKind, Side
from services.disputes.cases.rules import CaseStatus, Signature, Signer

AreaCode = Annotated[str, Field(pattern=r"^[0-9]{9}([0-9]{3}){0,2}$", examples=["330703105291001"])]
Subject = Annotated[str, Field(min_length=1, max_length=100)]
SourceTold = Literal[
    Source.PARTY_APPLICATION,
    Source.OWN_INITIATIVE,
    Source.POLICE,
    Source.COURT,
    Source.PETITION,
    Source.DEPARTMENT,
]
GroundTold = Literal[
    Ground.PARTY_REFUSES,
    Ground.NO_AGREEMENT,
    Ground.IMPOSSIBLE,
    Ground.CONCEALMENT,
    Ground.STALLING,
    Ground.SUSPECTED_COLLUSION,
    Ground.OTHER,
]


class PartyIn(BaseModel):
    """A party (当事人). `consent`: GIVEN or REFUSED, absent until asked; `subject`: who it is in this
    system, where known. `person`: the party of before, as it is; nothing personal is told again then."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    side: Side
    kind: PartyKind = PartyKind.NATURAL
    person: UUID | None = None
    name: str | None = Field(None, min_length=1, max_length=100)
    phone: Phone | None = None
    resident_id: AnyResidentId | None = Field(
        None,
        description="公民身份号码；第一代（15 位）仅限历史导入 · of 15 digits in imported history only",
    )
    address: str | None = Field(None, min_length=2, max_length=200)
    subject: Subject | None = None
    consent: Consent | None = None
    consented_at: AwareDatetime | None = Field(None, description="The step's time if absent.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.person) == bool(self.name) or (
            self.person and (self.phone or self.resident_id or self.address)
        ):
            raise ValueError(
                "须给出 name，或只给出已有的 person · give a name, or nothing but a known person"
            )
        return self


class CaseIn(Creation):
    """A dispute to be mediated. `finder` may be given by those who enter others' finds; a service group's
    member is its own finder."""

    area_code: AreaCode
    case_type: CaseType
    source: SourceTold = Source.PARTY_APPLICATION
    title: str = Field(min_length=2, max_length=100)
    description: str = Field("", max_length=4000)
    parties: list[PartyIn] = Field(default=[], max_length=50)
    finder: Finder | None = None


class ReferralIn(Body):
    """What a grid report of category DISPUTE tells of itself when it is accepted."""

    area_code: AreaCode
    report_id: UUID
    correlation_id: UUID
    finder: Finder


class WithdrawalIn(Body):
    """The grid report was cancelled, and why."""

    report_id: UUID
    reason: ReportCancelReason


class DescribeIn(Body):
    case_type: CaseType
    title: str = Field(min_length=2, max_length=100)
    description: str = Field("", max_length=4000)


class PartiesIn(Body):
    """All parties; they replace those set before."""

    parties: list[PartyIn] = Field(min_length=1, max_length=50)


class CaseStepIn(Body):
    """A step that needs nothing to be said."""


class StartIn(Body):
    """`mediator`: the subject who mediates; never a party."""

    mediator: Subject


class AgreementIn(Body):
    """`terms`: the agreement, or of an oral one the mediator's record. `signed_by`: who has signed a written
    one on the spot; the others sign later."""

    form: Form
    terms: str = Field(min_length=2, max_length=10_000)
    signed_by: list[Signer] = Field(default=[], max_length=52)


class SignatureIn(Body):
    signer: Signer


class TerminationIn(Body):
    """`routes`: the legal ways that the parties were told of."""

    ground: GroundTold
    routes: list[Route] = Field(min_length=1, max_length=7)


class CloseIn(Body):
    """`routes`: told now, where a termination has not told them; none of a performed case."""

    routes: list[Route] = Field(default=[], max_length=7)


class CaseLine(BaseModel):
    """A case in a list."""

    id: UUID
    number: str
    version: int
    status: CaseStatus
    area_code: str
    case_type: CaseType
    source: Source
    finder: Finder
    title: str
    registered_at: AwareDatetime
    mediate_due_at: AwareDatetime | None
    effective_at: AwareDatetime | None
    closed_at: AwareDatetime | None
    late_entry: bool


class PartyOut(BaseModel):
    """A party, masked: 王*, 138****5678; its mediator sees name and address in full. `place` is how its signature names it,
    `person` how a reveal does."""

    place: int
    person: UUID
    side: Side
    kind: PartyKind
    name: str | None
    phone: str | None
    resident_id: str | None
    address: str | None
    erased: bool
    consent: Consent | None
    consented_at: AwareDatetime | None


class CaseOut(CaseLine):
    """A case in full. `allowed_actions`: operation ids that this caller could run on it now."""

    report_id: UUID | None
    description: str
    parties: list[PartyOut]
    registrar: str
    mediator: str | None
    form: Form | None
    terms: str | None
    signatures: list[Signature]
    ground: Ground | None
    routes: list[Route]
    accepted_at: AwareDatetime | None
    agreed_at: AwareDatetime | None
    performed_at: AwareDatetime | None
    terminated_at: AwareDatetime | None
    overdue_at: AwareDatetime | None
    correlation_id: UUID
    import_batch_id: UUID | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, case: Case, allowed: list[str], people: Shown) -> "CaseOut":
        parties = [
            shown(place, party, people[party.person]) for place, party in enumerate(case.parties, 1)
        ]
        told = case.model_dump() | {"parties": parties, "allowed_actions": allowed}
        return cls.model_validate(told)


def shown(place: int, party: Party, person: PersonOut) -> PartyOut:
    return PartyOut(
        place=place,
        person=party.person,
        side=party.side,
        kind=party.kind,
        name=party.name or person.name,
        phone=person.phone,
        resident_id=person.resident_id,
        address=person.address,
        erased=person.erased,
        consent=party.consent,
        consented_at=party.consented_at,
    )
