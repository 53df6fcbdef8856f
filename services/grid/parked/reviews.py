"""Reading what batches could not do, and deciding on it. A release runs the item as whose it is, once."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.audit import Action, Entry
from services.chassis.decision import Receipt
from services.chassis.errors import NotFound
from services.chassis.http.writes import ReceiptOut
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Item
from services.chassis.runtime import Runtime
from services.grid.device.rules import Sight
from services.grid.parked.custody import TABLE
from services.grid.parked.rules import PEOPLE, REVIEWERS, AlreadyDecided, NothingHeld, YourOwn
from services.grid.parked.schemas import (
    DiscardIn,
    ParkedItemOut,
    ParkedItemsOut,
    ReleaseIn,
)
from services.grid.reports.models import Report
from services.grid.reports.queries import KNOWING

SENSITIVE = (
    select(col(Report.area_code))
    .where(col(Report.id) == TABLE.c.aggregate_id, col(Report.sensitive))
    .scalar_subquery()
)
"""The area of the report that an item tells of, if it is a sensitive one."""


def visible(caller: Caller) -> ColumnElement[bool]:
    """One's own; and, for who reviews, those of the people of one's areas, but of what is secret, or has become so
    since, only for the offices that see such reports."""
    own: ColumnElement[bool] = TABLE.c.subject == caller.subject
    if not caller.roles & REVIEWERS:
        return own
    secret_of = func.coalesce(TABLE.c.secret_of, SENSITIVE)
    may_know = within(secret_of, caller.areas) if caller.roles & KNOWING else false()
    return or_(own, within(TABLE.c.area_code, caller.areas) & (secret_of.is_(None) | may_know))


async def listed(
    runtime: Runtime,
    caller: Caller,
    held: bool | None,
    decided: bool,
    after: UUID | None,
    limit: int,
) -> ParkedItemsOut:
    asked = [visible(caller), TABLE.c.decision.is_not(None) if decided else _undecided()]
    if held is not None:
        asked.append(TABLE.c.body.is_not(None) if held else TABLE.c.body.is_(None))
    if after:
        asked.append(TABLE.c.id > after)
    statement = select(TABLE).where(and_(*asked)).order_by(TABLE.c.id).limit(limit + 1)
    async with runtime.database.statements() as connection:
        rows = (await connection.execute(statement)).mappings().all()
    items = [_shown(row) for row in rows[:limit]]
    return ParkedItemsOut(items=[*items], next=items[-1].id if len(rows) > limit else None)


async def shown(runtime: Runtime, caller: Caller, id: UUID) -> ParkedItemOut:
    async with runtime.database.statements() as connection:
        return _shown(await _row(connection, caller, id))


async def release(runtime: Runtime, caller: Caller, id: UUID, body: ReleaseIn) -> ReceiptOut:
    """Run what is held as its sender would now, at the time that the reviewer says; what refuses it is told."""
    async with runtime.database.statements() as connection:
        row = await _row(connection, caller, id)
    _require_open(row, caller)
    if row["body"] is None:
        raise NothingHeld
    operation = runtime.definition.operations[row["operation"]]
    at = body.occurred_at or row["first_at"]
    told = operation.body.model_validate(row["body"] | {"occurred_at": at})
    roles, areas, organisation = row["sight"]
    sender = Sight(tuple(roles), tuple(areas), organisation).seen_by(row["subject"])
    item = Item(operation, row["aggregate_id"], told, row["key"])
    mark = partial(_released, runtime, caller, id, body.reason)
    (result,) = await runtime.unit.run([item], sender, also=mark)
    if not isinstance(result, Receipt):
        async with runtime.database.statements() as connection:  # another reviewer was quicker?
            _require_open(await _row(connection, caller, id), caller)
        raise result or NotFound()
    return ReceiptOut.of(result)


async def discard(runtime: Runtime, caller: Caller, id: UUID, body: DiscardIn) -> ParkedItemOut:
    """End it undone: its device is told so when it asks again."""
    async with runtime.database.transaction() as connection:
        row = await _row(connection, caller, id)
        _require_open(row, caller)
        await _decide(runtime, connection, caller, id, "DISCARDED", body.reason)
        return _shown(await _row(connection, caller, id))


async def _released(
    runtime: Runtime,
    caller: Caller,
    id: UUID,
    reason: str,
    connection: AsyncConnection,
    results: Any,
) -> None:
    (result,) = results
    if isinstance(result, Receipt):
        receipt = ReceiptOut.of(result).model_dump(mode="json")
        await _decide(runtime, connection, caller, id, "RELEASED", reason, receipt)


async def _decide(
    runtime: Runtime,
    connection: AsyncConnection,
    caller: Caller,
    id: UUID,
    decision: str,
    reason: str,
    receipt: Mapping[str, Any] | None = None,
) -> None:
    """Once; what was held goes."""
    facts: dict[str, Any] = {"decision": decision, "reason": reason, "decided_by": caller.subject}
    facts |= {"decided_at": datetime.now(UTC), "body": None, "sight": None, "receipt": receipt}
    statement = update(TABLE).where(TABLE.c.id == id, _undecided()).values(facts)
    row = (await connection.execute(statement.returning(TABLE.c.area_code))).one_or_none()
    if row is None:
        raise AlreadyDecided
    told = id, row.area_code or None, (), reason, decision.lower()
    entry = Entry(Action.DEADLETTER, "parked_item", *told)
    await runtime.audit.record(connection, caller, entry)


def _require_open(row: Any, caller: Caller) -> None:
    if row["decision"]:
        raise AlreadyDecided
    if row["subject"] == caller.subject:
        raise YourOwn


def _undecided() -> ColumnElement[bool]:
    found: ColumnElement[bool] = TABLE.c.decision.is_(None)
    return found


async def _row(connection: AsyncConnection, caller: Caller, id: UUID) -> Any:
    statement = select(TABLE).where(TABLE.c.id == id, visible(caller))
    row = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotFound
    return row


def _shown(row: Any) -> ParkedItemOut:
    """Of people nothing: of before there are some that were held with them."""
    told = row["body"] and {name: row["body"][name] for name in row["body"].keys() - PEOPLE}
    return ParkedItemOut.model_validate({**row, "body": told, "held": row["body"] is not None})
