from typing import Annotated

from pydantic import BaseModel, Field

from services.chassis.operation import Body, When
from services.chassis.privacy.purpose import Purpose
from services.contracts.codes_grid import Category, Level, Urgency
from services.grid.organisations.schemas import Code as OrganisationCode
from services.grid.reports.columns import ReportColumns

Allowance = Annotated[
    str,
    Field(
        pattern=r"^[1-9][0-9]{0,2}(min|h|wd|d)$",
        description="How much time: minutes, hours, working days or days.",
        examples=["5wd"],
    ),
]
Reason = Annotated[str, Field(min_length=2, max_length=500)]


class ReasonIn(Body):
    reason: Reason


class EscalateIn(Body):
    """`to`: the next level if absent; only an EMERGENCY skips one."""

    reason: Reason
    to: Level | None = None


class TransferIn(Body):
    """Why it is no matter of the organisation's (退办理由), and whose it might be."""

    reason: Reason
    organisation: OrganisationCode | None = None


class GrantTransferIn(Body):
    """Which organisation leads instead."""

    organisation: OrganisationCode


class ExtensionIn(Body):
    reason: Reason
    allowance: Allowance


class AnswerIn(Body):
    """Why a request is refused, or what is to be observed where it is granted."""

    answer: Reason


class ResetIn(Body):
    """How long from now on, and why."""

    reason: Reason
    allowance: Allowance


class SuperviseIn(Body):
    """What is demanded until when (督办要求)."""

    demand: Reason
    due_at: When


class ReceiveIn(Body):
    """What the details are needed for; it is put on record."""

    purpose: Purpose


class DetailsOut(BaseModel):
    """What an organisation needs to know to deal with a report. Who reported it is not told."""

    number: str
    version: int
    status: str
    area_code: str
    category: Category
    urgency: Urgency
    title: str
    description: str
    place: str

    @classmethod
    def of(cls, report: ReportColumns) -> "DetailsOut":
        return cls.model_validate(report, from_attributes=True)
