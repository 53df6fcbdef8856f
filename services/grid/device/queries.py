"""The changes that a caller is to be told: rows that they see, and what they no longer see."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    case,
    column,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.util import ClauseAdapter
from sqlmodel import col

from services.chassis.database import Instant
from services.grid.device.models import Departure
from services.grid.device.nouns import FOLLOWED, Followed
from services.grid.device.rules import Cursor, Now, Place

NOW = text("select pg_current_snapshot()::text as snapshot, clock_timestamp() as at").columns(
    snapshot=Text, at=Instant
)
# The first condition is for the index; the others alone are right: a transaction may end long after later ones.
WINDOW = """
    {table}.changed_xid >= pg_snapshot_xmin(cast(cast(:since as text) as pg_snapshot))::text::bigint
    and not pg_visible_in_snapshot({table}.changed_xid::text::xid8, cast(cast(:since as text) as pg_snapshot))
    and pg_visible_in_snapshot({table}.changed_xid::text::xid8, cast(cast(:until as text) as pg_snapshot))"""


class Told(NamedTuple):
    """One change: the line of a record as JSON, or None where it is no longer seen."""

    noun: str
    id: UUID
    line: str | None


class Stream(NamedTuple):
    """Rows of id, key and line in the order of key and id; `back`: from the greatest. No statement: no rows."""

    noun: str
    statement: Any
    key: Any
    id: Any
    back: bool = False

    async def behind(
        self, connection: AsyncConnection, place: Place, limit: int
    ) -> list[tuple[UUID, datetime | int, str | None]]:
        if self.statement is None:
            return []
        order, last = tuple_(self.key, self.id), (place.key, place.id)
        ways = [way.desc() if self.back else way for way in (self.key, self.id)]
        statement = self.statement.order_by(*ways).limit(limit)
        if place.key is not None:
            statement = statement.where(order < last if self.back else order > last)
        return [tuple(row) for row in await connection.execute(statement)]


async def now(connection: AsyncConnection, epoch: int) -> Now:
    row = (await connection.execute(NOW)).one()
    return Now(row.snapshot, row.at, epoch)


async def page(
    connection: AsyncConnection, subject: str, cursor: Cursor, limit: int
) -> tuple[list[Told], Cursor]:
    """At most `limit` changes, and the cursor behind them."""
    told: list[Told] = []
    place = cursor.place or Place(0)
    streams = list(_streams(subject, cursor, await _departed(connection, cursor)))
    for number, stream in enumerate(streams[place.stream :], place.stream):
        rows = await stream.behind(connection, place, limit - len(told))
        told += [Told(stream.noun, id, line) for id, _, line in rows]
        if len(told) == limit:
            id, key, _ = rows[-1]
            return told, cursor._replace(place=Place(number, key, id))
        place = Place(number + 1)
    return told, cursor._replace(place=None)


def _streams(subject: str, cursor: Cursor, departed: set[str]) -> Iterator[Stream]:
    """The records, noun after noun, then what has departed, likewise: the same for every page of a round."""
    nouns = [FOLLOWED[name] for name in cursor.nouns]
    for followed in nouns:
        yield _records(followed, subject, cursor)
    for followed in nouns:
        yield _gone(followed, subject, cursor, departed)


def _records(followed: Followed, subject: str, cursor: Cursor) -> Stream:
    model, name = followed.noun.model, followed.noun.name
    seen, line = followed.seen(cursor.sight.seen_by(subject)), _line(followed)
    if not cursor.walks:
        key = model.__table__.c.changed_xid
        statement = select(model.id, key, line).where(seen, _window(model.__tablename__, cursor))
        return Stream(name, statement, key, model.id)
    known = seen
    if cursor.former:
        formerly = followed.seen(cursor.former.seen_by(subject))
        known = or_(seen, and_(formerly, model.created_at <= cursor.told_at))
        line = case((seen, line), else_=null())
    statement = select(model.id, model.created_at, line).where(known)
    return Stream(name, statement, model.created_at, model.id, back=True)


def _gone(followed: Followed, subject: str, cursor: Cursor, departed: set[str]) -> Stream:
    """What the caller saw by what it was, and does not see as it is."""
    model, name = followed.noun.model, followed.noun.name
    key, id_ = col(Departure.changed_xid), col(Departure.aggregate_id)
    if (table := model.__tablename__) not in departed:
        return Stream(name, None, key, id_)
    kept: Any = literal_column(f"null::{table}"), col(Departure.seen_by)
    was = func.jsonb_populate_record(*kept).table_valued(
        *(column(c.name, c.type) for c in model.__table__.c), name="was"
    )
    formerly = followed.seen((cursor.former or cursor.sight).seen_by(subject))
    seen = exists().where(model.id == id_, followed.seen(cursor.sight.seen_by(subject)))
    statement = (
        select(id_, key, null())
        .select_from(Departure.__table__.join(was, true()))  # type: ignore[attr-defined]
        .where(
            col(Departure.noun) == table,
            _window("departure", cursor),
            ClauseAdapter(was, adapt_on_names=True).traverse(formerly),
            ~seen,
        )
    )
    return Stream(name, statement, key, id_)


async def _departed(connection: AsyncConnection, cursor: Cursor) -> set[str]:
    """The tables of which something has departed in this round."""
    if cursor.since is None:
        return set()
    statement = select(col(Departure.noun)).where(_window("departure", cursor)).distinct()
    return set(await connection.scalars(statement))


def _window(table: str, cursor: Cursor) -> ColumnElement[bool]:
    """What `until` shows and `since` does not."""
    told = {"since": cursor.since, "until": cursor.until}
    found: Any = text(WINDOW.format(table=table)).bindparams(**told)
    return found  # type: ignore[no-any-return]


def _line(followed: Followed) -> ColumnElement[Any]:
    """The fields of its line, as JSON."""
    model = followed.noun.model
    facts: list[Any] = []
    for name in followed.line.model_fields:
        facts += [literal_column(f"'{name}'"), getattr(model, name)]
    return func.json_build_object(*facts).cast(Text).label("line")
