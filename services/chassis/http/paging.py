"""Which rows of a list a page has: where, and behind which cursor."""

import base64
import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import ColumnElement, func, tuple_

from services.chassis.errors import Invalid

LATE = "true：补录待核 only entries recorded 72 h to 30 days after the fact, for review; false: all others"


class Scope(StrEnum):
    SELF = "self"
    CHILDREN = "children"
    DESCENDANTS = "descendants"


class InvalidCursor(Invalid):
    zh = "游标无效。"
    en = "The cursor is not one of ours."
    pointer = "/query/after"


class Paging:
    """`area` with `scope` narrows a list to a place; `after` is the cursor of the page before."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        after: Annotated[str | None, Query(max_length=200)] = None,
        area: Annotated[str | None, Query(pattern=r"^[0-9]{6}([0-9]{3}){0,3}$")] = None,
        scope: Scope = Scope.DESCENDANTS,
        late_entry: Annotated[bool | None, Query(description=LATE)] = None,
    ) -> None:
        self.limit, self.after, self.area, self.scope = limit, after, area, scope
        self.late_entry = late_entry

    def conditions(self, model: Any) -> list[ColumnElement[bool]]:
        late = [] if self.late_entry is None else [model.late_entry == self.late_entry]
        return self.within(model.area_code) + self.past(model) + late

    def within(self, column: Any) -> list[ColumnElement[bool]]:
        if self.area is None:
            return []
        if self.scope is Scope.SELF:
            return [column == self.area]
        below = func.starts_with(column, self.area)
        if self.scope is Scope.DESCENDANTS:
            return [below]
        return [below, func.length(column) == len(self.area) + 3]

    def past(self, model: Any) -> list[ColumnElement[bool]]:
        if self.after is None:
            return []
        try:
            created_at, id_ = json.loads(base64.urlsafe_b64decode(self.after))
            place = (datetime.fromisoformat(created_at).astimezone(UTC), UUID(id_))
        except (ValueError, TypeError, AttributeError, OverflowError):
            raise InvalidCursor from None
        return [tuple_(model.created_at, model.id) < place]
