"""Cards and tallies anew from a service's snapshots, and the proof that they need not be."""

import asyncio
from collections import Counter
from typing import NamedTuple

from services.chassis.database import Database, driver
from services.gateway.projections import store
from services.gateway.projections.fold import Fact, Fold, Kept, Key, TallyKey, add, written
from services.gateway.projections.registry import ALL
from services.gateway.projections.snapshots import Services
from services.gateway.projections.store import BY_NOUN

AGAIN_SECONDS = 0.5


class Difference(NamedTuple):
    """Something that the gateway knows wrong: a card (beside its service's snapshot) or a tally (beside a
    recount of the cards)."""

    kind: str
    what: str
    known: str
    truth: str


async def rebuild(database: Database, services: Services, service: str) -> None:
    """Replace the service's cards and tallies by its snapshots, in one transaction: readers see the old
    ones until then, and folding waits. Events older than a snapshot are dropped by its guard afterwards."""
    async with database.transaction() as connection:
        raw = await driver(connection)
        await raw.execute("set local statement_timeout = 0")
        await store.fold_alone(raw)
        await store.clear(raw, service)
        epoch = await services.epoch(service)
        for projection in (p for p in ALL if p.service == service):
            async for page in services.all(projection):
                fold = Fold({})
                for fact in page:
                    fold.take(fact)
                await store.save(raw, fold)
        await store.save_epoch(raw, service, epoch)


async def verify(
    database: Database, services: Services, service: str, *, looks: int = 10
) -> list[Difference]:
    """What differs. A card that differs is looked at again, up to `looks` times in all: while the service
    goes on, its events are on their way."""
    return [
        *await _wrong_cards(database, services, service, looks),
        *await _wrong_tallies(database, service),
    ]


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
        return True
    return (known.version, known.card) != (truth.version, truth.event)


async def _wrong_tallies(database: Database, service: str) -> list[Difference]:
    counted: Counter[TallyKey] = Counter()
    async with database.transaction() as connection:
        raw = await driver(connection)
        await raw.execute("set transaction isolation level repeatable read")
        async for (noun, _), kept in store.every_card(raw, service):
            add(counted, service, BY_NOUN[noun].entries(kept.card), 1)
        stored = await store.tallies_of(raw, service)
    recount = dict(written(counted))
    return [
        Difference("tally", " ".join(map(str, key)), str(known), str(truth))
        for key in sorted(stored.keys() | recount.keys())
        if (known := stored.get(key, 0)) != (truth := recount.get(key, 0))
    ]
