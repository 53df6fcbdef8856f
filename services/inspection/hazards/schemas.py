from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.chassis.attachments.declared import AttachmentOut, Attachments
from services.chassis.operation import Body, Creation
from services.chassis.privacy.people import Shown
from services.contracts.codes_inspection import Domain, HazardSource, Level
from services.inspection.hazards.models import Hazard, Plan, Review
from services.inspection.hazards.rules import Status

Text = Annotated[str, Field(min_length=2, max_length=2000)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), lt=date(2200, 1, 1))]


class HazardIn(Creation):
    """What was found, at which enterprise. `clause`: of the standard that it offends."""

    enterprise_id: UUID
    level: Level = Level.GENERAL
    domain: Domain
    source: HazardSource = HazardSource.STATION
    description: Text
    clause: str | None = Field(None, max_length=100)
    attachments: Attachments = ()


class ReferralIn(Creation):
    """An accepted grid report of a safety matter that names an enterprise."""

    area_code: str
    enterprise_id: UUID
    domain: Domain
    report_id: UUID
    correlation_id: UUID


class NotifyIn(Body):
    """`deadline`: last day for the rectification; the configured limit if absent."""

    deadline: Day | None = None


class PlanIn(Body):
    """整改方案. A MAJOR hazard needs all five: measures, responsible, funds, deadline, contingency. Without a
    deadline that of the notice holds; a later one is for officers. Once the notice's has passed, the plan's
    deadline is kept as a promise, and the hazard stays overdue."""

    measures: Text
    responsible: str = Field(min_length=1, max_length=40)
    funds: str | None = Field(None, max_length=200)
    deadline: Day | None = None
    contingency: str | None = Field(None, max_length=2000)


class SubmitIn(Body):
    """`rectification`: what was done; `attachments` show it."""

    rectification: Text
    attachments: Attachments = ()


class PassIn(Body):
    """Each reviewer sends their own; a MAJOR hazard needs two."""

    comment: str = Field("", max_length=2000)
    attachments: Attachments = ()


class FailIn(Body):
    """`deadline`: last day of the next round; the configured limit if absent."""

    comment: Text
    deadline: Day | None = None
    attachments: Attachments = ()


class CloseIn(Body):
    """A step that needs nothing to be said."""


class VoidIn(Body):
    reason: str = Field(min_length=2, max_length=500)


class HazardLine(BaseModel):
    """A hazard in a list."""

    id: UUID
    number: str
    version: int
    status: Status
    area_code: str
    enterprise_id: UUID
    level: Level
    domain: Domain
    source: HazardSource
    round: int
    found_at: datetime
    rectify_due_at: datetime | None
    rectify_overdue_at: datetime | None
    closed_at: datetime | None
    late_entry: bool


class PlanOut(BaseModel):
    """整改方案. Who is responsible is shown masked: 王**; `person` is how a reveal names them."""

    measures: str
    person: UUID
    responsible: str | None
    erased: bool
    funds: str | None
    deadline: date | None
    contingency: str | None

    @classmethod
    def of(cls, plan: Plan, people: Shown) -> "PlanOut":
        who = people[plan.responsible]
        shown = {"person": who.id, "responsible": who.name, "erased": who.erased}
        return cls.model_validate(plan.model_dump() | shown)


class HazardOut(HazardLine):
    """A hazard in full. `allowed_actions`: operation ids that this caller could run on it now. `missing`: which of
    the attachments have not come whole; while there are any, it neither passes a review nor is closed."""

    report_id: UUID | None
    description: str
    clause: str | None
    finder: str
    notified_at: datetime | None
    plan: PlanOut | None
    planned_at: datetime | None
    submitter: str | None
    rectification: str | None
    submitted_at: datetime | None
    reviews: list[Review]
    passed_at: datetime | None
    voided_at: datetime | None
    void_reason: str | None
    correlation_id: UUID
    import_batch_id: UUID | None
    attachments: list[AttachmentOut] = []
    missing: list[UUID] = []
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, hazard: Hazard, allowed: list[str], people: Shown) -> "HazardOut":
        plan = PlanOut.of(hazard.plan, people) if hazard.plan else None
        told = hazard.model_dump() | {"plan": plan, "allowed_actions": allowed}
        return cls.model_validate(told)
