import re
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.chassis.identifiers import Mobile, parse_uscc
from services.chassis.operation import Creation
from services.chassis.privacy.numbers import AnyResidentId
from services.chassis.privacy.people import Line, PersonOut, Shown
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
    resident_id: AnyResidentId | None = Field(
        None,
        description="公民身份号码；第一代（15 位）仅限历史导入 · of 15 digits in imported history only",
    )
    audience: Audience
    unit: UnitCode | None = None
    account: str | None = Field(None, min_length=1, max_length=100)


class TraineeLine(BaseModel):
    """A trainee in a list, masked: 朱**, 138****5678, 3****************3; of one who was erased (已删除) nothing is
    left. `person` is how a reveal names who it is."""

    id: UUID
    version: int
    area_code: str
    person: UUID
    masked_name: str | None
    masked_phone: str | None
    masked_resident_id: str | None
    erased: bool
    audience: Audience
    unit: str | None
    late_entry: bool


class TraineeOut(TraineeLine):
    correlation_id: UUID
    import_batch_id: UUID | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, trainee: Trainee, allowed: list[str], people: Shown) -> "TraineeOut":
        told = trainee.model_dump() | shown(people[trainee.person])
        return cls.model_validate(told | {"allowed_actions": allowed})


def put(line: Line, people: Shown) -> None:
    line |= shown(people[UUID(line["person"])])


def shown(person: PersonOut) -> dict[str, Any]:
    return {
        "masked_name": person.name,
        "masked_phone": person.phone,
        "masked_resident_id": person.resident_id,
        "erased": person.erased,
    }
