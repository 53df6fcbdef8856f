"""Cards and tallies anew from a service's snapshots or the archive, and the proof that they need not be."""

import asyncio
from collections import Counter
from enum import StrEnum
from time import monotonic
from typing import NamedTuple

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis import metrics
from services.chassis.database import Database, DriverConnection, driver
from services.chassis.errors import Unavailable
from services.chassis.identity.caller import job
from services.gateway.projections import beside, store
from services.gateway.projections.fold import Fact, Kept, Key, TallyKey, add, written
from services.gateway.projections.refill import ChangedMeanwhile, Refill
from services.gateway.projections.registry import ALL, topics_of
from services.gateway.projections.snapshots import Services
from services.gateway.projections.store import BY_NOUN

log = structlog.get_logger()
AGAIN_SECONDS = 0.5


class Difference(NamedTuple):
    """Something that the gateway knows wrong: a card (beside its service's snapshot), a tally (beside a
    recount of the cards), or a snapshot of which no card could be made."""

    kind: str
    what: str
    known: str
    truth: str


class RebuildSource(StrEnum):
    """What cards and tallies are made of."""

    SNAPSHOTS = "snapshots"
    ARCHIVE = "archive"


class ParityMissed(Unavailable):
    """What was rebuilt does not add up; the old cards and tallies stay."""

    def __init__(self, service: str, what: str) -> None:
        super().__init__(
            f"服务 {service} 重建后的数字核对不符，未切换：{what}。",
            f"What was rebuilt of {service} does not add up and was dropped: {what}.",
        )


async def rebuild(
    database: Database,
    services: Services,
    service: str,
    source: RebuildSource = RebuildSource.SNAPSHOTS,
    by: str = job("gateway").subject,
) -> list[Difference]:
    """Make the service's cards and tallies anew beside the live ones, while folding goes on, and switch in one
    transaction, for which alone it waits. The dead letters are settled with that. Answers what had to be
    left out, and the (first) cards that were wrong."""
    async with beside.alone(database, service) as connection:
        log.info("projection_rebuilding", of=service, source=source, by=by)
        raw = await driver(connection)
        await beside.begin(raw, service)
        try:
            refill = await _filled(connection, services, service, source)
            async with connection.begin():
                found = await _proven(await driver(connection), refill)
            await refill.catch_up()
            waited = await _switch(connection, refill, by)
        finally:
            await beside.end(raw, service)
    log.info(
        "projection_rebuilt", of=service, source=source, by=by, found=len(found), waited=waited
    )
    return [*(_left_out(*pair) for pair in refill.left_out.items()), *found]


async def _filled(
    connection: AsyncConnection, services: Services, service: str, source: RebuildSource
) -> Refill:
    if source is RebuildSource.SNAPSHOTS:
        refill = Refill(connection, services, service, await services.epoch(service))
        await refill.from_snapshots()
    else:
        epochs = await store.epochs(await driver(connection))
        refill = Refill(connection, services, service, epochs.get(service, 0))
        await refill.from_archive()
    await refill.catch_up()
    return refill


async def _proven(connection: DriverConnection, refill: Refill) -> list[Difference]:
    """That tallies and a recount of the cards agree; the cards that the live tables know otherwise."""
    await connection.execute("set transaction isolation level repeatable read")
    await beside.look(connection, refill.service)
    if wrong := await _wrong_tallies(connection, refill.service):
        raise ParityMissed(refill.service, f"{len(wrong)} tallies, the first {wrong[0].what}")
    return [
        Difference("card", f"{noun} {id_}", repr(known), repr(truth))
        for (noun, id_), known, truth in await beside.differing(connection, refill.service)
    ]


async def _switch(connection: AsyncConnection, refill: Refill, by: str) -> float:
    """For how many seconds nobody could fold."""
    service = refill.service
    async with connection.begin():
        raw = await driver(connection)
        await raw.execute("set local statement_timeout = 0")
        began = monotonic()
        await store.fold_alone(raw, service)
        if (await store.epochs(raw)).get(service, 0) > refill.epoch:
            raise ChangedMeanwhile(service)
        await refill.finish()
        await refill.keep_newer()
        await beside.switch(raw, service)
        kept = [str(id_).encode() for _, id_ in refill.left_out]
        await store.settle_letters(raw, "rebuilt", by, topics_of(service), but=kept)
        await store.save_epoch(raw, service, refill.epoch)
        await store.count(raw, [service])
    return round(monotonic() - began, 3)


def _left_out(key: Key, reason: str) -> Difference:
    noun, id_ = key
    metrics.INCIDENTS.labels("snapshot_left_out").inc()
    log.error("snapshot_left_out", noun=noun, id=str(id_), reason=reason)
    return Difference("snapshot", f"{noun} {id_}", "", reason)


async def verify(
    database: Database, services: Services, service: str, *, looks: int = 10
) -> list[Difference]:
    """What differs. A card that differs is looked at again, up to `looks` times in all: while the service
    goes on, its events are on their way."""
    async with beside.alone(database, f"verify {service}"):
        cards = await _wrong_cards(database, services, service, looks)
        async with database.transaction() as connection:
            raw = await driver(connection)
            await raw.execute("set transaction isolation level repeatable read")
            return [*cards, *await _wrong_tallies(raw, service)]


async def _wrong_cards(
    database: Database, services: Services, service: str, looks: int
) -> list[Difference]:
    suspects = await _suspects(database, services, service)
    for _ in range(looks - 1):
        if suspects:
            await asyncio.sleep(AGAIN_SECONDS)
            suspects = await _still_wrong(database, services, suspects)
    return [
        Difference("card", f"{noun} {id_}", repr(known), repr(truth))
        for (noun, id_), (known, truth) in sorted(suspects.items())
    ]


Suspects = dict[Key, tuple[Kept | None, Fact | None]]


async def _suspects(database: Database, services: Services, service: str) -> Suspects:
    found: Suspects = {}
    for projection in (p for p in ALL if p.service == service):
        seen = set()
        async for page in services.all(projection):
            known = await _known(database, [fact.key for fact in page])
            pairs = {fact.key: (known.get(fact.key), fact) for fact in page}
            found |= {key: pair for key, pair in pairs.items() if _differ(*pair)}
            seen |= {fact.id for fact in page}
        async with database.connection() as connection:
            strays = await store.ids(await driver(connection), projection.noun) - seen
        found |= {(projection.noun, id_): (None, None) for id_ in strays}
    return found


async def _still_wrong(database: Database, services: Services, suspects: Suspects) -> Suspects:
    known = await _known(database, list(suspects))
    found: Suspects = {}
    for noun, id_ in suspects:
        pair = known.get((noun, id_)), await services.one(BY_NOUN[noun], id_)
        if _differ(*pair):
            found[noun, id_] = pair
    return found


async def _known(database: Database, keys: list[Key]) -> dict[Key, Kept]:
    async with database.connection() as connection:
        return await store.load(await driver(connection), keys)


def _differ(known: Kept | None, truth: Fact | None) -> bool:
    if known is None or truth is None:
        return known is not None or truth is not None
    return (known.version, known.card) != (truth.version, truth.event)


async def _wrong_tallies(connection: DriverConnection, service: str) -> list[Difference]:
    counted: Counter[TallyKey] = Counter()
    async for (noun, _), kept in store.every_card(connection, service):
        add(counted, service, BY_NOUN[noun].entries(kept.card), 1)
    stored = await store.tallies_of(connection, service)
    recount = dict(written(counted))
    return [
        Difference("tally", " ".join(map(str, key)), str(known), str(truth))
        for key in sorted(stored.keys() | recount.keys())
        if (known := stored.get(key, 0)) != (truth := recount.get(key, 0))
    ]
