"""How a router hands a request to the unit of work: creations and steps, receipts and conditions."""

import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from starlette.responses import Response
from uuid_utils.compat import uuid7

from services.chassis.decision import Receipt
from services.chassis.errors import Invalid, PreconditionRequired, Refusal
from services.chassis.http.reads import Reader, permitted
from services.chassis.operation import Creation, Item, Operation
from services.chassis.runtime import CallerDep, RuntimeDep

KEY = r"^[!-~]{1,200}$"
_ETAG = re.compile(r'"([0-9]{1,9})"')


class ReceiptOut(BaseModel):
    """What a write answers: enough to go on, nothing personal. `version` is also the ETag."""

    id: UUID
    number: str | None
    version: int
    status: str


class MalformedIfMatch(Invalid):
    def __init__(self) -> None:
        super().__init__(
            'If-Match 应为带引号的版本号，例如 "3"。',
            'If-Match must be a quoted version such as "3".',
            pointer="/header/if-match",
        )


class IfMatchMissing(PreconditionRequired):
    def __init__(self) -> None:
        super().__init__(
            "请在 If-Match 中给出读取时的 ETag。", "Give the ETag that you read in If-Match."
        )


class _Writes:
    def __init__(
        self,
        request: Request,
        runtime: RuntimeDep,
        caller: CallerDep,
        reader: Annotated[Reader, Depends()],
        idempotency_key: Annotated[str | None, Header(pattern=KEY)] = None,
        prefer: Annotated[str | None, Header(max_length=200)] = None,
    ) -> None:
        self.request, self.runtime, self.caller, self.reader = request, runtime, caller, reader
        self.key, self.prefer = idempotency_key, prefer

    async def _run(self, item: Item, status: int) -> Response:
        trace = self.request.headers.get("traceparent")
        result = (await self.runtime.unit.run([item], self.caller, trace=trace))[0]
        if isinstance(result, Refusal):
            raise result
        if result is None:
            raise RuntimeError(f"{item.operation.name} did nothing for a caller")
        if "return=representation" in (self.prefer or ""):
            answer = await self.reader.detail(item.operation.noun, result.id)
            answer.status_code = status
        else:
            answer = Response(_json(result), status, media_type="application/json")
            answer.headers["ETag"] = f'"{result.version}"'
        if status == 201:
            answer.headers["Location"] = f"{self.request.url.path.rstrip('/')}/{result.id}"
        return answer


class CreationUnit(_Writes):
    async def create(self, operation: Operation, body: Creation) -> Response:
        """Run a creation. The key is `Idempotency-Key`, or else the client's own UUID."""
        key = self.key or (f"id:{body.id}" if body.id else None)
        return await self._run(Item(operation, body.id or uuid7(), body, key), 201)


class StepUnit(_Writes):
    def __init__(
        self,
        request: Request,
        runtime: RuntimeDep,
        caller: CallerDep,
        reader: Annotated[Reader, Depends()],
        idempotency_key: Annotated[str | None, Header(pattern=KEY)] = None,
        prefer: Annotated[str | None, Header(max_length=200)] = None,
        if_match: Annotated[str | None, Header(description='The version read, e.g. "3"')] = None,
    ) -> None:
        super().__init__(request, runtime, caller, reader, idempotency_key, prefer)
        self.if_match = if_match

    async def step(self, operation: Operation, id: UUID, body: Any) -> Response:
        """Run a step on aggregate `id`, if `If-Match` names its current version."""
        if self.if_match is None:
            raise IfMatchMissing
        match = _ETAG.fullmatch(self.if_match.strip())
        if not match:
            raise MalformedIfMatch
        return await self._run(Item(operation, id, body, self.key, int(match[1])), 200)


Creating = Annotated[CreationUnit, Depends()]
Stepping = Annotated[StepUnit, Depends()]


def creation(operation: Operation) -> dict[str, Any]:
    """Keyword arguments of a route that runs a creation."""
    return {**_route(operation), "status_code": 201}


def step(operation: Operation) -> dict[str, Any]:
    """Keyword arguments of a route that runs a step."""
    return _route(operation)


def _route(operation: Operation) -> dict[str, Any]:
    summary, _, rest = operation.summary.partition("\n")
    return {
        "response_model": ReceiptOut,
        "operation_id": operation.name,
        "summary": summary,
        "description": rest.strip() or summary,
        "dependencies": [permitted(operation.permission)],
        "openapi_extra": {"x-permission": operation.permission},
    }


def _json(receipt: Receipt) -> bytes:
    out = ReceiptOut(
        id=receipt.id, number=receipt.number, version=receipt.version, status=receipt.status
    )
    return out.model_dump_json().encode()
