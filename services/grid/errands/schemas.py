from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.attachments.declared import AttachmentOut, Attachments
from services.chassis.operation import Body, Creation, When
from services.chassis.privacy.numbers import AnyResidentId, Phone
from services.chassis.privacy.people import Line, PersonOut, Shown
from services.contracts.codes_errands import (
    Authoriser,
    ErrandOutcome,
    ErrandRoute,
    ImpossibleReason,
    MatterKind,
    PaperForm,
    PaperType,
    SignedBy,
    WindowResult,
)
from services.contracts.codes_grid import Finder
from services.grid.errands.models import Errand
from services.grid.errands.papers import MOST, Authorisation, Paper, Trips, Window
from services.grid.errands.rules import Status
from services.grid.organisations.schemas import Code as OrganisationCode
from services.grid.reports.schemas import AreaCode

Place = Annotated[int, Field(ge=1, le=MOST)]
Note = Annotated[str, Field(min_length=2, max_length=1000)]


class ApplicantIn(BaseModel):
    """Who is helped, or their guardian; kept sealed, shown masked."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=2, max_length=80)
    phone: Phone | None = None
    resident_id: AnyResidentId | None = Field(
        None,
        description="公民身份号码；第一代（15 位）仅限历史导入 · of 15 digits in imported history only",
    )
    address: str | None = Field(None, min_length=2, max_length=200)


class ErrandIn(Creation):
    """What somebody needs (求助、代办). `under_14`: for whom no ID number is given (the number decides); who is not yet 14 has a guardian.
    `finder`: for offices, of what others have brought."""

    area_code: AreaCode
    matter: MatterKind
    title: str = Field(min_length=2, max_length=100)
    description: str = Field("", max_length=2000)
    applicant: ApplicantIn
    under_14: bool = False
    guardian: ApplicantIn | None = None
    finder: Finder | None = None


class AcceptIn(Body):
    """`promised_by`: until when it is promised; the usual time if absent."""

    promised_by: When | None = None


class AuthoriseIn(Body):
    """`by`: the applicant, or the guardian of one who is not yet 14; `attachments`: the signed paper."""

    by: Authoriser = Authoriser.APPLICANT
    signed: SignedBy
    attachments: Attachments = ()


class StepIn(Body):
    """A step that needs nothing to be said."""


class FileIn(Body):
    """One department's part: its `window`, and what is asked there."""

    department: OrganisationCode
    window: str = Field(min_length=2, max_length=100)
    matter: str = Field(min_length=2, max_length=200)


class AnswerIn(Body):
    """`window_no`: the place in the list of windows, from 1."""

    window_no: Place
    result: WindowResult
    note: str = Field("", max_length=500)


class TakePaperIn(Body):
    """`attachments`: its scans, copies even of an original; they are deleted once the retention of copies is over."""

    kind: PaperType
    form: PaperForm
    attachments: Attachments = ()


class ReturnPaperIn(Body):
    """`paper_no`: the place in the list of papers, from 1; `signed`: how the owner signed for it."""

    paper_no: Place
    signed: SignedBy


class ObtainIn(Body):
    """`document`: what was obtained, e.g. 农民建房施工牌."""

    document: str = Field(min_length=2, max_length=100)


class DeliverIn(Body, Trips):
    """`signed`: how the applicant signed for it."""

    signed: SignedBy


class SettleIn(Body, Trips):
    """Without a document: DIFFICULTY_RESOLVED, or who asked was ADVISED, which is no solution. `note`: how."""

    outcome: Literal[ErrandOutcome.DIFFICULTY_RESOLVED, ErrandOutcome.ADVISED]
    note: Note


class GiveUpIn(Body):
    """`route`: the way that the applicant was told of."""

    reason: ImpossibleReason
    route: ErrandRoute
    note: Note


class ErrandBrief(BaseModel):
    """An errand without its applicant, as devices hold it."""

    id: UUID
    number: str
    version: int
    status: Status
    area_code: str
    matter: MatterKind
    finder: Finder
    title: str
    handler: str | None
    departments: list[str]
    submitted_at: datetime
    promised_by: datetime | None
    overdue_at: datetime | None
    closed_at: datetime | None
    outcome: ErrandOutcome | None
    late_entry: bool


class ErrandLine(ErrandBrief):
    """An errand in a list, its applicant masked: 朱**; of one who was erased (已删除) nothing is left."""

    applicant: UUID
    masked_name: str | None


class ErrandOut(ErrandLine):
    """An errand in full, its people masked; who is in charge sees name and address. `allowed_actions`: operation ids
    that this caller could run on it now. `missing`: which of the attachments have not come whole."""

    description: str
    people: list[PersonOut]
    guardian: UUID | None
    under_14: bool
    submitted_by: str
    authorisation: Authorisation | None
    windows: list[Window]
    papers: list[Paper]
    document: str | None
    note: str | None
    impossible_reason: ImpossibleReason | None
    route: ErrandRoute | None
    delivery_signed: SignedBy | None
    resident_trips: int | None
    member_trips: int | None
    accepted_at: datetime | None
    obtained_at: datetime | None
    delivered_at: datetime | None
    ended_at: datetime | None
    purge_due_at: datetime | None
    purged_at: datetime | None
    correlation_id: UUID
    import_batch_id: UUID | None
    attachments: list[AttachmentOut] = []
    missing: list[UUID] = []
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, errand: Errand, allowed: list[str], people: Shown) -> "ErrandOut":
        told: dict[str, Any] = {name: getattr(errand, name, None) for name in cls.model_fields}
        told |= {"people": [people[id] for id in errand.people()], "allowed_actions": allowed}
        told |= {"masked_name": people[errand.applicant].name, "attachments": [], "missing": []}
        return cls.model_validate(told)


def put(line: Line, people: Shown) -> None:
    line["masked_name"] = people[UUID(line["applicant"])].name
