"""What nobody else ends: files whose check was cut off, those that never came, objects that no row knows."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.chassis import logs
from services.chassis.attachments.upload import Attached
from services.chassis.session import kept, session

EVERY_SECONDS = 60.0
SWEEP_EVERY = timedelta(hours=1)
LOCK = 0x4A44_0011
GIVEN_UP = timedelta(hours=72)
RESTING = timedelta(minutes=2)
"""Since when nobody works at a file any more."""
UNCHECKED = (
    "select id from attachment where state = 'DECLARED' and received = size and touched_at < $1"
)
# It stays on record as missing: no record becomes whole by waiting.
NEVER_CAME = """
    update attachment set state = 'REFUSED', reason = 'not_received', attempt = attempt + 1, parts = '[]',
        received = 0, checked_at = $2
    where state = 'DECLARED' and received < size and touched_at < $1"""
OF_NO_RECORD = """
    delete from attachment a where noun = $1 and declared_at < $2
        and not exists (select from {table} r where r.id = a.aggregate_id)"""
# A whole file; or what may become one: parts of the present attempt, contents not yet on record.
WANTED = """
    select from attachment where id = $1 and (state = 'DECLARED' and attempt = coalesce($2, attempt)
        or state = 'COMPLETE' and $2::int is null)"""
PAGE = 100
WHOLE = f"""
    select id, noun, aggregate_id, content_size from attachment
    where state = 'COMPLETE' and ($1::uuid is null or id > $1) order by id limit {PAGE}"""


class Upkeep:
    def __init__(self, url: str, attached: Attached) -> None:
        self.url, self.attached = url, attached
        self._swept = datetime.min.replace(tzinfo=UTC)

    async def run(self) -> None:
        """One round, unless another does one, and the pause after it."""
        async with session(self.url, "attachments") as connection:
            if await connection.fetchval("select pg_try_advisory_lock($1)", LOCK):
                await kept(connection, self._round(datetime.now(UTC)))
        await asyncio.sleep(EVERY_SECONDS)

    async def _round(self, now: datetime) -> None:
        await self.check(now)
        used = await self.attached.rows("select from attachment limit 1")
        if used and now - self._swept > SWEEP_EVERY:
            await self.sweep(now)
            self._swept = now

    async def check(self, now: datetime) -> None:
        """Files that came whole but were not checked, since the process ended or the store was away."""
        for row in await self.attached.rows(UNCHECKED, now - RESTING):
            try:
                await self.attached.checker.settle(row["id"])
            except Exception as error:  # the others are checked all the same
                logs.surprise("attachment_unchecked", error, attachment=str(row["id"]))

    async def sweep(self, now: datetime) -> None:
        """End what rested for 72 h, and remove what belongs to nothing for as long."""
        before, attached = now - GIVEN_UP, self.attached
        await attached.rows(NEVER_CAME, before, now)
        for noun in attached.nouns.values():
            statement = OF_NO_RECORD.format(table=noun.model.__tablename__)
            await attached.rows(statement, noun.name, before)
        attached.store.remove_unfinished(before)
        async for key, id, attempt in attached.store.all(before):
            if not await attached.rows(WANTED, id, attempt):
                await attached.store.remove(key)


async def lost(attached: Attached, after: UUID | None) -> dict[str, Any]:
    """`lost`: a file, its record, the bytes that it has and those that are there (None: it is not)."""
    rows = await attached.rows(WHOLE, after)
    sizes = await asyncio.gather(*(attached.store.size(row["id"]) for row in rows))
    told = zip(rows, sizes, strict=True)
    missing = [{**row, "size": size} for row, size in told if size != row["content_size"]]
    return {"lost": missing, "next": rows[-1]["id"] if len(rows) == PAGE else None}
