"""How a router hands a request to the unit of work: creations and steps, receipts and conditions."""

import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from starlette.responses import Response
from uuid_utils.compat import uuid7

from services.chassis.decision import Receipt, Result
from services.chassis.errors import Invalid, PreconditionRequired, Refusal
from services.chassis.http.reads import Reader, entity_tags, permitted
from services.chassis.operation import Creation, Item, Operation, Wish
from services.chassis.runtime import inline
from services.tracing import traceparent

KEY = r"^[!-~]{1,200}$"
_VERSION = re.compile(r'"[1-9][0-9]{0,9}"')
_TRACE = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def trace_of(request: Request) -> str | None:
    """The W3C trace context that goes into every event: our span's, or the caller's as it is, if it is one."""
    told = traceparent(request.headers.get("traceparent", ""))
    return told if _TRACE.fullmatch(told) else None


class ReceiptOut(BaseModel):
    """What a write answers: enough to go on, nothing personal. `version` is also the ETag."""

    id: UUID
    number: str | None
    version: int
    status: str

    @classmethod
    def of(cls, receipt: Receipt) -> "ReceiptOut":
        id, number, version, status, _ = receipt
        return cls(id=id, number=number, version=version, status=status)


class MalformedIfMatch(Invalid):
    zh = 'If-Match 应为带引号的版本号，例如 "3"。'
    en = 'If-Match must be a quoted version such as "3".'
    pointer = "/header/if-match"


class IfMatchMissing(PreconditionRequired):
    zh = "请在 If-Match 中给出读取时的 ETag。"
    en = "Give the ETag that you read in If-Match."


class Writer:
    """Writes on behalf of one caller."""

    def __init__(
        self,
        request: Request,
        idempotency_key: Annotated[str | None, Header(pattern=KEY)] = None,
        prefer: Annotated[str | None, Header(max_length=200)] = None,
    ) -> None:
        self.reader, self.trace = Reader(request), trace_of(request)
        self.key, self.prefer = idempotency_key, prefer

    async def create(self, operation: Operation, body: Creation) -> Response:
        """Run a creation. The key is `Idempotency-Key`, or else the client's own UUID."""
        key = self.key or (f"id:{body.id}" if body.id else None)
        wish = Wish(Item(operation, body.id or uuid7(), body, key), self.reader.caller, self.trace)
        return await self._answer(wish.item, await self.reader.runtime.together.result(wish), 201)

    async def step(self, operation: Operation, id: UUID, body: Any) -> Response:
        """Run a step on aggregate `id`, if `If-Match` names its current version."""
        told = self.reader.request.headers.getlist("if-match")
        if not told:
            raise IfMatchMissing
        tags = entity_tags(", ".join(told))
        if tags is None:
            raise MalformedIfMatch
        versions = {int(tag[1:-1]) for tag in tags if _VERSION.fullmatch(tag)}
        if_match = None if "*" in tags else frozenset(versions)
        item = Item(operation, id, body, self.key, if_match)
        unit, caller = self.reader.runtime.unit, self.reader.caller
        (result,) = await unit.run([item], caller, trace=self.trace)
        return await self._answer(item, result, 200)

    async def _answer(self, item: Item, result: Result, status: int) -> Response:
        if isinstance(result, Refusal):
            raise result
        if result is None:
            raise RuntimeError(f"{item.operation.name} did nothing for a caller")
        if "return=representation" in (self.prefer or ""):
            answer = await self.reader.detail(item.operation.noun, result.id)
            answer.status_code = status
        else:
            out = ReceiptOut.of(result)
            answer = Response(out.model_dump_json(), status, media_type="application/json")
            answer.headers["ETag"] = f'"{result.version}"'
        if status == 201:
            answer.headers["Location"] = f"{self.reader.request.url.path}/{result.id}"
        return answer


Creating = Annotated[Writer, Depends(inline(Writer))]
Stepping = Creating


async def _conditional(
    if_match: Annotated[str | None, Header(description='The version read, e.g. "3"')] = None,
) -> None:
    """That a step takes `If-Match`; the writer reads every line of it."""


def creation(operation: Operation) -> dict[str, Any]:
    """Keyword arguments of a route that runs a creation."""
    return {**_route(operation), "status_code": 201}


def step(operation: Operation) -> dict[str, Any]:
    """Keyword arguments of a route that runs a step."""
    return _route(operation, Depends(_conditional))


def _route(operation: Operation, *conditions: Any) -> dict[str, Any]:
    summary, stop, rest = " ".join(operation.summary.split()).partition(". ")
    return {
        "response_model": ReceiptOut,
        "operation_id": operation.name,
        "summary": summary + stop.strip(),
        "description": rest or summary,
        "dependencies": [permitted(operation.permission), *conditions],
        "openapi_extra": {"x-permission": operation.permission},
    }
