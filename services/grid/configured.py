"""Tables of configuration that people keep: rows are entered and changed, never deleted, and the audit tells by whom."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Table, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from services.chassis.answers import unreadable
from services.chassis.audit import Action, Entry
from services.chassis.database import TextNotStorable
from services.chassis.deadlines.calendar import local_day
from services.chassis.decision import OutsideScope
from services.chassis.errors import Conflict, Refusal
from services.chassis.http.whole_tables import Imported
from services.chassis.identity.caller import Caller
from services.chassis.runtime import Runtime
from services.grid.areas.queries import districts

Row = dict[str, Any]
Key = tuple[Any, ...]
Guard = Callable[[Row | None, Row, date], None]
"""(what is known, what is told, today): refuses what would change the past."""


class InForceAlready(Conflict):
    """What was counted by it would be counted otherwise."""

    zh = "该配置已生效，不能更改；请自今日之后的某日起另行设定。"
    en = "It is in force already; set another one from a later day on."
    pointer = "/valid_from"


class MeaningIsFixed(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            "已有代码的含义不能更改，请另设代码。",
            "What a code means is not changed; enter another one.",
            pointer=f"/{name}",
        )


class NamedTwice(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            "另一代码已用于此项。", "Another code has that already.", pointer=f"/{name}"
        )


def fixing(*names: str) -> Guard:
    """What a code means, in its fields `names`, it means for good."""

    def guard(known: Row | None, told: Row, _: date) -> None:
        for name in names:
            if known and known[name] != told[name]:
                raise MeaningIsFixed(name)

    return guard


def from_tomorrow(_: Row | None, told: Row, today: date) -> None:
    """A row is never changed once its day has come, and none is entered for a day that has."""
    if told["valid_from"] <= today:
        raise InForceAlready


async def put_rows(
    runtime: Runtime,
    caller: Caller,
    model: type[SQLModel],
    rows: Sequence[BaseModel],
    guard: Guard = lambda *_: None,
    *,
    once: str | None = None,
) -> Imported:
    """All of them or none. Of two rows with one key the later one holds; the audit names the keys that changed. A row of
    an area is entered by who covers it, one of no area by who covers the district. `guard` judges those that are new
    or differ; its refusal names the row. No two rows of the table have one value `once`."""
    if wrong := unreadable([row.model_dump(mode="json") for row in rows], "/rows"):
        raise TextNotStorable(pointer=wrong)
    table: Table = model.__table__  # type: ignore[attr-defined]
    keys = [column.name for column in table.primary_key]
    told = {tuple(row[key] for key in keys): row for row in (r.model_dump() for r in rows)}
    places = {tuple(getattr(row, key) for key in keys): n for n, row in enumerate(rows)}
    today = local_day(datetime.now(UTC))
    async with runtime.database.transaction() as connection:
        # one import after the other: what another one is about to enter, no guard would see
        await connection.execute(text(f"lock table {table} in share row exclusive mode"))
        _require_scope(caller, rows, await districts(connection, today))
        place = tuple_(*table.primary_key)
        found = await connection.execute(select(table).where(place.in_(list(told))))
        known = {tuple(row[key] for key in keys): dict(row) for row in found.mappings()}
        changed = {key: row for key, row in told.items() if known.get(key) != row}
        for key, row in changed.items():
            try:
                guard(known.get(key), row, today)
            except Refusal as refusal:
                refusal.pointer = f"/rows/{places[key]}{refusal.pointer}"
                raise
        if changed:
            statement = insert(table).values([changed[key] for key in sorted(changed)])
            rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
            await connection.execute(
                statement.on_conflict_do_update(index_elements=keys, set_=rest)
            )
            if once:
                await _require_once(connection, table, once, changed, places)
            names = tuple("/".join(map(str, key)) for key in sorted(changed))
            entry = Entry(Action.CONFIGURED, table.name, None, fields=names)
            await runtime.audit.record(connection, caller, entry)
    created = len(changed.keys() - known.keys())
    return Imported(
        created=created, changed=len(changed) - created, unchanged=len(told) - len(changed)
    )


async def _require_once(
    connection: AsyncConnection,
    table: Table,
    name: str,
    changed: Mapping[Key, Row],
    places: Mapping[Key, int],
) -> None:
    column = table.c[name]
    twice = select(column).where(column.is_not(None)).group_by(column).having(func.count() > 1)
    shared = {*(await connection.scalars(twice))}
    for key, row in changed.items():
        if row[name] in shared:
            refusal = NamedTwice(name)
            refusal.pointer = f"/rows/{places[key]}{refusal.pointer}"
            raise refusal


def _require_scope(caller: Caller, rows: Sequence[BaseModel], whole: Sequence[str]) -> None:
    for n, row in enumerate(rows):
        of = getattr(row, "area_code", "")
        for code in [of] if of else whole:
            if not caller.covers(code):
                refusal = OutsideScope(code)
                refusal.pointer = f"/rows/{n}/area_code" if of else f"/rows/{n}"
                raise refusal
