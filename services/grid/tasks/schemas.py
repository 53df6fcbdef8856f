from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, FiniteFloat, StrictBool, StrictInt

from services.chassis.operation import Body, Creation, When
from services.contracts.codes_tasks import Period, SeriesEnd, TargetKind
from services.contracts.event import AREA_CODE
from services.grid.areas.schemas import Day
from services.grid.tasks.models import AdmissionItem, FormField, Target, TaskItem, TaskOrder
from services.grid.tasks.rules import Status

MOST_TARGETS = 200
Code = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9_-]{1,39}$", examples=["FIRE-CHECK"])]
Text = Annotated[str, Field(min_length=1, max_length=2000)]


def _each_once(targets: list[Target]) -> list[Target]:
    if len({(t.kind, t.id or t.area_code) for t in targets}) < len(targets):
        raise ValueError("同一对象只能列一次 · each target is named once")
    return targets


def _one_field_each(form: list[FormField]) -> list[FormField]:
    if len({field.code for field in form}) < len(form):
        raise ValueError("表单项代码重复 · two fields of one code")
    return form


Targets = Annotated[
    list[Target], Field(min_length=1, max_length=MOST_TARGETS), AfterValidator(_each_once)
]
Form = Annotated[list[FormField], Field(max_length=50), AfterValidator(_one_field_each)]


class AdmissionIn(Creation):
    """What may be asked of grids in `area_code` from `valid_from` on."""

    area_code: str = Field(pattern=AREA_CODE)
    code: Code
    name: str = Field(min_length=2, max_length=100)
    name_en: str = Field(min_length=2, max_length=100)
    valid_from: Day


class TakeOffIn(Body):
    """`valid_to`: the first day on which it may not be asked any more."""

    valid_to: Day


class OrderIn(Creation):
    """A task. `area_code`: whose it is. `form`: what each target tells. `remind_at`: when those that have not submitted
    are reminded; `period`: it comes again by itself when it is due, each time with new items, none of them due after
    the day `repeats_until`."""

    area_code: str = Field(pattern=AREA_CODE)
    admission_item: Code
    title: str = Field(min_length=2, max_length=100)
    description: str = Field("", max_length=4000)
    targets: Targets
    form: Form = Field(default_factory=list)
    due_at: When
    remind_at: When | None = None
    period: Period | None = None
    repeats_until: Day | None = None


class RepeatIn(Creation):
    """The next round of a task that comes again."""

    order_id: UUID


class GiveIn(Creation):
    """The part of the target at `place` (from 1). Whoever issues a task gives all of them."""

    order_id: UUID
    place: int = Field(ge=1, le=MOST_TARGETS)


class StepIn(Body):
    """A step that needs nothing to be said."""


class SubmitIn(Body):
    """`answers`: by the codes of the form's fields."""

    answers: dict[str, StrictBool | StrictInt | FiniteFloat | Text] = Field({}, max_length=50)


class RejectIn(Body):
    opinion: str = Field(min_length=2, max_length=500)


class AdmissionOut(BaseModel):
    id: UUID
    version: int
    area_code: str
    code: str
    name: str
    name_en: str
    valid_from: date
    valid_to: date | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, row: AdmissionItem, allowed: list[str]) -> "AdmissionOut":
        shown = cls.model_validate(row, from_attributes=True)
        return shown.model_copy(update={"allowed_actions": allowed})


class AdmissionLine(BaseModel):
    """An entry of the list."""

    id: UUID
    version: int
    area_code: str
    code: str
    name: str
    name_en: str
    valid_from: date
    valid_to: date | None


class OrderLine(BaseModel):
    """A task in a list."""

    id: UUID
    version: int
    area_code: str
    admission_item: str
    title: str
    due_at: datetime
    period: Period | None
    round: int
    repeats_until: date | None
    ended_at: datetime | None
    issued_at: datetime


class OrderOut(OrderLine):
    """A task in full. `repeated_at`: when the next round was called for; `end`: why none follows. `allowed_actions`:
    operation ids that this caller could run on it now."""

    description: str
    targets: list[Target]
    form: list[FormField]
    remind_at: datetime | None
    series: UUID
    repeated_at: datetime | None
    end: SeriesEnd | None
    issued_by: str
    correlation_id: UUID
    import_batch_id: UUID | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, order: TaskOrder, allowed: list[str]) -> "OrderOut":
        shown = cls.model_validate(order, from_attributes=True)
        return shown.model_copy(update={"allowed_actions": allowed})


class ItemLine(BaseModel):
    """A target's part of a task, in a list. It has expired if `expired_at` says so and it is not accepted yet."""

    id: UUID
    version: int
    status: Status
    area_code: str
    order_id: UUID
    title: str
    target_kind: TargetKind
    target_id: UUID | None
    subject: str | None
    due_at: datetime
    submitted_at: datetime | None
    accepted_at: datetime | None
    expired_at: datetime | None
    late_entry: bool


class ItemOut(ItemLine):
    """In full. `allowed_actions`: operation ids that this caller could run on it now."""

    place: int
    answers: dict[str, Any]
    opinion: str | None
    done_by: str | None
    given_at: datetime
    remind_at: datetime | None
    reminded_at: datetime | None
    correlation_id: UUID
    import_batch_id: UUID | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, item: TaskItem, allowed: list[str]) -> "ItemOut":
        shown = cls.model_validate(item, from_attributes=True)
        return shown.model_copy(update={"allowed_actions": allowed})
