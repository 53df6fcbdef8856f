"""Reading one aggregate and lists of them: scope in the WHERE, keyset cursors, JSON made by PostgreSQL."""

import base64
import json
import re
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Header, Request, params
from fastapi.dependencies.utils import get_flat_params
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, select, text
from starlette.responses import Response

from services.chassis import emergency
from services.chassis.attachments import queries as files
from services.chassis.audit import Action, Entry
from services.chassis.database import TextNotStorable
from services.chassis.errors import Invalid, NotFound, Refusal
from services.chassis.http.paging import Paging
from services.chassis.identity.caller import Caller
from services.chassis.identity.policy import require
from services.chassis.operation import Noun, Operation
from services.chassis.privacy.people import Put, Shown, of_row, with_people
from services.chassis.runtime import caller_of, inline, runtime_of
from services.chassis.unit import load_rows

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
        for name in (n for n, value in request.query_params.multi_items() if "\0" in value):
            raise TextNotStorable(pointer=f"/query/{name}")


def _declared(route: Any) -> set[str]:
    """Kept on the route: to gather them takes longer than to read a page."""
    if not hasattr(route, "declared"):
        fields = get_flat_params(route.dependant)
        route.declared = {f.alias for f in fields if isinstance(f.field_info, params.Query)}
    found: set[str] = route.declared
    return found


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
        row, people, attached = await self._row(noun, id, self.caller)
        allowed = self._allowed(noun, row) if row else []
        if row is None and self.caller.emergency:
            row, people, attached = await self._row(noun, id, self.caller.in_emergency)
            await emergency.told(self.runtime, self.caller, noun.name, row)
        if row is None:
            raise NotFound
        etag = f'"{row.version}"'
        known = self.known == ["*"] or etag in [tag.removeprefix("W/") for tag in self.known]
        # what has come of its files is no part of its version
        if known and self.request.method == "GET" and not attached.get("attachments"):
            return Response(status_code=304, headers={"ETag": etag})
        if noun.audited:
            fields = (noun.audited,)
            entry = Entry(Action.READ, noun.name, id, row.area_code, fields)
            await self.runtime.audit.note(self.caller, entry)
        shown = noun.show(row, self.caller, allowed, *people).model_copy(update=attached)
        return Response(
            shown.model_dump_json(), media_type="application/json", headers={"ETag": etag}
        )

    async def _row(
        self, noun: Noun[Any], id: UUID, caller: Caller
    ) -> tuple[Any, list[Shown], dict[str, Any]]:
        """The row, if `caller` may see it, with what of its people and its files is shown."""
        statement = select(noun.model).where(noun.model.id == id, noun.seen(caller))
        async with self.runtime.database.statements() as connection:
            row = (await connection.run_sync(load_rows, statement)).get(id)
            if row is None:
                return None, [], {}
            told = row, self.caller
            people = await of_row(connection, self.runtime.unit.vault, noun.people, *told)
            return row, people, await files.told(connection, noun, *told) if noun.files else {}

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
        people: Put | None = None,
    ) -> Response:
        """A page of what the caller may see, newest first: the columns that `line` names, as JSON built by
        PostgreSQL. `None` among the conditions is a filter that was not asked for. `people` puts into a line
        the masked people that it shows."""
        model = noun.model
        rows = (
            _lines(model, line)  # type: ignore[arg-type]  # a class is hashable
            .where(
                noun.seen(self.caller.in_emergency),
                *paging.conditions(model),
                *(condition for condition in conditions if condition is not None),
            )
            .limit(paging.limit + 1)
            .subquery("line")
        )
        statement = select(TOLD).select_from(rows)
        if self.caller.emergency:
            await emergency.told(self.runtime, self.caller, noun.name)
        async with self.runtime.database.statements() as connection:
            found = (await connection.scalars(statement)).all()
            if people and found:
                found = await with_people(connection, self.runtime.unit.vault, found, people)
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
    columns = (getattr(model, name) for name in names if hasattr(model, name))
    return select(*columns).order_by(model.created_at.desc(), model.id.desc())


def permitted(permission: str) -> Any:
    """Route dependency: the caller's roles must hold `permission`, and the query only what is declared."""

    async def check(request: Request) -> None:
        require(runtime_of(request).definition.policy, caller_of(request), permission)
        only_known_parameters(request)

    check.permission = permission  # type: ignore[attr-defined]
    return Depends(check)


def reads(permission: str, model: Any, name: str, *, conflicts: bool = True) -> dict[str, Any]:
    """Keyword arguments of a route that answers `model`; `conflicts`: whether a state can forbid what is no GET (409)."""
    return {
        "response_model": model,
        "operation_id": name,
        "dependencies": [permitted(permission)],
        "openapi_extra": {"x-permission": permission, "x-conflicts": conflicts},
    }


Pages = Annotated[Paging, Depends(inline(Paging))]
Reading = Annotated[Reader, Depends(inline(Reader))]
