"""Which rows: those that lie in a caller's areas, those that a run of operations names."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, bindparam, false, true
from sqlalchemy.dialects.postgresql import ARRAY

from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.training.policy import READERS


def by_area(column: Any, caller: Caller) -> ColumnElement[bool]:
    """For whom a role reads by area; the area of others is only where they are."""
    if caller.is_job:
        return true()
    if caller.roles.isdisjoint(READERS):
        return false()
    return within(column, caller.areas)


def among(column: Any, ids: Iterable[UUID]) -> ColumnElement[bool]:
    """One parameter, however many ids: the statement is prepared once."""
    return column == any_(bindparam(None, list(ids), ARRAY(Uuid)))  # type: ignore[no-any-return]
