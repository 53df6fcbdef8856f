"""Cards and tallies anew from the services' snapshots, and the proof that they need not be."""

from collections import Counter
from dataclasses import dataclass, field

from services.chassis.database import Database, driver
from services.gateway.dashboards.figures import SECTIONS
from services.gateway.projections import store
from services.gateway.projections.fold import Fold, Kept, Key, TallyKey, add, written
from services.gateway.projections.registry import ALL
from services.gateway.projections.snapshots import Services


@dataclass
class Differences:
    """What is not as it should be; all empty where the projection is right."""

    cards: list[str] = field(default_factory=list)
    tallies: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.cards or self.tallies)


async def rebuild(database: Database, services: Services, service: str) -> None:
    """Replace the service's cards and tallies by its snapshots, in one transaction: readers see the old
    ones until then. Events that are older than the snapshot are dropped by the guard afterwards."""
    async with database.transaction() as connection:
        raw = await driver(connection)
        await raw.execute("lock table card in share row exclusive mode")
        for projection in (p for p in ALL if p.service == service):
            old = await store.load_noun(raw, projection.noun)
            fold = Fold(dict(old))
            seen: set[Key] = set()
            async for page in services.all(projection):
                for fact in page:
                    fold.replace(fact)
                    seen.add(fact.key)
            for noun, id_ in old.keys() - seen:
                fold.forget(projection, id_)
                await raw.execute("delete from card where noun = $1 and id = $2", noun, id_)
            await store.save(raw, fold)


async def verify(database: Database, services: Services, service: str) -> Differences:
    """Every card equals its service's snapshot; every tally equals a recount of the snapshots."""
    found = Differences()
    recount: Counter[TallyKey] = Counter()
    async with database.transaction() as connection:
        raw = await driver(connection)
        await raw.execute("set transaction isolation level repeatable read")
        for projection in (p for p in ALL if p.service == service):
            known = await store.load_noun(raw, projection.noun)
            async for page in services.all(projection):
                for fact in page:
                    add(recount, projection.entries(fact.event), 1)
                    kept = known.pop(fact.key, None)
                    if kept != Kept(fact.epoch, fact.version, fact.event):
                        found.cards.append(f"{fact.key}: {kept} is not {fact.event}")
            found.cards += [f"{key}: not in its service" for key in known]
        stored = await store.all_tallies(raw, {key[1] for key in recount} | _metrics(service))
    expected = dict(written(recount))
    for key in sorted(stored.keys() | expected.keys()):
        if stored.get(key, 0) != expected.get(key, 0):
            counted = f"{stored.get(key, 0)}, recount {expected.get(key, 0)}"
            found.tallies.append(f"{key}: {counted}")
    return found


def _metrics(service: str) -> set[str]:
    return {metric for figure in SECTIONS[service] for metric in figure.metrics}
