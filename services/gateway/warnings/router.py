"""Work warnings: who is in charge lists them, takes them on and ends them."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic_core import from_json

from services.chassis.audit import Action, Entry
from services.chassis.database import driver
from services.chassis.deadlines.calendar import local_day
from services.chassis.http.reads import entity_tags
from services.chassis.http.whole_tables import Imported
from services.chassis.http.writes import IfMatchMissing, MalformedIfMatch
from services.chassis.identity.caller import Caller
from services.contracts.codes_gateway import WarningRule, WarningState, WarningStep
from services.contracts.event import AREA_CODE
from services.gateway.edge.guard import Gateway, GatewayDep, Guarded, reads
from services.gateway.warnings import store
from services.gateway.warnings.configured import enter
from services.gateway.warnings.rules import allowed
from services.gateway.warnings.schemas import (
    EndIn,
    RulesIn,
    RulesOut,
    WarningDetailOut,
    WarningOut,
    WarningsOut,
)

router = APIRouter(prefix="/v1", tags=["work warnings"])
READ, HANDLE, CONFIGURE = "warning.read", "warning.handle", "warning.configure"
NOUN = "work_warning"
VERSION = re.compile(r'"([1-9][0-9]{0,8})"')
IfMatch = Annotated[str | None, Header(description='The version read, e.g. "3"')]


@router.get("/warnings", **reads(READ, WarningsOut, "list_warnings"))
async def list_warnings(
    gateway: GatewayDep,
    caller: Guarded,
    state: WarningState | None = None,
    rule: WarningRule | None = None,
    area: Annotated[str | None, Query(pattern=AREA_CODE)] = None,
    open: bool | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> WarningsOut:
    """Those of the caller's areas, newest first; `open`: only those that have not ended, or only those that have."""
    async with gateway.database.connection() as connection:
        raw = await driver(connection)
        rows = await store.page(raw, caller, after, state, rule, area, open, limit + 1)
    items = [WarningOut.model_validate(_shown(row)) for row in rows[:limit]]
    return WarningsOut(items=items, next=items[-1].id if len(rows) > limit else None)


@router.get("/warning-rules", **reads(READ, RulesOut, "list_warning_rules"))
async def list_warning_rules(gateway: GatewayDep) -> RulesOut:
    """Every version of every rule, with the day from which it holds."""
    async with gateway.database.connection() as connection:
        rows = await store.versions(await driver(connection))
    return RulesOut.model_validate({"items": rows})


@router.put("/warning-rules/import", **reads(CONFIGURE, Imported, "import_warning_rules"))
async def import_warning_rules(body: RulesIn, gateway: GatewayDep, caller: Guarded) -> Imported:
    """Enter versions of rules that hold from a later day on, all rows or none. One whose day has come is never changed;
    one for a day that was told already is corrected by a new version."""
    async with gateway.database.transaction() as connection:
        today = local_day(datetime.now(UTC))
        imported, names = await enter(await driver(connection), caller, body.rows, today)
        if names:
            entry = Entry(Action.CONFIGURED, "warning_rule", None, fields=names)
            await gateway.audit.record(connection, caller, entry)
    return imported


@router.get("/warnings/{warning_id}", **reads(READ, WarningDetailOut, "get_warning"))
async def get_warning(
    warning_id: UUID, gateway: GatewayDep, caller: Guarded, response: Response
) -> WarningDetailOut:
    """One of the caller's areas, with every step and who took it."""
    async with gateway.database.connection() as connection:
        raw = await driver(connection)
        row = await store.one(raw, caller, warning_id)
        steps = await store.history(raw, warning_id)
    return _detail(gateway, caller, row, steps, response)


@router.post("/warnings/{warning_id}/ack", **reads(HANDLE, WarningDetailOut, "ack_warning"))
async def ack_warning(
    warning_id: UUID,
    gateway: GatewayDep,
    caller: Guarded,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> WarningDetailOut:
    """Acknowledge it, and own it."""
    return await _step(gateway, caller, request, response, warning_id, WarningStep.ACK)


@router.post("/warnings/{warning_id}/handle", **reads(HANDLE, WarningDetailOut, "handle_warning"))
async def handle_warning(
    warning_id: UUID,
    gateway: GatewayDep,
    caller: Guarded,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> WarningDetailOut:
    """Begin to handle it, and own it."""
    return await _step(gateway, caller, request, response, warning_id, WarningStep.HANDLE)


@router.post("/warnings/{warning_id}/resolve", **reads(HANDLE, WarningDetailOut, "resolve_warning"))
async def resolve_warning(
    warning_id: UUID,
    body: EndIn,
    gateway: GatewayDep,
    caller: Guarded,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> WarningDetailOut:
    """End it: what it warned of has been dealt with."""
    step = WarningStep.RESOLVE
    return await _step(gateway, caller, request, response, warning_id, step, body)


@router.post("/warnings/{warning_id}/dismiss", **reads(HANDLE, WarningDetailOut, "dismiss_warning"))
async def dismiss_warning(
    warning_id: UUID,
    body: EndIn,
    gateway: GatewayDep,
    caller: Guarded,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> WarningDetailOut:
    """End it as a false alarm. It stays on record."""
    step = WarningStep.DISMISS
    return await _step(gateway, caller, request, response, warning_id, step, body)


async def _step(
    gateway: Gateway,
    caller: Caller,
    request: Request,
    response: Response,
    id: UUID,
    step: WarningStep,
    body: EndIn | None = None,
) -> WarningDetailOut:
    """Audited in the transaction of the change."""
    versions, remark = _versions(request), body.remark if body else None
    async with gateway.database.transaction() as connection:
        raw = await driver(connection)
        row = await store.step(raw, caller, id, step, versions, datetime.now(UTC), remark)
        steps = await store.history(raw, id)
        outcome = row["state"].lower()
        entry = Entry(Action.WARNING, NOUN, id, row["area_code"], (), remark, outcome=outcome)
        await gateway.audit.record(connection, caller, entry)
    return _detail(gateway, caller, row, steps, response)


def _versions(request: Request) -> frozenset[int] | None:
    told = request.headers.getlist("if-match")
    if not told:
        raise IfMatchMissing
    tags = entity_tags(", ".join(told))
    if tags is None:
        raise MalformedIfMatch
    found = (VERSION.fullmatch(tag) for tag in tags)
    return None if tags == ["*"] else frozenset(int(match[1]) for match in found if match)


def _detail(
    gateway: Gateway, caller: Caller, row: Any, steps: Any, response: Response
) -> WarningDetailOut:
    response.headers["ETag"] = f'"{row["version"]}"'
    handles = caller.roles & gateway.policy[HANDLE]
    actions = allowed(WarningState(row["state"])) if handles else []
    told = [dict(step) for step in steps]
    return WarningDetailOut.model_validate(
        _shown(row) | {"steps": told, "allowed_actions": actions}
    )


def _shown(row: Any) -> dict[str, Any]:
    late = (row["acked_at"] or row["ended_at"] or datetime.now(UTC)) > row["ack_due_at"]
    return dict(row) | {"ack_overdue": late, "evidence": from_json(row["told"])}
