"""A gateway that answers, the records that it archives, and agencies that read them."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from httpx import Response

from services.chassis.database import Database, driver
from services.contracts.codes_grid import Category
from services.contracts.grid import ReportSnapshot
from services.gateway.agencies.partners import Partners
from services.gateway.agencies.scope import Scope
from services.gateway.projections.fold import Fact
from services.gateway.projections.records import NAME
from services.gateway.projections.registry import BY_TOPIC
from tests.gateway.projections.histories import STEPS, History
from tests.gateway.projections.projecting import Projecting, settle
from tests.support.auditing import audit_of
from tests.support.postgres import FreshDatabases
from tests.support.stack import Stack, stack

REPORTS = ReportSnapshot.topic
XIAOSHUN, LINGXIA = "330703101", "330703105"
WHOLE = Scope((REPORTS,))
FIRE = Scope((REPORTS,), (XIAOSHUN,), (Category.FIRE_SAFETY,))
CATEGORIES = (Category.FIRE_SAFETY, Category.ENVIRONMENT)
Event = dict[str, Any]


def histories(count: int, seed: int = 1) -> list[Fact]:
    """Of `count` times three reports: each in one of two townships and of one of two categories, mixed."""
    chance = random.Random(seed)
    queues = [queue for number in range(count) for queue in _reports(number, chance)]
    mixed = []
    while queues:
        queue = chance.choice(queues)
        mixed.append(queue.pop(0))
        queues = [queue for queue in queues if queue]
    return mixed


def _reports(number: int, chance: random.Random) -> list[list[Fact]]:
    moves = [(chance.randrange(3), chance.choice(STEPS), chance.randrange(9)) for _ in range(30)]
    facts = History(moves).facts
    mine = []
    for report in range(1, 4):
        id_ = UUID(int=number * 3 + report)
        category = CATEGORIES[chance.randrange(2)]
        found = [fact for fact in facts if fact.id.int == report]
        mine.append([_as(fact, id_, category) for fact in found])
    return mine


def _as(fact: Fact, id_: UUID, category: Category) -> Fact:
    has = "category" in type(fact.event).model_fields
    event = fact.event.model_copy(update={"category": category} if has else {})
    return fact._replace(id=id_, event=event)


def fits(fact: Fact, scope: Scope, of: Sequence[Fact]) -> bool:
    """Whether the scope grants it; `of` are all facts, the first of which tell the categories."""
    category = next(f.event.category for f in of if f.id == fact.id and f.version == 1)  # type: ignore[attr-defined]
    return (
        fact.projection.topic in scope.topics
        and (not scope.areas or fact.event.area_code.startswith(scope.areas))
        and (not scope.categories or category in scope.categories)
        and (not scope.types or fact.event.type in scope.types)
    )


def told(events: Sequence[Event]) -> list[tuple[str, int]]:
    return sorted((event["subject"], event["aggregateversion"]) for event in events)


def named(facts: Sequence[Fact]) -> list[tuple[str, int]]:
    return sorted((str(fact.id), fact.version) for fact in facts)


@dataclass
class Fed:
    system: Stack
    archive: Projecting
    partners: Partners
    key: str = ""

    async def agency(self, id_: str, scope: Scope, **more: Any) -> "Fed":
        """The same as this agency sees it."""
        made = await self.partners.add(id_, "某单位", "An agency", scope, "协议一", **more)
        return replace(self, key=made.key.key if made.key else "")

    async def happen(self, facts: Sequence[Fact], batch: int = 50) -> None:
        await settle(self.archive.runner(), self.archive.records(facts), batch)

    async def get(self, path: str = "", **parameters: Any) -> Response:
        return await self.system.call(self.key, "GET", f"/v1/events{path}", **parameters)

    async def read(self, after: str | None = None, **parameters: Any) -> tuple[list[Event], str]:
        """All events until nothing more is there, and the cursor behind them."""
        events: list[Event] = []
        while True:
            asked = parameters | ({"after": after} if after else {})
            answer = await self.get(**asked)
            assert answer.status_code == 200, answer.text
            events += answer.json()
            after = answer.headers["Jinding-Cursor"]
            if answer.headers["Jinding-Caught-Up"] == "true":
                return events, after

    async def snapshot(self, **parameters: Any) -> list[Event]:
        asked = {"type": ReportSnapshot.type, **parameters}
        events: list[Event] = []
        while True:
            answer = await self.get("/snapshot", **asked)
            assert answer.status_code == 200, answer.text
            events += answer.json()
            if "next" not in answer.links:
                return events
            asked = dict(parse_qsl(urlsplit(answer.links["next"]["url"]).query))

    async def refused(self, path: str = "", **parameters: Any) -> tuple[int, str, str]:
        """Status, code, and which parameter was to blame."""
        answer = await self.get(path, **parameters)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        body = answer.json()
        return answer.status_code, body["code"], "".join(e["pointer"] for e in body["errors"][:1])


@asynccontextmanager
async def feeding(fresh: FreshDatabases, folder: Path, **settings: Any) -> AsyncIterator[Fed]:
    async with stack(fresh, folder, [], run_consumers=False, **settings) as system:
        database = Database(system.databases["gateway"], 6)
        async with database.transaction() as connection:
            raw = await driver(connection)
            places = [(NAME, topic, number) for topic in BY_TOPIC for number in range(12)]
            await raw.executemany(
                "insert into consumer_offset values ($1, $2, $3, 'log', 0)", places
            )
        yield Fed(system, Projecting(database), Partners(audit_of(database), "tester"))
        await database.close()
