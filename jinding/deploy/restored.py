"""What a server that came back from a backup needs before any service starts: a new epoch."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import asyncpg

from jinding.deploy.erasures import Ledger, erase_again
from services.chassis.eventlog.port import EventLog
from services.gateway.projections.records import NAME

MARKER = "jinding.restored"
"""A file beside the data, put there by the restore; it names that restore."""

RESTORE = "select pg_read_file($1, 0, 200, true)"
BEGUN = "select shobj_description(oid, 'pg_database') from pg_database where datname = $1"
RAISED = "insert into epoch (number) select max(number) + 1 from epoch returning number"
AGAIN = "insert into unpublished select lane, id from outbox on conflict do nothing"
READ = "select distinct topic, log_identity from consumer_offset where consumer <> $1"
SKIPPED = """
    update consumer_offset set next_offset = $4, stopped_at = null
    where consumer <> $5 and topic = $1 and partition = $2 and log_identity = $3"""


class Begun(NamedTuple):
    """The epoch, and how many people were erased again."""

    epoch: int
    erased: int


async def begin_epoch(
    connection: asyncpg.Connection, log: EventLog, restore: str, ledger: Ledger
) -> Begun:
    """Raise the epoch of a service's database, once for each `restore`, and erase again whom the `ledger` names:
    neither is there without the other, and no service starts without them.

    All that the outbox holds is published again, and known by its id: to a new log that gives its content, and
    to each subscriber what it had not read when the backup was made. In a log that outlived the databases there
    is also what was published after the backup, of which no service knows any more: its subscribers go on behind
    that. (The gateway reads it, into the archive; its figures are those of the new epoch's snapshots.)
    """
    moves = await _ends(connection, log)
    async with connection.transaction():
        if await _begun(connection) == restore:
            return Begun(int(await connection.fetchval("select max(number) from epoch")), 0)
        await connection.executemany(SKIPPED, moves)
        await connection.execute(AGAIN)
        quoted = restore.replace("'", "''")
        name = await connection.fetchval("select current_database()")
        await connection.execute(f"comment on database {name} is '{quoted}'")
        erased = await erase_again(connection, ledger)
        return Begun(int(await connection.fetchval(RAISED)), erased)


async def unfinished(connection: asyncpg.Connection, services: Iterable[str]) -> str | None:
    """The restore after which these databases did not all begin an epoch, if there is one. Superusers only."""
    restore: str | None = await connection.fetchval(RESTORE, MARKER)
    if restore is None:
        return None
    begun = [await connection.fetchval(BEGUN, name) for name in services]
    return None if all(told == restore for told in begun) else restore


async def _begun(connection: asyncpg.Connection) -> str | None:
    told: str | None = await connection.fetchval(
        BEGUN, await connection.fetchval("select current_database()")
    )
    return told


async def _ends(connection: asyncpg.Connection, log: EventLog) -> list[tuple[Any, ...]]:
    read: Mapping[str, str] = {
        row["topic"]: row["log_identity"] for row in await connection.fetch(READ, NAME)
    }
    same = [topic for topic, identity in read.items() if await log.identity(topic) == identity]
    ends = await log.ends(same) if same else {}
    return [(*at, read[at.topic], end, NAME) for at, end in ends.items()]
