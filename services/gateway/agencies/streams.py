"""Fills the agencies' streams: what is granted of a topic in part, as a topic of the agency's own (docs/adr/0010).

Copies the records of the archive that the feed would answer, byte for byte, of one aggregate in order, at least
once; what is sent again was sent just so. One sender at a time, whoever holds the lock. Places are kept in the
gateway's database, in the transaction in which the log has acknowledged.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import structlog

from services.chassis.database import DriverConnection
from services.chassis.eventlog.port import EventLog, Record, TopicMissing
from services.chassis.session import kept, session
from services.gateway.agencies import cursor, feed, sent
from services.gateway.agencies.cursor import EVERYTHING
from services.gateway.agencies.grants import Granted, in_force
from services.gateway.agencies.scope import stream_of, widened
from services.gateway.agencies.sent import Aggregate, At, Known, known_of
from services.gateway.agencies.stream_log import Trim, record_in, tombstones
from services.gateway.agencies.stretches import SCANNED
from services.gateway.projections.records import NAME

log = structlog.get_logger()
LOCK = 0x4A44_0006
POLL_SECONDS = 1.0
REST = 2
"""As many times as long as a round took, however long, before the next one: the projection has the same process."""
BATCH = 500
PAGE = SCANNED
"""Whatever fits of what is looked through: a smaller page would look through the rest again."""
ARCHIVED = """
    select concat_ws('/', (select sum(next_offset) from consumer_offset where consumer = $1),
        (select sum(version) from folded))"""
"""Another one whenever something was archived, or a card changed."""


class GrantsMoved(Exception):
    """Something else is granted now than when it was looked up: look again."""


class Streams:
    def __init__(self, url: str, event_log: EventLog, trim: Trim) -> None:
        self.url, self.event_log, self.trim = url, event_log, trim
        self._clear()

    def _clear(self) -> None:
        self.identities: dict[str, str | None] = {}
        self.missing: set[str] = set()
        self.sweeps: dict[str, tuple[str, Aggregate | None]] = {}
        self.quiet: dict[str, str] = {}

    async def run(self) -> None:
        """One session: fill until something fails; who does not get the lock waits for it."""
        self._clear()
        async with session(self.url, "streams") as connection:
            mine, clock = False, asyncio.get_running_loop().time
            while True:
                began = clock()
                mine = mine or await connection.fetchval("select pg_try_advisory_lock($1)", LOCK)
                more = mine and await self.round(connection)
                rest = REST * (clock() - began) if more else POLL_SECONDS
                await kept(connection, asyncio.sleep(rest))

    async def round(self, connection: DriverConnection) -> bool:
        """One step for each agency; whether there may be more to do."""
        archived: str = await connection.fetchval(ARCHIVED, NAME)
        more = False
        for row in await connection.fetch("select id from agency order by id"):
            try:
                more |= await self._step(connection, row["id"], archived)
            except GrantsMoved:
                more = True
            except TopicMissing as missing:  # until `jinding partners sync`
                self.identities.pop(row["id"], None)
                if row["id"] not in self.missing:
                    log.warning("stream_missing", topic=str(missing))
                    self.missing.add(row["id"])
        return more

    async def _step(self, connection: DriverConnection, agency: str, archived: str) -> bool:
        granted, known = await in_force(connection, agency), await known_of(connection, agency)
        if known is None and not granted.scopes:
            return False
        if known is None or known.granted != granted.text or agency not in self.identities:
            self.identities[agency] = await self._identity(connection, agency, granted)
        identity = self.identities[agency]
        if known is None or known[:2] != (granted.text, identity):
            await self._begin(connection, agency, granted, identity, known)
            return True
        if identity is None or self.quiet.get(agency) == archived:
            return False
        if gone := await sent.due(connection, agency, BATCH):
            await self._bury(connection, agency, granted, gone)
            return True
        more = await self._copy(connection, agency, granted, known)
        if await self._sweep(connection, agency, granted, archived) and not more:
            self.quiet[agency] = archived
        return more

    async def _identity(
        self, connection: DriverConnection, agency: str, granted: Granted
    ) -> str | None:
        """Of the stream's topic. There need be none where nothing is streamed."""
        try:
            return await kept(connection, self.event_log.identity(stream_of(agency)))
        except TopicMissing:
            if granted.streamed:
                raise
            return None

    async def _begin(
        self,
        connection: DriverConnection,
        agency: str,
        granted: Granted,
        identity: str | None,
        known: Known | None,
    ) -> None:
        """What is granted has changed, or the topic is another one. Where something more is granted, it is sent from the
        beginning of the archive. Else the stream is emptied, so that nothing of what it held can be read any more, and
        begins anew, with a tombstone for whatever is lost."""
        log.info("stream_begins", agency=agency, topic=identity)
        async with self._unchanged(connection, agency, granted):
            if known and not (
                known.log_identity == identity and widened(known.scopes, granted.scopes)
            ):
                await self._empty(connection, agency, identity)
                await self._lose(connection, agency, granted, known)
            if granted.scopes:
                await sent.begin(connection, agency, granted.text, identity)
            else:
                await sent.end(connection, agency)
        self.quiet.pop(agency, None)

    async def _empty(self, connection: DriverConnection, agency: str, identity: str | None) -> None:
        if identity is not None:
            ends = await kept(connection, self.event_log.ends([stream_of(agency)]))
            await kept(connection, self.trim({at: end for at, end in ends.items() if end}))

    async def _lose(
        self, connection: DriverConnection, agency: str, granted: Granted, known: Known
    ) -> None:
        types = {scope.types for scope in (*known.scopes, *granted.scopes)}
        others = known.granted != granted.text and len(types) > 1  # other versions of an aggregate
        await sent.once_more(connection, agency, buried=others)
        if granted.streamed or known.log_identity:
            await sent.lose(connection, agency, granted.scopes, known.scopes)

    async def _bury(
        self,
        connection: DriverConnection,
        agency: str,
        granted: Granted,
        gone: Sequence[Aggregate],
    ) -> None:
        async with self._unchanged(connection, agency, granted):
            ids = [each.id for each in gone]
            await self._send(connection, tombstones(stream_of(agency), ids))
            await sent.bury(connection, agency, gone)

    async def _copy(
        self, connection: DriverConnection, agency: str, granted: Granted, known: Known
    ) -> bool:
        """A page of the archive; whether there may be another one."""
        if not granted.streamed:
            return False
        at = cursor.read(known.cursor, EVERYTHING, granted.streamed) if known.cursor else {}
        async with connection.transaction(isolation="repeatable_read"):
            found = await feed.look(connection, granted.streamed, EVERYTHING, at, PAGE)
            of = {_aggregate(row) for row in found.rows}
            visible = await sent.seen(connection, granted.scopes, of) if of else of
            places = await sent.intend(connection, agency, visible) if of else {}
        records = _news(agency, found.rows, places)
        reached = cursor.written(found.positions, EVERYTHING, granted.streamed)
        if records or reached != known.cursor:
            async with self._unchanged(connection, agency, granted):
                await self._send(connection, records)
                await sent.move(connection, agency, places)
                await connection.execute(
                    "update agency_stream set cursor = $2 where agency = $1", agency, reached
                )
        return not found.caught_up

    async def _sweep(
        self, connection: DriverConnection, agency: str, granted: Granted, archived: str
    ) -> bool:
        """Look at some of what was sent, round after round: is it still within what is granted? It may have moved to
        another area, or not exist any more. Whether all of it was looked at since the last news."""
        began, after = self.sweeps.pop(agency, (archived, None))
        some = await sent.following(connection, agency, after, BATCH)
        if lost := set(some) - await sent.seen(connection, granted.scopes, some):
            await sent.mark(connection, agency, lost)
        if len(some) == BATCH:
            self.sweeps[agency] = began, some[-1]
        return len(some) < BATCH and not lost and began == archived

    @asynccontextmanager
    async def _unchanged(
        self, connection: DriverConnection, agency: str, granted: Granted
    ) -> AsyncIterator[None]:
        """A transaction in which just this is granted: whoever changes it waits for the end."""
        async with connection.transaction():
            await connection.execute("select from agency where id = $1 for share", agency)
            if (await in_force(connection, agency)).text != granted.text:
                raise GrantsMoved
            yield

    async def _send(self, connection: DriverConnection, records: Sequence[Record]) -> None:
        if records:
            await kept(connection, self.event_log.append(records))


def _aggregate(row: Any) -> Aggregate:
    return Aggregate(row["noun"], UUID(row["key"].decode()))


def _news(agency: str, rows: Sequence[Any], places: dict[Aggregate, At]) -> list[Record]:
    """What is newer than what was sent of its aggregate; `places` are moved behind it."""
    records = []
    for row in rows:
        of, headers = _aggregate(row), _headers(row)
        at = At(int(headers["ce_epoch"]), int(headers["ce_aggregateversion"]))
        if of in places and places[of] < at:
            places[of] = at
            records.append(record_in(stream_of(agency), of.id, headers, row["value"]))
    return records


def _headers(row: Any) -> Mapping[str, str]:
    told: Mapping[str, str] = json.loads(row["headers"])
    return told
