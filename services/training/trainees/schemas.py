import re
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.chassis.identifiers import Mobile, parse_uscc
from services.chassis.operation import Creation
from services.contracts.codes_training import Audience
from services.training.sessions.schemas import AreaCode
from services.training.trainees.models import Trainee


def _unit(text: str) -> str:
    return text if re.fullmatch(r"[0-9]{15}", text) else parse_uscc(text)


UnitCode = Annotated[
    str,
    AfterValidator(_unit),
    Field(description="统一社会信用代码或 15 位网格代码; unified social credit code or grid code"),
]


class TraineeIn(Creation):
    """`area_code`: where the person lives or works. `account`: the subject under which they sign in, if any."""

    area_code: AreaCode
    name: str = Field(min_length=2, max_length=40)
    phone: Mobile
    audience: Audience
    unit: UnitCode | None = None
    account: str | None = Field(None, min_length=1, max_length=100)


class TraineeLine(BaseModel):
    """A trainee in a list. Name and telephone are masked."""

    id: UUID
    version: int
    area_code: str
    masked_name: str
    masked_phone: str
    audience: Audience
    unit: str | None
    late_entry: bool


class TraineeOut(TraineeLine):
    correlation_id: UUID
    import_batch_id: UUID | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, trainee: Trainee, allowed: list[str]) -> "TraineeOut":
        shown = cls.model_validate(trainee, from_attributes=True)
        return shown.model_copy(update={"allowed_actions": allowed})
