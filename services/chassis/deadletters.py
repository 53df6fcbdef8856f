"""Dead letters in the hands of an operator: list, retry (in order), discard.

What the gateway's dead letters have in common with the services' is public here.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.audit import Action, Audit, Entry
from services.chassis.database import Database
from services.chassis.errors import Conflict, NotFound, Refusal
from services.chassis.eventlog.port import Partition, StoredRecord
from services.chassis.http.reads import reads
from services.chassis.identity.caller import Caller
from services.chassis.runtime import CallerDep, Runtime, RuntimeDep
from services.chassis.tables import dead_letter

log = structlog.get_logger()
MANAGE = "deadletter.manage"


class RetryRefused(Conflict):
    def __init__(self, reason: str) -> None:
        super().__init__(f"重试仍未成功：{reason}", f"The retry failed again: {reason}")


class AlreadySettled(Conflict):
    def __init__(self) -> None:
        super().__init__("该记录已被处理。", "Somebody else has settled it meanwhile.")


class DeadLetterOut(BaseModel):
    id: UUID
    consumer: str
    topic: str
    partition: int
    offset: int
    type: str | None
    reason: str
    parked_at: datetime


class DeadLetters(BaseModel):
    """The 200 oldest that are open."""

    items: list[DeadLetterOut]


def router(service: str) -> APIRouter:
    routes = APIRouter(prefix=f"/v1/{service}/dead-letters", tags=[service])

    @routes.get("", **reads(MANAGE, DeadLetters, f"list_{service}_dead_letters"))
    async def list_dead_letters(runtime: RuntimeDep) -> DeadLetters:
        """Records that could not be applied, and those waiting behind them."""
        return await open_letters(runtime.database)

    @routes.post("/{letter_id}/retry", **reads(MANAGE, DeadLetters, f"retry_{service}_dead_letter"))
    async def retry_dead_letter(
        letter_id: UUID, runtime: RuntimeDep, caller: CallerDep
    ) -> DeadLetters:
        """Apply the record and those of its aggregate that wait behind it, in order."""
        for row in await of_same_aggregate(runtime.database, letter_id):
            await _retry(runtime, row, caller)
        log.info("dead_letter_retried", letter=str(letter_id), by=caller.subject)
        return await open_letters(runtime.database)

    @routes.post(
        "/{letter_id}/discard", **reads(MANAGE, DeadLetters, f"discard_{service}_dead_letter")
    )
    async def discard_dead_letter(
        letter_id: UUID, runtime: RuntimeDep, caller: CallerDep
    ) -> DeadLetters:
        """Give the record up for good; those behind it may be retried."""
        await discard(runtime.database, runtime.audit, letter_id, caller)
        return await open_letters(runtime.database)

    return routes


async def open_letters(database: Database) -> DeadLetters:
    place = dead_letter.c.parked_at, dead_letter.c.topic, dead_letter.c.offset
    statement = select(dead_letter).where(dead_letter.c.settled_at.is_(None)).order_by(*place)
    async with database.connection() as connection:
        rows = (await connection.execute(statement.limit(200))).mappings()
        told = [{**row, "type": row["headers"].get("ce_type")} for row in rows]
        return DeadLetters.model_validate({"items": told})


async def of_same_aggregate(database: Database, letter_id: UUID) -> list[Any]:
    """The open letter and those of its aggregate, in order."""
    letters = dead_letter
    this = select(letters).where(letters.c.id == letter_id, letters.c.settled_at.is_(None))
    async with database.connection() as connection:
        letter = (await connection.execute(this)).mappings().first()
        if letter is None:
            raise NotFound
        alike = [letters.c[name] == letter[name] for name in ("consumer", "topic", "key")]
        waiting = select(letters).where(*alike, letters.c.settled_at.is_(None))
        same = waiting.order_by(letters.c.parked_at, letters.c.offset)
        return list((await connection.execute(same)).mappings())


async def discard(database: Database, audit: Audit, letter_id: UUID, caller: Caller) -> None:
    """Settle the open letter without applying it."""
    await of_same_aggregate(database, letter_id)
    async with database.transaction() as connection:
        await _settled(connection, audit, letter_id, "discarded", caller)
    log.info("dead_letter_discarded", letter=str(letter_id), by=caller.subject)


async def _retry(runtime: Runtime, row: Any, caller: Caller) -> None:
    if runtime.subscriber is None:
        raise NotFound
    record = StoredRecord(
        Partition(row["topic"], row["partition"]),
        bytes(row["key"]),
        tuple((name, value.encode()) for name, value in row["headers"].items()),
        row["value"],
        row["offset"],
    )
    try:
        items = runtime.subscriber.consequences(record)
    except Exception as error:  # as it was put aside for
        raise RetryRefused(type(error).__name__) from error

    async def also(connection: AsyncConnection, results: Any) -> None:
        if refused := [result for result in results if isinstance(result, Refusal)]:
            raise RetryRefused(refused[0].code)
        await _settled(connection, runtime.audit, row["id"], "retried", caller)

    await runtime.unit.run(items, runtime.subscriber.caller, also=also)


async def _settled(
    connection: AsyncConnection, audit: Audit, letter_id: UUID, how: str, by: Caller
) -> None:
    """In the transaction of what settles it, which is undone where another was faster."""
    this = (dead_letter.c.id == letter_id) & dead_letter.c.settled_at.is_(None)
    done = {"settled_at": datetime.now(UTC), "settled_how": how, "settled_by": by.subject}
    if (await connection.execute(update(dead_letter).where(this).values(done))).rowcount == 0:
        raise AlreadySettled
    await audit.record(connection, by, Entry(Action.DEADLETTER, "letter", letter_id, outcome=how))
