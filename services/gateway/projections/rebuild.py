"""Cards and tallies anew from a service's snapshots, and the proof that they need not be."""

import asyncio
from collections import Counter
from typing import NamedTuple

import structlog

from services.chassis import metrics
from services.chassis.database import Database, DriverConnection, driver
from services.chassis.errors import Unavailable
from services.chassis.identity.caller import job
from services.chassis.reader import reason_of
from services.gateway.projections import store
from services.gateway.projections.fold import Fact, Fold, Kept, Key, TallyKey, add, written
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


class ParityMissed(Unavailable):
    """What was rebuilt does not add up; the old cards and tallies stay."""

    def __init__(self, service: str, what: str) -> None:
        super().__init__(
            f"服务 {service} 重建后的数字核对不符，未切换：{what}。",
            f"What was rebuilt of {service} does not add up and was dropped: {what}.",
        )


async def rebuild(database: Database, services: Services, service: str) -> list[Difference]:
    """Replace the service's cards and tallies by its snapshots, in one transaction: readers see the old
    ones until then, and this service's folding waits. Its dead letters are settled with that, and events
    older than a snapshot are dropped by its guard afterwards. Answers what had to be left out."""
    async with database.transaction() as connection:
        raw = await driver(connection)
        await raw.execute("set local statement_timeout = 0")
        await store.fold_alone(raw, service)
        await store.clear(raw, service)
        epoch = await services.epoch(service)
        unfit = await _fill(raw, services, service)
        keys = [str(fact.id).encode() for fact, _ in unfit]
        by = job("gateway").subject
        await store.settle_letters(raw, "rebuilt", by, topics_of(service), but=keys)
        await store.save_epoch(raw, service, epoch)
        await store.count(raw)
    return [_left_out(*pair) for pair in unfit]


async def _fill(
    connection: DriverConnection, services: Services, service: str
) -> list[tuple[Fact, str]]:
    """Write every snapshot's card and tallies; those of which no figure can be made, and why."""
    unfit: list[tuple[Fact, str]] = []
    taken = 0
    for projection in (p for p in ALL if p.service == service):
        async for page in services.all(projection):
            fold = Fold({})
            for fact in page:
                try:
                    fold.take(fact)
                except (ValueError, ArithmeticError) as error:  # it must not stop all the others
                    unfit.append((fact, reason_of(error)))
            taken += len(fold.changed)
            await store.save(connection, fold)
    await _check_parity(connection, service, taken)
    return unfit


def _left_out(fact: Fact, reason: str) -> Difference:
    noun = fact.projection.noun
    metrics.INCIDENTS.labels("snapshot_left_out").inc()
    log.error("snapshot_left_out", noun=noun, id=str(fact.id), reason=reason)
    return Difference("snapshot", f"{noun} {fact.id}", "", reason)


async def _check_parity(connection: DriverConnection, service: str, taken: int) -> None:
    cards = await store.how_many(connection, service)
    if cards != taken:
        raise ParityMissed(service, f"{cards} cards of {taken} snapshots")
    if wrong := await _wrong_tallies(connection, service):
        raise ParityMissed(service, f"{len(wrong)} tallies, the first {wrong[0].what}")


async def verify(
    database: Database, services: Services, service: str, *, looks: int = 10
) -> list[Difference]:
    """What differs. A card that differs is looked at again, up to `looks` times in all: while the service
    goes on, its events are on their way."""
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
        return True
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
