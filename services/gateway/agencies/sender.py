"""Tells agencies that there is news. Any number may run; one works at a time.

It reads the feed as the agency would: is there anything behind the cursor that it was last told of? What is to be sent
is on record before it is, and off it once it was answered: so a notice may come twice, with the same id, but the
agency is told as long as it has not been.
"""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog
from prometheus_client import Counter, Gauge
from uuid_utils.compat import uuid7

from services.chassis.database import DriverConnection
from services.chassis.http.paging import InvalidCursor
from services.chassis.session import TAKEOVER_SECONDS, kept, session
from services.gateway.agencies import cursor
from services.gateway.agencies.addresses import PushSettings
from services.gateway.agencies.cursor import EVERYTHING, SnapshotNeeded
from services.gateway.agencies.feed import newest, page
from services.gateway.agencies.grants import in_force
from services.gateway.agencies.notices import Answer, Notice, pause, signed
from services.gateway.agencies.scope import Scope
from services.gateway.dashboards.live import Live

if TYPE_CHECKING:
    from services.gateway.agencies.outward import Outward

NOTICES = Counter("agency_notices_total", "Attempts to tell an agency of news", ["outcome"])
PAUSED = Gauge("agency_push_paused", "Agencies that are no longer told, after a day of failures")

log = structlog.get_logger()
LOCK = 0x4A44_0005
SHORTEST_PAUSE = 0.2
EVERY_SECONDS = 3600.0
CHUNK = 5_000

ALONE = "select pg_try_advisory_lock($1)"
PUSHES = "select *, state = 'on' and next_at <= now() as due from agency_push order by agency"
LOOKED = "update agency_push set seen = $2 where agency = $1 and notice is null"
BEGUN = """
    update agency_push set notice = $2, notice_at = $3, notice_until = $4
    where agency = $1 and notice is null returning true"""
CONFIRMED = """
    update agency_push set seen = notice_until, notice = null, notice_at = null, notice_until = null,
        attempts = 0, next_at = now() + $3 where agency = $1 and notice = $2"""
FAILED = (
    "update agency_push set attempts = $4, next_at = now() + $3 where agency = $1 and notice = $2"
)
ENDED = """
    update agency_push set attempts = $4, state = $3, state_at = now() where agency = $1 and notice = $2"""
LOGGED = """
    insert into agency_delivery (agency, notice, attempt, at, status, fault, ms)
    values ($1, $2, $3, $4, $5, $6, $7)"""
# In order of id, which is that of time: a chunk of young rows is the last.
FORGOTTEN = """
    delete from agency_delivery using (select id from agency_delivery order by id limit $2) as chunk
    where agency_delivery.id = chunk.id and at < $1"""


class Attempt(NamedTuple):
    push: Any
    notice: Notice
    at: datetime
    answer: Answer
    ms: int


class Sender:
    def __init__(self, url: str, settings: PushSettings, live: Live) -> None:
        self.url, self.settings, self.live = url, settings, live
        self.forgotten_at = -EVERY_SECONDS

    @cached_property
    def outward(self) -> "Outward":
        from services.gateway.agencies.outward import Outward  # noqa: PLC0415  (httpx)

        return Outward(self.settings)

    async def run(self) -> None:
        """One session: a round whenever something may have changed, and once a second."""
        async with session(self.url, "push") as connection:
            alone = False
            try:
                while True:
                    news = self.live.news
                    alone = alone or await connection.fetchval(ALONE, LOCK)
                    if alone:
                        await self.round(connection)
                    await asyncio.sleep(SHORTEST_PAUSE)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(news.wait(), TAKEOVER_SECONDS / 4)
            finally:
                PAUSED.set(0)

    async def round(self, connection: DriverConnection) -> None:
        """Whoever's time has come is told, all at once: one that hangs holds up the others for the time of an attempt,
        and then less and less often."""
        rows = await connection.fetch(PUSHES)
        PAUSED.set(sum(push["state"] == "paused" for push in rows))
        due = [push for push in rows if push["due"]]
        told = [(push, notice) for push in due if (notice := await _notice(connection, push))]
        for attempt in await kept(connection, self._attempts(told)) if told else ():
            await self._settle(connection, attempt)
        if monotonic() - self.forgotten_at > EVERY_SECONDS:
            await self._forget(connection)
            self.forgotten_at = monotonic()

    async def _attempts(self, told: Sequence[tuple[Any, Notice]]) -> list[Attempt]:
        return await asyncio.gather(*(self._attempt(push, notice) for push, notice in told))

    async def _attempt(self, push: Any, notice: Notice) -> Attempt:
        at, began = datetime.now(UTC), monotonic()
        old = push["old_until"] and push["old_until"] > at
        keys = [push["secret"], push["old_secret"]] if old else [push["secret"]]
        answer = await self.outward.post(push["url"], notice.body, signed(notice, keys, at))
        return Attempt(push, notice, at, answer, round((monotonic() - began) * 1000))

    async def _settle(self, connection: DriverConnection, done: Attempt) -> None:
        agency, id_, status = done.push["agency"], done.notice.id, done.answer.status
        confirmed = status is not None and 200 <= status < 300
        number = done.push["attempts"] + 1
        wait = None if status == 410 else pause(number, random.random())
        async with connection.transaction():
            if confirmed:
                least = timedelta(seconds=self.settings.push_seconds)
                await connection.execute(CONFIRMED, agency, id_, least)
            elif wait:
                await connection.execute(FAILED, agency, id_, wait, number)
            else:
                state = "gone" if status == 410 else "paused"
                await connection.execute(ENDED, agency, id_, state, number)
                log.warning("push_ended", agency=agency, state=state)
            await connection.execute(
                LOGGED, agency, id_, number, done.at, status, done.answer.fault, done.ms
            )
        NOTICES.labels("confirmed" if confirmed else "failed").inc()

    async def _forget(self, connection: DriverConnection) -> None:
        before = datetime.now(UTC) - timedelta(days=self.settings.push_log_days)
        while await connection.execute(FORGOTTEN, before, CHUNK) == f"DELETE {CHUNK}":
            pass


async def _notice(connection: DriverConnection, push: Any) -> Notice | None:
    """The one that waits for its answer, or a new one if there is news; none to whom nothing is granted."""
    agency = push["agency"]
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        scopes = (await in_force(connection, agency)).scopes
        if not scopes:
            return None
        if push["notice"]:
            return Notice(push["notice"], push["notice_at"], push["notice_until"])
        news, place = await _look(connection, scopes, push["seen"])
    if news:
        notice = Notice(f"msg_{uuid7()}", datetime.now(UTC), place)
        return notice if await connection.fetchval(BEGUN, agency, *notice) else None
    if place != push["seen"]:
        await connection.execute(LOOKED, agency, place)
    return None


async def _look(
    connection: DriverConnection, scopes: Sequence[Scope], seen: str | None
) -> tuple[bool, str]:
    """Whether the feed has something behind `seen`, or its reader would need a new snapshot; and the cursor of its
    end, or how far it was looked through."""
    try:
        positions = cursor.read(seen, EVERYTHING, scopes) if seen else {}
        found = await page(connection, scopes, EVERYTHING, positions, 1)
        if not found.events:
            return False, cursor.written(found.positions, EVERYTHING, scopes)
    except (SnapshotNeeded, InvalidCursor):
        pass
    found = await newest(connection, scopes)
    return True, cursor.written(found.positions, EVERYTHING, scopes)
