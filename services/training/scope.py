"""Which rows: those that lie in a caller's areas, those that a run of operations names."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, bindparam, false, or_, true
from sqlalchemy.dialects.postgresql import ARRAY

from services.chassis.identity.caller import Caller


def by_area(column: Any, caller: Caller) -> ColumnElement[bool]:
    if caller.is_job:
        return true()
    return or_(false(), *(column.startswith(area) for area in caller.areas))


def among(column: Any, ids: Iterable[UUID]) -> ColumnElement[bool]:
    """One parameter, however many ids: the statement is prepared once."""
    return column == any_(bindparam(None, list(ids), ARRAY(Uuid)))  # type: ignore[no-any-return]
