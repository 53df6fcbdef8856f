from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.chassis.operation import Body, Creation, When
from services.contracts.codes_outreach import Suspicion
from services.grid.campaigns.schemas import Code as CampaignCode
from services.grid.patrols.models import Patrol
from services.grid.patrols.rules import MOST_PARTICIPANTS, Status
from services.grid.positions.models import Position
from services.grid.positions.schemas import PositionIn
from services.grid.reports.schemas import AreaCode


def _distinct(people: list[str]) -> list[str]:
    if len(set(people)) < len(people):
        raise ValueError("each participant is named once")
    return people


Subject = Annotated[str, Field(pattern=r"^[!-~]{1,100}$")]
Participants = Annotated[
    list[Subject],
    Field(
        min_length=1,
        max_length=MOST_PARTICIPANTS,
        description="网格员的账号或编号，当日在该乡镇（街道）任职；登记人可为其中之一；每人一次，不填姓名 · Accounts or ids of "
        "members who serve in that township on that day, and perhaps who enters it; each once; no names.",
    ),
    AfterValidator(_distinct),
]


class PatrolIn(Creation):
    """A patrol that starts at `occurred_at`; with `ended_at`, one that is over. `position`: where it starts, as
    the device tells."""

    area_code: AreaCode
    campaign: CampaignCode | None = None
    participants: Participants
    position: PositionIn | None = None
    ended_at: When | None = None
    findings: str = Field("", max_length=2000)


class FinishIn(Body):
    """`position`: where it ends, as the device tells."""

    findings: str = Field("", max_length=2000)
    position: PositionIn | None = None


class VoidIn(Body):
    reason: str = Field(min_length=2, max_length=200)


class PatrolLine(BaseModel):
    """A patrol in a list."""

    id: UUID
    version: int
    status: Status
    area_code: str
    campaign: str | None
    participants: list[str]
    started_at: datetime
    ended_at: datetime | None
    suspicions: list[Suspicion]
    late_entry: bool


class PatrolOut(PatrolLine):
    """A patrol in full. `allowed_actions`: operation ids that this caller could run on it now."""

    start_position: Position | None
    end_position: Position | None
    findings: str
    recorded_by: str
    void_reason: str | None
    voided_at: datetime | None
    import_batch_id: UUID | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, patrol: Patrol, allowed: list[str]) -> "PatrolOut":
        shown = cls.model_validate(patrol, from_attributes=True)
        return shown.model_copy(update={"allowed_actions": allowed})
