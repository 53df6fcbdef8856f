"""The numbers of a rule, as its row in `warning_rule` tells them. They are ours: no source gives any."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.gateway.projections.registry import Projected

Metric = Annotated[str, Field(max_length=100)]
Share = Annotated[Decimal, Field(gt=0, le=1, max_digits=6, decimal_places=4)]
DAYS = 400


class Settings(BaseModel):
    """`services`: whose figures must be complete for a day before it is judged. A warning is to be acknowledged
    within `ack_minutes`, expires after `lasts_days`, and is raised again for no day within `rest_days` of its end."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    services: Annotated[tuple[Projected, ...], Field(min_length=1, max_length=4)]
    ack_minutes: int = Field(120, ge=1, le=DAYS * 24 * 60)
    lasts_days: int = Field(30, ge=1, le=DAYS)
    rest_days: int = Field(1, ge=1, le=DAYS)


class Overdue(Settings):
    """W1: of what fell due in the last `days`."""

    due: Metric
    on_time: Metric
    days: int = Field(ge=1, le=DAYS)
    at_least: Share


class Places(Settings):
    """W3: so many that name one place in the last `days`."""

    metric: Metric
    days: int = Field(ge=1, le=DAYS)
    at_least: int = Field(ge=2, le=10_000)


class Visits(Settings):
    """W6: of what was due in each of the last `weeks` whole weeks."""

    due: Metric
    done: Metric
    weeks: int = Field(ge=1, le=52)
    below: Share


class Rise(Settings):
    """W7: above the mean of the same weekday in the `weeks` before by more than `sigmas` standard deviations."""

    metrics: Annotated[tuple[Metric, ...], Field(min_length=1, max_length=20)]
    weeks: int = Field(ge=2, le=52)
    sigmas: Decimal = Field(ge=0, le=100, max_digits=6, decimal_places=3)
    at_least: int = Field(ge=1, le=10_000)


class Silence(Settings):
    """W9: nothing in the last `days`."""

    metric: Metric
    days: int = Field(ge=1, le=DAYS)
