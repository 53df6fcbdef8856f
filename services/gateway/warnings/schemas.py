from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from services.chassis.privacy.purpose import IMPERSONAL
from services.contracts.codes_gateway import WarningLevel, WarningRule, WarningState, WarningStep
from services.gateway.dashboards.schemas import PeriodOut
from services.gateway.warnings import settings
from services.gateway.warnings.rules import RULES

Remark = Annotated[str, Field(min_length=5, max_length=500), IMPERSONAL]


class EndIn(BaseModel):
    """What was done, or why it was a false alarm; without numbers of persons."""

    model_config = ConfigDict(extra="forbid")

    remark: Remark


class EvidenceOut(BaseModel):
    """A figure as it was when the warning was raised. `records`: where those behind it are listed now. A sudden rise
    also tells the same weekday of the `earlier` weeks, latest first, with their mean and deviation."""

    figure: str
    definition: str
    period: PeriodOut
    dimension: str | None
    n: int
    d: int | None
    as_of: datetime
    records: str | None
    earlier: list[int] | None = None
    mean: float | None = None
    deviation: float | None = None


class WarningOut(BaseModel):
    """A work warning (工作预警), which is none of the statutory ones. `day`: the day that was judged. `owner`: whoever
    acknowledged it, or took it on. `ack_overdue`: not acknowledged in time."""

    id: UUID
    rule: WarningRule
    rule_version: int
    level: WarningLevel
    area_code: str
    subject: str
    day: date
    state: WarningState
    owner: str | None
    evidence: list[EvidenceOut]
    raised_at: datetime
    ack_due_at: datetime
    ack_overdue: bool
    expires_at: datetime
    acked_at: datetime | None
    ended_at: datetime | None
    version: int


class StepOut(BaseModel):
    step: WarningStep
    state: WarningState
    at: datetime
    by: str
    remark: str | None
    version: int


class WarningDetailOut(WarningOut):
    """`allowed_actions`: the steps that this caller may take now."""

    steps: list[StepOut]
    allowed_actions: list[WarningStep]


class WarningsOut(BaseModel):
    """`next`: the cursor of the following page, null on the last one."""

    items: list[WarningOut]
    next: UUID | None


class RuleOut(BaseModel):
    """A version of a rule. Its thresholds are our own."""

    rule: WarningRule
    version: int
    valid_from: date
    level: WarningLevel
    settings: dict[str, object] = Field(description="see docs/warnings.md")


AnySettings = (
    settings.Overdue | settings.Places | settings.Visits | settings.Rise | settings.Silence
)


class RuleIn(BaseModel):
    """`valid_from`: a day that is still to come. `settings`: those of the rule."""

    model_config = ConfigDict(extra="forbid")

    rule: WarningRule
    valid_from: Annotated[date, Field(ge=date(1900, 1, 1), lt=date(2200, 1, 1))]
    level: WarningLevel
    settings: AnySettings

    @field_validator("settings", mode="plain", json_schema_input_type=AnySettings)
    @classmethod
    def _of_the_rule(cls, told: Any, info: ValidationInfo) -> Any:
        """By the rule that was named, so that a mistake is told where it is."""
        rule = info.data.get("rule")
        return RULES[rule].settings.model_validate(told) if rule else told


class RulesIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[RuleIn] = Field(min_length=1, max_length=100)


class RulesOut(BaseModel):
    items: list[RuleOut]
