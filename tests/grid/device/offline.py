"""Twenty devices that worked offline, five hundred operations of theirs, and connections that break."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.support.grid import BATCH, REPORT
from tests.support.people import caller
from tests.support.running import Running

GRID, TOWN = "330703105291001", "330703105"
MEMBERS, OFFICES = 16, 4
FINAL = {"outside_scope"}
ENDED = {"applied", "duplicate", "parked"}
Item = dict[str, Any]


@dataclass
class Device:
    """`queue`: what it did and has not yet heard of. `ended`: how each item did, by key."""

    caller: Caller
    queue: list[Item] = field(default_factory=list)
    ended: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    async def send(self, grid: Running, random: Random) -> None:
        """Some of it, in any order, over a line that may break before, while or after it is dealt with."""
        some = random.sample(self.queue, random.randint(1, len(self.queue)))
        if random.random() < 0.5:
            some.sort(key=self.queue.index)
        fate = random.random()
        if fate < 0.2:
            await self._cut(grid, some, random.random() / 20)
        elif fate < 0.4:
            await self._answer(grid, some)  # it is lost
        else:
            self._hear(some, await self._answer(grid, some))
            if random.random() < 0.3:
                self._hear(some, await self._answer(grid, some))

    async def _cut(self, grid: Running, some: list[Item], seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._answer(grid, some), seconds)

    async def _answer(self, grid: Running, some: list[Item]) -> list[Any]:
        answer = await grid.call(self.caller, "POST", BATCH, {"items": some})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])

    def _hear(self, some: list[Item], results: list[Any]) -> None:
        """Whatever it is told again must be what it was told before."""
        for item, told in zip(some, results, strict=True):
            assert told["outcome"] in {*ENDED, "conflict", "rejected"}
            if told["outcome"] in ENDED or told.get("code") in FINAL:
                receipt = told.get("receipt") or {}
                end = (told.get("code"), receipt.get("id"), receipt.get("version"))
                assert self.ended.setdefault(item["key"], end) == end, (item, told)
            else:
                assert item["key"] not in self.ended, (item, told)
                assert told["code"], told
        self.queue = [item for item in self.queue if item["key"] not in self.ended]


def devices(start: datetime) -> list[Device]:
    """As they are when they come online again: the same each time."""
    members = [
        Device(caller(roles.FULL_TIME_GRID_MEMBER, GRID, subject=f"member-{n}"))
        for n in range(MEMBERS)
    ]
    offices = [
        Device(caller(roles.TOWNSHIP_OPERATOR, TOWN, subject=f"office-{n}")) for n in range(OFFICES)
    ]
    ids = (UUID(int=n, version=4) for n in count(1))
    for number, member in enumerate(members):
        for by_office, item in _work(number, member.caller.subject, start, ids):
            (offices[number % OFFICES] if by_office else member).queue.append(item)
    for office, id_ in zip(offices, ids, strict=False):
        told = {"occurred_at": start.isoformat(), **REPORT, "area_code": TOWN}
        item = {"operation": "create_report", "id": str(id_), "key": f"{id_}", "body": told}
        office.queue.append(item)
    return members + offices


def _work(
    number: int, subject: str, start: datetime, ids: Iterator[UUID]
) -> Iterator[tuple[bool, Item]]:
    """What one member did, and what their office did with it (True)."""
    clock = (start + timedelta(minutes=number + 20 * n) for n in count())

    def item(operation: str, id_: UUID, **body: Any) -> Item:
        told = {"occurred_at": next(clock).isoformat()} | body
        return {"operation": operation, "id": str(id_), "key": f"{operation}/{id_}", "body": told}

    def report(**facts: Any) -> tuple[UUID, Item]:
        id_ = next(ids)
        file = {"id": str(next(ids)), "kind": "PHOTO", "media_type": "image/jpeg"}
        files = [file | {"size": 1000 + number, "sha256": f"{number:064x}"}]
        return id_, item("create_report", id_, **(REPORT | {"attachments": files} | facts))

    for _ in range(2):
        id_, made = report()
        yield False, made
        yield True, item("return_report", id_, reason="地点不清")
        yield False, item("resubmit_report", id_, description="村口桥边")
    for assigned in (True, False):
        id_, made = report()
        yield False, made
        yield True, item("accept_report", id_)
        if assigned:
            yield True, item("assign_report", id_, organisation="330703-enforcement")
            yield False, item("start_report", id_)
            yield False, item("resolve_report", id_, opinion="已清理")
    id_, made = report()
    yield False, made
    yield False, item("cancel_report", id_, reason="WITHDRAWN")
    yield False, report(area_code="330703105999")[1]
    yield False, report(occurred_at=(start + timedelta(days=2)).isoformat())[1]
    for n in range(5):
        at, id_ = next(clock), next(ids)
        end = (at + timedelta(minutes=15)).isoformat()
        patrol = {"area_code": GRID, "participants": [subject], "occurred_at": at.isoformat()}
        yield False, item("record_patrol", id_, **patrol, ended_at=end)
        if n == 0:
            yield True, item("void_patrol", id_, reason="误录")
    for n in range(5):
        id_ = next(ids)
        building = {"area_code": GRID, "place": "示范路段", "structure": "FRAME", "mode": "SELF"}
        more = {"owner_type": "INDIVIDUAL", "area_m2": f"{number + 1}.5{n}"}
        yield False, item("record_demolition", id_, **building, **more)
        if n == 0:
            yield True, item("void_demolition", id_, reason="误录")
    id_ = next(ids)
    yield False, item("record_patrol", id_, area_code=GRID, participants=[subject])
    yield False, item("finish_patrol", id_, findings="无异常")


async def played(grid: Running, start: datetime, seed: int) -> list[Device]:
    """All devices at once, until none has anything left to send."""
    random = Random(seed)
    all_ = devices(start)

    async def until_done(device: Device, own: Random) -> None:
        for _ in range(400):
            if not device.queue:
                return
            await device.send(grid, own)
            await asyncio.sleep(own.random() / 50)
        raise AssertionError(device.queue)

    await asyncio.gather(*(until_done(device, Random(random.random())) for device in all_))
    return all_


OF_THE_SERVER = {
    *("created_at", "updated_at", "declared_at", "touched_at", "checked_at"),  # when it came
    *("number", "changed_xid"),  # in the order of coming
}
TABLES = ("report", "patrol", "demolition", "attachment", "clock")


async def state(grid: Running) -> dict[str, Any]:
    """Rows and events as they are, without what tells when and in which order they came."""
    found: dict[str, Any] = {}
    for table in TABLES:
        rows = await grid.fetch(
            f"select to_jsonb(t) - $1::text[] t from {table} t", [*OF_THE_SERVER]
        )
        found[table] = sorted(row["t"] for row in rows)
    told = "convert_from(body, 'utf8')::jsonb - 'number' as body, headers->>'ce_type' as type"
    events = defaultdict(list)
    for row in await grid.fetch(f"select aggregate_id, version, {told} from outbox order by id"):
        events[row["aggregate_id"]].append((row["version"], row["type"], row["body"]))
    held = "select key, outcome, code, body::text, waits_on from parked_item order by subject, key"
    return found | {"events": dict(events), "parked": [tuple(r) for r in await grid.fetch(held)]}


async def emptied(grid: Running) -> None:
    more = ("outbox", "unpublished", "answer", "parked_item", "departure")
    await grid.fetch(f"truncate {', '.join((*TABLES, *more))}")
