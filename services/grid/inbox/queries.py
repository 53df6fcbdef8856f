"""How much of each source waits for a caller, the newest of it, and what of it is new."""

from typing import Any, NamedTuple

from sqlalchemy import Text, and_, false, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.identity.caller import Caller
from services.chassis.identity.policy import allows
from services.grid.inbox.sources import SOURCES
from services.grid.inbox.waiting import Source, Waiting
from services.grid.policy import POLICY

MOST = 1_000
NEW = (
    "not pg_visible_in_snapshot(changed_xid::text::xid8, cast(cast(:since as text) as pg_snapshot))"
)


class Section(NamedTuple):
    """`known`: how many, as far as they were counted. `overdue`: how many of them are late; None where nothing is due.
    `changed`: how many of them `since` did not show; None where that is not asked or not known."""

    known: int
    more: bool
    overdue: int | None
    changed: int | None
    items: list[str]


async def sections(
    connection: AsyncConnection, caller: Caller, since: str | None, rows: int
) -> dict[str, Section]:
    """Those that the caller has the permission for."""
    return {
        source.name: await _section(connection, source, caller, since, rows)
        for source in SOURCES
        if allows(POLICY, caller, source.permission)
    }


async def _section(
    connection: AsyncConnection, source: Source, caller: Caller, since: str | None, rows: int
) -> Section:
    waiting = source.waits(caller)
    count, late, changed = (await connection.execute(_counted(waiting, since))).one()
    parts: list[Any] = []
    for name, column in waiting.fields.items():
        parts += [literal_column(f"'{name}'"), column]
    newest = (
        select(func.json_build_object(*parts).cast(Text))
        .where(waiting.condition)
        .order_by(waiting.newest.desc(), waiting.table.c.id.desc())
        .limit(rows)
    )
    items = (await connection.scalars(newest)).all() if count else []
    return Section(min(count, MOST), count > MOST, late, changed, [*items])


def _counted(waiting: Waiting, since: str | None) -> Any:
    """No further than is shown: to count them all could take long."""
    follows = since is not None and "changed_xid" in waiting.table.c
    column = waiting.table.c.changed_xid if follows else literal_column("1").label("one")
    late = waiting.late if waiting.late is not None else false()
    some = select(column, late.label("late")).select_from(waiting.table).where(waiting.condition)
    found = some.limit(MOST + 1).subquery()
    new: Any = text(NEW).bindparams(since=since) if follows else None
    unknown: Any = literal_column("null::int")
    overdue = unknown if waiting.late is None else func.count().filter(found.c.late)
    changed = func.count().filter(and_(new)) if follows else unknown
    return select(func.count(), overdue, changed).select_from(found)
