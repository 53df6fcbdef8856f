"""Dead letters of the projection in the hands of an operator."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter

from services.chassis.audit import Action, Audit, Entry
from services.chassis.database import Database, driver
from services.chassis.deadletters import (
    MANAGE,
    DeadLetters,
    RetryRefused,
    discard,
    of_same_aggregate,
    open_letters,
)
from services.chassis.identity.caller import Caller
from services.gateway.edge.guard import GatewayDep, Guarded, reads
from services.gateway.projections import store
from services.gateway.projections.fold import Fold
from services.gateway.projections.records import UNFIT
from services.gateway.projections.registry import BY_TOPIC
from services.gateway.projections.snapshots import Services

log = structlog.get_logger()
router = APIRouter(prefix="/v1/dead-letters", tags=["dead letters"])


@router.get("", **reads(MANAGE, DeadLetters, "list_dead_letters"))
async def list_dead_letters(gateway: GatewayDep) -> DeadLetters:
    """Records that no figure could be made of, and those waiting behind them."""
    return await open_letters(gateway.database)


@router.post("/{letter_id}/retry", **reads(MANAGE, DeadLetters, "retry_dead_letter"))
async def retry_dead_letter(letter_id: UUID, gateway: GatewayDep, caller: Guarded) -> DeadLetters:
    """Take the aggregate as its service knows it now; that settles all its letters."""
    await retry(gateway.database, gateway.services, gateway.audit, letter_id, caller)
    return await open_letters(gateway.database)


@router.post("/{letter_id}/discard", **reads(MANAGE, DeadLetters, "discard_dead_letter"))
async def discard_dead_letter(letter_id: UUID, gateway: GatewayDep, caller: Guarded) -> DeadLetters:
    """Give the record up for good; those behind it may be retried."""
    await discard(gateway.database, gateway.audit, letter_id, caller)
    return await open_letters(gateway.database)


async def retry(
    database: Database, services: Services, audit: Audit, letter_id: UUID, caller: Caller
) -> None:
    """Whether the gateway runs or not."""
    letters = await of_same_aggregate(database, letter_id)
    await _retry(database, services, audit, letters, caller)
    log.info("dead_letter_retried", letter=str(letter_id), by=caller.subject)


async def _retry(
    database: Database, services: Services, audit: Audit, letters: Sequence[Any], caller: Caller
) -> None:
    topic, key = letters[0]["topic"], bytes(letters[0]["key"])
    projection = BY_TOPIC[topic]
    retried = [Entry(Action.DEADLETTER, "letter", row["id"], outcome="retried") for row in letters]
    try:
        async with database.transaction() as connection:
            raw = await driver(connection)
            # else what is parked meanwhile would be settled unseen
            await store.fold_alone(raw, projection.service)
            fact = await services.one(projection, UUID(key.decode()))
            if fact is None:
                raise RetryRefused(f"{projection.service} does not know it")
            fold = Fold(await store.load(raw, [fact.key]))
            fold.take(fact)
            await store.save(raw, fold)
            await store.settle_letters(raw, "retried", caller.subject, [topic], only=[key])
            await store.count(raw, [projection.service])
            await audit.record(connection, caller, *retried)
    except UNFIT as error:
        raise RetryRefused(type(error).__name__) from error
