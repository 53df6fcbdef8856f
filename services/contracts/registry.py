"""From bytes to events: every event class by its type, every topic that exists."""

from collections.abc import Mapping
from functools import cache

from services.contracts import (
    disputes,
    gateway,
    grid,
    grid_errands,
    grid_key_persons,
    grid_outreach,
    grid_people,
    grid_reports,
    grid_space,
    grid_subjects,
    grid_tasks,
    inspection,
    training,
)
from services.contracts.audit import HeadAnchored
from services.contracts.event import Event

OF_GRID = (
    grid,
    grid_errands,
    grid_key_persons,
    grid_outreach,
    grid_people,
    grid_reports,
    grid_space,
    grid_subjects,
    grid_tasks,
)
MODULES = (*OF_GRID, disputes, inspection, training, gateway)


@cache
def by_type() -> dict[str, type[Event]]:
    return {
        cls.type: cls
        for module in MODULES
        for cls in vars(module).values()
        if isinstance(cls, type) and issubclass(cls, Event) and "type" in vars(cls)
    }


@cache
def topics() -> tuple[str, ...]:
    return tuple(sorted({topic for cls in by_type().values() for topic in cls.topics()}))


def anchors() -> dict[str, type[HeadAnchored]]:
    """By the service of whose audit they tell."""
    told = (cls for cls in by_type().values() if issubclass(cls, HeadAnchored))
    return {cls.topic.split(".")[1]: cls for cls in told}


def read(headers: Mapping[str, bytes], value: bytes | None) -> Event | None:
    """The event in a record; `None` where its type is unknown here (a newer publisher's) or the record is a
    tombstone. Raises `ValueError` where a known type does not fit its contract."""
    cls = by_type().get(headers.get("ce_type", b"").decode("utf-8", "replace"))
    return None if cls is None or value is None else cls.model_validate_json(value)
