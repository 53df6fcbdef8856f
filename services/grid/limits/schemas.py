from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from services.contracts.codes_grid import Urgency
from services.contracts.codes_key_persons import Attention, KeyPersonClass
from services.grid.areas.schemas import Day
from services.grid.limits.rules import require_ascending, require_bounds, require_limit

T = TypeVar("T")
Place = Annotated[
    str,
    Field(
        pattern=r"^$|^[0-9]{6}([0-9]{3})?$",
        description="全部（空）、区县或乡镇 · empty for the whole, a district, or a township.",
    ),
]
Allowed = Annotated[
    str,
    Field(
        pattern=r"^[1-9][0-9]{0,3}(min|h|wd|d)$",
        description="Minutes, hours, working days or days; at most 1440min, 8760h, 250wd, 365d.",
        examples=["7wd"],
    ),
    AfterValidator(require_limit),
]
Share = Annotated[int, Field(ge=1, le=99)]
Shares = Annotated[list[Share], Field(max_length=5), AfterValidator(require_ascending)]
Number = Literal[
    "SELF_CHECK_PERCENT", "REOPEN_DAYS", "ARCHIVE_DAYS", "WORK_STARTS_MINUTE", "WORK_ENDS_MINUTE"
]


class Rows(BaseModel, Generic[T]):
    model_config = ConfigDict(extra="forbid")

    rows: list[T] = Field(min_length=1, max_length=200)


class Versions(BaseModel, Generic[T]):
    items: list[T]


class RowIn(BaseModel):
    """In force from `valid_from` on, tomorrow or later, in the areas that begin with `area_code`."""

    model_config = ConfigDict(extra="forbid")

    area_code: Place = ""
    valid_from: Day


class RowOut(BaseModel):
    """`valid_to`: the day on which another row takes its place, null where none is planned."""

    area_code: str
    valid_from: date
    valid_to: date | None


class TimeLimitIn(RowIn):
    """How long a clock of reports of that urgency may run. `warn_at`: shares of it, in percent, at which a warning is
    due."""

    urgency: Urgency
    clock: Literal["accept", "sign", "resolve", "verify"]
    allowed: Allowed
    warn_at: Shares = []


class TimeLimitOut(RowOut):
    urgency: Urgency
    clock: str
    allowed: str
    warn_at: list[int]


class HandlingRuleIn(RowIn):
    """A number by which reports are handled: of how many percent of those closed within the grid a check is due; for how
    many days a closed report may be reopened, and after how many it is archived; from which minute of a working day
    until which its handling is counted."""

    name: Number
    amount: int = Field(ge=0, le=3653)

    @field_validator("amount")
    @classmethod
    def _bounded(cls, amount: int, told: ValidationInfo) -> int:
        return require_bounds(told.data["name"], amount) if "name" in told.data else amount


class HandlingRuleOut(RowOut):
    name: str
    amount: int


class ErrandLimitIn(RowIn):
    """By when an errand is promised, or how long copies of its papers are kept after its end."""

    clock: Literal["promise", "purge"]
    allowed: Allowed


class ErrandLimitOut(RowOut):
    clock: str
    allowed: str


class VisitFrequencyIn(RowIn):
    """Every how many days a key person of that class and level is visited."""

    key_class: KeyPersonClass
    level: Attention
    every_days: int = Field(ge=1, le=366)


class VisitFrequencyOut(RowOut):
    key_class: KeyPersonClass
    level: Attention
    every_days: int


class PositionLimitIn(RowIn):
    """From when on a position proves nothing: beyond so many metres of accuracy, captured so many minutes before what it is
    to prove, or so many metres from the middle of its grid."""

    accuracy_m: float = Field(ge=1, le=10_000, allow_inf_nan=False)
    stale_minutes: int = Field(ge=1, le=1440)
    far_m: float = Field(ge=1, le=100_000, allow_inf_nan=False)


class PositionLimitOut(RowOut):
    accuracy_m: float
    stale_minutes: int
    far_m: float
