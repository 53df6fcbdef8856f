"""One statement that writes what a run of operations decided: kept answers, rows, events and clocks.

Everything hangs on the answers: rows, events and clocks are written only if every key was won, so a twin
that is faster costs nothing and is answered from what it kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql.base import PGDialect

from services.chassis import outbox
from services.chassis.database import DriverConnection, as_rows, recordset
from services.chassis.tables import answer, clock

_EVENT_KEY = itemgetter(*map(list(outbox.COLUMNS).index, ("topic", "aggregate_id", "version")))
# Else the whole statement fails, also where it is its own transaction: the keys that were won must not stay.
_ONLY_IF = "1 / ((select count(*) from won) = ${})::int"
PATIENCE = "5s"
"""How long a run waits for a lock, a twin's key included."""
Place = tuple[str, UUID]
"""Where a row is found: its noun's name and its id."""


@dataclass
class Changes:
    """What is to be written. One final state per row; `created` says which rows are new."""

    rows: dict[Place, Any] = field(default_factory=dict)
    created: set[Place] = field(default_factory=set)
    answers: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    clocks: dict[tuple[str, UUID, str], tuple[Any, ...]] = field(default_factory=dict)
    gone: list[UUID] = field(default_factory=list)
    """People to whom no row refers any more."""
    declared: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)


class KeysLost(Exception):
    """A twin with the same key came first; nothing was written."""


async def flush(connection: DriverConnection, changes: Changes, patience: str = PATIENCE) -> None:
    """Write all of it, or raise `KeysLost` or asyncpg's error, also when somebody holds what it needs for
    longer than `patience`."""
    groups: dict[tuple[Table, bool], list[Any]] = {}
    for place, row in changes.rows.items():
        groups.setdefault((row.__table__, place in changes.created), []).append(row)
    shape = tuple(sorted(groups, key=lambda group: (group[0].name, group[1])))
    # All is sorted, since everything unique is also locked: whichever part PostgreSQL writes first, two
    # overlapping batches meet in the same order and do not deadlock.
    answers, events = sorted(changes.answers), sorted(changes.events, key=_EVENT_KEY)
    clocks = sorted(changes.clocks.values(), key=lambda c: c[:3])
    arguments = [patience, as_rows(_types(answer), answers), len(answers)]
    arguments += as_rows(outbox.COLUMNS, events), as_rows(_types(clock), clocks)
    for group in shape:
        columns, rows = _types(group[0]), sorted(groups[group], key=attrgetter("id"))
        arguments.append(as_rows(columns, map(itemgetter(*columns), map(vars, rows))))
    if changes.gone:
        arguments.append(sorted(changes.gone))
    try:
        await connection.fetchval(_statement(shape, bool(changes.gone)), *arguments)
    except asyncpg.DivisionByZeroError as error:
        raise KeysLost from error


@cache
def _types(table: Table) -> dict[str, str]:
    dialect = PGDialect()  # type: ignore[no-untyped-call]
    return {
        str(column.name): str(column.type.compile(dialect)).partition("(")[
            0
        ]  # a length would cut in silence
        for column in table.columns
        if column.server_onupdate is None  # the database writes it
    }


@cache
def _statement(shape: tuple[tuple[Table, bool], ...], people_go: bool) -> str:
    place = iter(range(1, 10_000))

    def insert(table: Table, types: dict[str, str], only: str = "verdict where all_won") -> str:
        into = f"insert into {_named(table)} ({_list(types)})"
        return f"{into} select {_list(types, 'd.')} from {recordset(types, next(place))}, {only}"

    parts = [
        f"patience as materialized (select set_config('lock_timeout', ${next(place)}, true))",
        f"won as ({insert(answer, _types(answer), 'patience')} on conflict do nothing returning 1)",
        f"verdict as (select 1 = {_ONLY_IF.format(next(place))} as all_won from patience)",
        f"events as ({insert(outbox.outbox, outbox.COLUMNS)} returning lane, id)",
        "queued as (insert into unpublished (lane, id) select lane, id from events)",
        f"clocks as ({insert(clock, _types(clock))} on conflict (noun, aggregate_id, kind) do update "
        "set due_at = excluded.due_at, stopped_at = excluded.stopped_at, "
        "fired_at = excluded.fired_at, held_by = coalesce(excluded.held_by, clock.held_by))",
    ]
    for number, (table, is_new) in enumerate(shape):
        types = _types(table)
        if is_new:
            parts.append(f"rows_{number} as ({insert(table, types)})")
        else:
            assignments = ", ".join(f'"{c}" = d."{c}"' for c in types if c != "id")
            parts.append(
                f"rows_{number} as (update {_named(table)} r set {assignments} "
                f"from {recordset(types, next(place))}, verdict where all_won and r.id = d.id)"
            )
    if people_go:
        parts.append(f"gone as (delete from person where id = any(${next(place)}::uuid[]))")
    return f"with {', '.join(parts)} select all_won from verdict"


def _named(table: Table) -> str:
    return ".".join(f'"{part}"' for part in (table.schema, table.name) if part)


def _list(columns: Iterable[str], of: str = "") -> str:
    return ", ".join(f'{of}"{column}"' for column in columns)
