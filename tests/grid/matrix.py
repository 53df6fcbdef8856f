"""States by steps: a row moves where its lifecycle says so; elsewhere it refuses, and is as it was."""

from collections.abc import Callable, Mapping
from typing import Any

from services.chassis.errors import Refusal

Table = Mapping[Any, Mapping[str, Any]]
"""By status, the steps that lead on, and where to."""


def moved(row: Any, act: Callable[[Any], Any]) -> Any:
    """The status that the row and its event tell afterwards, or the kind of refusal, which changed nothing."""
    before = row.model_dump()
    try:
        event = act(row)
    except Refusal as refusal:
        assert row.model_dump() == before
        return type(refusal)
    assert event.status == row.status == row.snapshot().status
    return row.status
