"""What most nouns have in common of who sees them."""

from collections.abc import Set
from typing import Any

from sqlalchemy import ColumnElement, or_, true

from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within


def own_or_of_area(
    caller: Caller, own: ColumnElement[bool], area: Any, by_area: Set[str] | None = None
) -> ColumnElement[bool]:
    """What is the caller's own, and what lies in their areas; with `by_area`, the latter for these roles alone."""
    if caller.is_job:
        return true()
    if by_area is not None and not caller.roles & by_area:
        return own
    return or_(within(area, caller.areas), own)
