"""Reading one aggregate and lists of them: scope in the WHERE, keyset cursors, JSON made by PostgreSQL."""

import base64
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Header, Query, Request, params
from fastapi.dependencies.utils import get_flat_params
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, func, select, text, tuple_
from starlette.responses import Response

from services.chassis.attachments import queries as files
from services.chassis.errors import Invalid, NotFound, Refusal
from services.chassis.identity.policy import require
from services.chassis.operation import Noun, Operation
from services.chassis.runtime import caller_of, inline, runtime_of
from services.chassis.unit import load_rows

LATE = "true：补录待核 only entries recorded 72 h to 30 days after the fact, for review; false: all others"
ETAG = r'(?:W/)?"[!#-~\x80-\xff]*"'
_ETAGS = re.compile(rf"[ \t,]*{ETAG}(?:[ \t]*,[ \t,]*{ETAG})*[ \t,]*")
TOLD = text("row_to_json(line)::text")
T = TypeVar("T")


def entity_tags(told: str) -> list[str] | None:
    """The entity-tags of `If-Match` or `If-None-Match` (RFC 9110), `["*"]`, or None where it is neither."""
    if told.strip() == "*":
        return ["*"]
    return re.findall(ETAG, told) if _ETAGS.fullmatch(told) else None


class Page(BaseModel, Generic[T]):
    """`next` is the cursor of the following page, null on the last one."""

    items: list[T]
    next: str | None


class Scope(StrEnum):
    SELF = "self"
    CHILDREN = "children"
    DESCENDANTS = "descendants"


class InvalidCursor(Invalid):
    zh = "游标无效。"
    en = "The cursor is not one of ours."
    pointer = "/query/after"


class UnknownParameter(Invalid):
    def __init__(self, name: str) -> None:
        told = name[:100]
        place = "/query/" + told.replace("~", "~0").replace("/", "~1")
        super().__init__(f"没有参数 {told}。", f"There is no parameter {told}.", pointer=place)


def only_known_parameters(request: Request) -> None:
    """Refuse a query parameter that the route does not declare: a filter that is misspelt would answer all."""
    if request.scope["query_string"]:
        for name in sorted(set(request.query_params) - _declared(request.scope["route"])):
            raise UnknownParameter(name)


def _declared(route: Any) -> set[str]:
    """Kept on the route: to gather them takes longer than to read a page."""
    if not hasattr(route, "declared"):
        fields = get_flat_params(route.dependant)
        route.declared = {f.alias for f in fields if isinstance(f.field_info, params.Query)}
    found: set[str] = route.declared
    return found


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


class Reader:
    """Reads on behalf of one caller."""

    def __init__(
        self,
        request: Request,
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> None:
        self.request, self.runtime, self.caller = request, runtime_of(request), caller_of(request)
        self.known = entity_tags(if_none_match or "") or []

    async def detail(self, noun: Noun[Any], id: UUID) -> Response:
        """The aggregate as the caller may see it, with `allowed_actions` for this very caller."""
        model = noun.model
        statement = select(model).where(model.id == id, noun.visible(self.caller))
        async with self.runtime.database.statements() as connection:
            row = (await connection.run_sync(load_rows, statement)).get(id)
            if row is None:
                raise NotFound
            attached = await files.told(connection, noun.name, id) if noun.files else {}
        etag = f'"{row.version}"'
        known = self.known == ["*"] or etag in [tag.removeprefix("W/") for tag in self.known]
        # what has come of its files is no part of its version
        if known and self.request.method == "GET" and not attached.get("attachments"):
            return Response(status_code=304, headers={"ETag": etag})
        shown = noun.show(row, self.caller, self._allowed(noun, row)).model_copy(update=attached)
        return Response(
            shown.model_dump_json(), media_type="application/json", headers={"ETag": etag}
        )

    def _allowed(self, noun: Noun[Any], row: Any) -> list[str]:
        return [
            operation.name
            for operation in noun.operations
            if operation.step is not None and self._may(operation, row)
        ]

    def _may(self, operation: Operation, row: Any) -> bool:
        try:
            require(self.runtime.definition.policy, self.caller, operation.permission)
            row.check(operation.step, self.caller.subject)
        except Refusal:
            return False
        return True

    async def page(
        self,
        noun: Noun[Any],
        line: type[BaseModel],
        paging: Paging,
        *conditions: ColumnElement[bool] | None,
    ) -> Response:
        """A page of what the caller may see, newest first: the columns that `line` names, as JSON built by
        PostgreSQL. `None` among the conditions is a filter that was not asked for."""
        model = noun.model
        rows = (
            _lines(model, line)  # type: ignore[arg-type]  # a class is hashable
            .where(
                noun.visible(self.caller),
                *paging.conditions(model),
                *(condition for condition in conditions if condition is not None),
            )
            .limit(paging.limit + 1)
            .subquery("line")
        )
        statement = select(TOLD).select_from(rows)
        async with self.runtime.database.statements() as connection:
            found = (await connection.scalars(statement)).all()
        return self._paged(found, paging)

    def _paged(self, found: Sequence[str], paging: Paging) -> Response:
        cursor = None
        if len(found) > paging.limit:
            last = json.loads(found[paging.limit - 1])
            place = json.dumps([last["created_at"], last["id"]]).encode()
            cursor = base64.urlsafe_b64encode(place).decode()
        body = f'{{"items":[{",".join(found[: paging.limit])}],"next":{json.dumps(cursor)}}}'
        answer = Response(body, media_type="application/json")
        if cursor:
            asked = [(k, v) for k, v in self.request.query_params.multi_items() if k != "after"]
            target = f"{self.request.scope['path']}?{urlencode([*asked, ('after', cursor)])}"
            answer.headers["Link"] = f'<{target}>; rel="next"'
        return answer


@cache
def _lines(model: Any, line: type[BaseModel]) -> Select[Any]:
    """What the pages of a list have in common: to build it anew took a third of a request's time."""
    names = [*line.model_fields]
    names += [name for name in ("created_at", "id") if name not in names]
    columns = (getattr(model, name) for name in names)
    return select(*columns).order_by(model.created_at.desc(), model.id.desc())


def permitted(permission: str) -> Any:
    """Route dependency: the caller's roles must hold `permission`, and the query only what is declared."""

    async def check(request: Request) -> None:
        require(runtime_of(request).definition.policy, caller_of(request), permission)
        only_known_parameters(request)

    check.permission = permission  # type: ignore[attr-defined]
    return Depends(check)


def reads(permission: str, model: Any, name: str) -> dict[str, Any]:
    """Keyword arguments of a route that reads: `name` is its operation id, `model` what it answers."""
    return {
        "response_model": model,
        "operation_id": name,
        "dependencies": [permitted(permission)],
        "openapi_extra": {"x-permission": permission},
    }


Pages = Annotated[Paging, Depends(inline(Paging))]
Reading = Annotated[Reader, Depends(inline(Reader))]
