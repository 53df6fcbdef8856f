"""The numbers of a rule, as its row in `warning_rule` tells them. They are ours: no source gives any."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """`services`: whose figures must be complete for a day before it is judged. A warning is to be acknowledged
    within `ack_minutes`, expires after `lasts_days`, and is raised again for no day within `rest_days` of its end."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    services: tuple[str, ...]
    ack_minutes: int = Field(120, ge=1)
    lasts_days: int = Field(30, ge=1)
    rest_days: int = Field(1, ge=1)


class Overdue(Settings):
    """W1: of what fell due in the last `days`."""

    due: str
    on_time: str
    days: int = Field(ge=1, le=400)
    at_least: Decimal = Field(gt=0, le=1)


class Places(Settings):
    """W3: so many that name one place in the last `days`."""

    metric: str
    days: int = Field(ge=1, le=400)
    at_least: int = Field(ge=2)


class Visits(Settings):
    """W6: of what was due in each of the last `weeks` whole weeks."""

    due: str
    done: str
    weeks: int = Field(ge=1, le=52)
    below: Decimal = Field(gt=0, le=1)


class Rise(Settings):
    """W7: above the mean of the same weekday in the `weeks` before by more than `sigmas` standard deviations."""

    metrics: tuple[str, ...]
    weeks: int = Field(ge=2, le=52)
    sigmas: Decimal = Field(ge=0)
    at_least: int = Field(ge=1)


class Silence(Settings):
    """W9: nothing in the last `days`."""

    metric: str
    days: int = Field(ge=1, le=400)
