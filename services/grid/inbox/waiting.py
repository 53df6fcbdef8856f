"""What a section of the inbox is made of."""

from collections.abc import Callable
from typing import Any, NamedTuple

from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_

from services.chassis.identity.caller import Caller
from services.chassis.operation import Noun


class Waiting(NamedTuple):
    """Rows of a table that wait for a caller, newest first; `fields` are those of its line. `late`: whether a deadline
    has passed; None where nothing is due."""

    table: Any
    fields: dict[str, Any]
    condition: ColumnElement[bool]
    newest: Any
    late: ColumnElement[bool] | None = None


class Source(NamedTuple):
    """`waits(caller)`: what waits for who has the permission."""

    name: str
    line: type[BaseModel]
    permission: str
    waits: Callable[[Caller], Waiting]


def of_noun(
    name: str,
    noun: Noun[Any],
    line: type[BaseModel],
    permission: str,
    condition: Callable[[Caller], ColumnElement[bool]],
    late: ColumnElement[bool] | None = None,
) -> Source:
    """Those records of a noun that the caller sees and `condition` holds for."""
    model = noun.model

    def waits(caller: Caller) -> Waiting:
        fields = {field: getattr(model, field) for field in line.model_fields}
        seen = and_(noun.visible(caller), condition(caller))
        return Waiting(model.__table__, fields, seen, model.created_at, late)

    return Source(name, line, permission, waits)
