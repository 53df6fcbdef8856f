"""Dead letters of the projection in the hands of an operator."""

from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter

from services.chassis.database import DriverConnection, driver
from services.chassis.deadletters import (
    MANAGE,
    DeadLetters,
    RetryRefused,
    discard,
    of_same_aggregate,
    open_letters,
)
from services.gateway.edge.guard import Gateway, GatewayDep, Guarded, permitted
from services.gateway.projections import store
from services.gateway.projections.fold import Fact, Fold
from services.gateway.projections.registry import BY_TOPIC
from services.gateway.projections.snapshots import Services

log = structlog.get_logger()
router = APIRouter(prefix="/v1/dead-letters", tags=["dead letters"])


def _documented(name: str) -> dict[str, Any]:
    return {
        "operation_id": name,
        "dependencies": [permitted(MANAGE)],
        "openapi_extra": {"x-permission": MANAGE},
    }


@router.get("", **_documented("list_dead_letters"))
async def list_dead_letters(gateway: GatewayDep) -> DeadLetters:
    """Records that no figure could be made of, and those waiting behind them."""
    return await open_letters(gateway.database)


@router.post("/{letter_id}/retry", **_documented("retry_dead_letter"))
async def retry_dead_letter(letter_id: UUID, gateway: GatewayDep, caller: Guarded) -> DeadLetters:
    """Take the aggregate as its service knows it now; that settles all its letters."""
    letters = await of_same_aggregate(gateway.database, letter_id)
    await _retry(gateway, letters[0]["topic"], bytes(letters[0]["key"]))
    log.info("dead_letter_retried", letter=str(letter_id), by=caller.subject)
    return await open_letters(gateway.database)


@router.post("/{letter_id}/discard", **_documented("discard_dead_letter"))
async def discard_dead_letter(letter_id: UUID, gateway: GatewayDep, caller: Guarded) -> DeadLetters:
    """Give the record up for good; those behind it may be retried."""
    await discard(gateway.database, letter_id, caller)
    return await open_letters(gateway.database)


async def _retry(gateway: Gateway, topic: str, key: bytes) -> None:
    async with gateway.database.transaction() as connection:
        raw = await driver(connection)
        await store.fold_alone(raw)  # else what is parked meanwhile would be settled unseen
        fact = await _snapshot(gateway.services, topic, key)
        fold = Fold(await store.load(raw, [fact.key]))
        fold.take(fact)
        await store.save(raw, fold)
        await _settled(raw, topic, key)


async def _snapshot(services: Services, topic: str, key: bytes) -> Fact:
    try:
        fact = await services.one(BY_TOPIC[topic], UUID(key.decode()))
    except (ValueError, KeyError) as error:
        raise RetryRefused(type(error).__name__) from error
    if fact is None:
        raise RetryRefused(f"{BY_TOPIC[topic].service} does not know it")
    return fact


async def _settled(connection: DriverConnection, topic: str, key: bytes) -> None:
    await connection.execute(
        "update dead_letter set settled_at = now(), settled_how = 'retried' "
        "where topic = $1 and key = $2 and settled_at is null",
        topic,
        key,
    )
