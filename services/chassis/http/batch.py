"""`POST /v1/<service>/batch`: what a device did offline, or an import, in one request."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response
from uuid_utils.compat import uuid7

from services.chassis.audit.refusals import note_refused
from services.chassis.decision import HISTORY_PERMISSION, AlreadyExists, Receipt, Result
from services.chassis.errors import Conflict, NotFound, PreconditionFailed, Refusal, Unavailable
from services.chassis.http.problems import FieldProblem, field_problems, language
from services.chassis.http.reads import reads
from services.chassis.http.writes import KEY, ReceiptOut, trace_of
from services.chassis.identity.policy import require
from services.chassis.operation import Item, Operation
from services.chassis.runtime import CallerDep, RuntimeDep

Outcome = Literal["applied", "duplicate", "conflict", "rejected", "parked"]


class BatchItem(BaseModel):
    """`operation` is an operation id of this service, `body` its body. `id` names the aggregate of a step,
    or the record to be created. `key` makes the item repeatable; `if_match` makes a step conditional."""

    model_config = ConfigDict(extra="forbid")

    operation: str = Field(max_length=80)
    id: UUID | None = None
    key: str = Field(pattern=KEY)
    if_match: int | None = Field(None, ge=1, le=2_000_000_000)
    body: dict[str, Any] = {}


class BatchIn(BaseModel):
    """At most 500 items, run in order; the rest do not fail with one."""

    model_config = ConfigDict(extra="forbid")

    import_batch: UUID | None = None
    items: list[BatchItem] = Field(min_length=1, max_length=500)


class ItemOut(BaseModel):
    """`duplicate`: done before, with the receipt of then. `conflict`: the state or version forbids it now;
    read and try again. `rejected`: no retry will help. `parked`: kept here until somebody has reviewed it; drop it. `waits_on`:
    index of the item that must succeed first. The id `parked`: where it is listed, if the service lists such items."""

    outcome: Outcome
    receipt: ReceiptOut | None = None
    code: str | None = None
    detail: str | None = None
    errors: list[FieldProblem] = Field(default_factory=list)  # a `[]` would be copied, deeply
    waits_on: int | None = None
    parked: UUID | None = None


class BatchOut(BaseModel):
    results: list[ItemOut]


def router(service: str) -> APIRouter:
    routes = APIRouter(prefix=f"/v1/{service}", tags=[service])

    @routes.post("/batch", **reads("batch.run", BatchOut, f"run_{service}_batch"))
    async def run_batch(
        body: BatchIn, request: Request, runtime: RuntimeDep, caller: CallerDep
    ) -> Response:
        """Run up to 500 operations; each ends on its own. Order within one aggregate is kept."""
        if body.import_batch:
            require(runtime.definition.policy, caller, HISTORY_PERMISSION)
        lang, known = language(request.headers), runtime.definition.operations
        parsed = [_parsed(item, known, lang) for item in body.items]
        outs = {n: out for n, out in enumerate(parsed) if isinstance(out, ItemOut)}
        wishes = {n: item for n, item in enumerate(parsed) if isinstance(item, Item)}
        results: dict[int, Result] = {}
        ward = None if body.import_batch else runtime.definition.ward
        custody = ward and await ward(runtime, caller, wishes)
        outs |= custody.known(lang) if custody else {}
        waiting = [n for n in wishes if n not in outs]
        more: dict[str, Any] = {"import_batch_id": body.import_batch, "trace": trace_of(request)}
        while waiting:
            told = await runtime.unit.run([wishes[n] for n in waiting], caller, **more)
            results |= zip(waiting, told, strict=True)
            waiting = _worth_another_run(waiting, wishes, results)
        await note_refused(runtime.audit, caller, ((wishes[n], results[n]) for n in results))
        outs |= {n: _out(wishes[n], result, lang) for n, result in results.items()}
        _point_to_causes(wishes, outs)
        if custody:
            await custody.note(outs)
        answer = BatchOut(results=[outs[n] for n in sorted(outs)])
        return Response(answer.model_dump_json(exclude_none=True), media_type="application/json")

    return routes


def _parsed(item: BatchItem, operations: dict[str, Operation], lang: int) -> Item | ItemOut:
    operation = operations.get(item.operation)
    if operation is None or not operation.offered:
        unknown = ("未知操作。", "No such operation.")
        return _rejected("unknown_operation", unknown, lang, "/operation")
    if item.id is None and not operation.creates:
        return _rejected("missing", ("缺少记录编号。", "A step needs an id."), lang, "/id")
    try:
        body = operation.body.model_validate(item.body)
    except ValidationError as error:
        errors = field_problems(error.errors(include_url=False), lang, prefix="/body")
        detail = ("内容不符合要求，见 errors。", "The body does not fit; see errors.")[lang]
        return ItemOut(outcome="rejected", code="invalid_request", detail=detail, errors=errors)
    own = getattr(body, "id", None)
    if item.id and own and item.id != own:
        differs = ("与 body 中的 id 不同。", "It differs from the id of the body.")
        return _rejected("id_differs", differs, lang, "/id")
    id_ = item.id or own or uuid7()
    if_match = frozenset({item.if_match}) if item.if_match else None
    return Item(operation, id_, body, item.key, if_match)


def _rejected(code: str, detail: tuple[str, str], lang: int, pointer: str) -> ItemOut:
    field = FieldProblem(pointer=pointer, code=code, detail=detail[lang])
    return ItemOut(outcome="rejected", code=code, detail=detail[lang], errors=[field])


def _out(wish: Item, result: Result, lang: int) -> ItemOut:
    if isinstance(result, Receipt):
        outcome: Outcome = "duplicate" if result.replayed else "applied"
        return ItemOut(outcome=outcome, receipt=ReceiptOut.of(result))
    refusal = result or NotFound()
    detail = (refusal.zh, refusal.en)[lang]
    errors = []
    if refusal.pointer:
        of_item = refusal.pointer == "/id" and not wish.body.id
        place = refusal.pointer if of_item else f"/body{refusal.pointer}"
        pointer = place.replace("/body/header/idempotency-key", "/key")
        errors = [FieldProblem(pointer=pointer, code=refusal.code, detail=detail)]
    return ItemOut(outcome=_outcome(refusal), code=refusal.code, detail=detail, errors=errors)


def _outcome(refusal: Refusal) -> Outcome:
    transient = isinstance(refusal, Conflict | PreconditionFailed | Unavailable)
    return "conflict" if transient and not isinstance(refusal, AlreadyExists) else "rejected"


def _worth_another_run(
    ran: list[int], wishes: Mapping[int, Item], results: Mapping[int, Result]
) -> list[int]:
    """What was refused in this run though it names a record that this run has made (or waits on such a one),
    and is not overtaken by a later item of its own aggregate."""
    receipts = {n: result for n in ran if isinstance(result := results[n], Receipt)}
    made = {wishes[n].id for n, receipt in receipts.items() if receipt.version == 1}
    overtaken = {wishes[n].id: n for n in receipts}
    again: list[int] = []
    for n in ran:
        item, refused = wishes[n], isinstance(results[n], Refusal)
        if refused and overtaken.get(item.id, -1) < n and _named(item) & made:
            again.append(n)
            made.add(item.id)
    return again


def _named(item: Item) -> set[UUID]:
    """The aggregates that an item speaks of: its own, and those that its body refers to."""
    return {item.id, *(value for _, value in item.body if isinstance(value, UUID))}


def _point_to_causes(wishes: Mapping[int, Item], outs: Mapping[int, ItemOut]) -> None:
    """A refused item names the refused item before it that makes or changes what it speaks of."""
    failed: dict[UUID, int] = {}
    for n, item in sorted(wishes.items()):
        if outs[n].outcome in ("applied", "duplicate"):
            continue
        if outs[n].code != "already_exists":
            causes = [failed[id_] for id_ in _named(item) if id_ in failed]
            outs[n].waits_on = min(causes, default=None)
        failed.setdefault(item.id, n)
