"""The columns that the unit of work keeps on every aggregate's row."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from pydantic.fields import FieldInfo
from sqlmodel import Field, SQLModel

from services.chassis.database import Instant
from services.chassis.operation import Clock
from services.contracts.event import Event


class Row(SQLModel):
    """A plain value that only the flush writes: a session's bookkeeping of every field was half of a batch's time."""

    def __init__(self, **facts: Any) -> None:
        names, defaults, made = _fields(type(self))
        if unknown := facts.keys() - names:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        # not `|=`: that assigns, and the row would hold itself until the collector comes
        self.__dict__.update(defaults | facts)
        for name, field in made.items():
            if name not in facts:
                self.__dict__[name] = field.get_default(call_default_factory=True)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value


class AggregateRow(Row):
    """`version` counts changes from 1 and is the ETag. `occurred_at`: when the last change happened.
    `late_entry`: some step was recorded more than 72 h after it happened. Nobody but the unit of work
    writes these, except `id`, `area_code` and `correlation_id` of a new row. Besides what is here, a row offers
    `shown_status` and `snapshot()`, its state as an event."""

    id: UUID = Field(primary_key=True)
    version: int = 0
    area_code: str = Field(index=True, max_length=15)
    correlation_id: UUID = Field(index=True)
    occurred_at: datetime = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(default=None, sa_type=Instant, index=True)
    updated_at: datetime = Field(default=None, sa_type=Instant)
    late_entry: bool = False
    import_batch_id: UUID | None = None

    def facts(self, at: datetime) -> dict[str, Any]:
        """What every event of this row says, besides its own."""
        return {
            "area_code": self.area_code,
            "occurred_at": at,
            "correlation_id": self.correlation_id,
        }

    def topic_of(self, event: Event) -> str:
        """Where its events are told: the same topic for as long as it is there."""
        return event.topic

    def take_over(self, facts: dict[str, Any]) -> bool:
        """Set what differs from `facts`; whether anything did."""
        changed = {name: value for name, value in facts.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        return bool(changed)

    def clocks(self) -> Sequence[Clock]:
        return ()

    def people(self) -> Collection[UUID]:
        """Those of the chassis's persons to whom the row refers."""
        return ()

    def check(self, step: Any, by: str) -> None:
        """Raise the refusal with which `step` would meet subject `by` now; without a lifecycle there is none."""

    @property
    def shown_number(self) -> str | None:
        return None


@cache
def _fields(model: type[SQLModel]) -> tuple[frozenset[str], dict[str, Any], dict[str, FieldInfo]]:
    """The names of all fields, the plain defaults, and the fields whose defaults are made anew."""
    fields = model.model_fields
    plain = {
        n: f.default for n, f in fields.items() if not f.is_required() and f.default_factory is None
    }
    made = {n: f for n, f in fields.items() if n not in plain}
    return frozenset(fields), plain, made
