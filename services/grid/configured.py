"""Tables of configuration that people keep: rows are entered and changed, never deleted, and the audit tells by whom."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Table, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel

from services.chassis.audit import Action, Entry
from services.chassis.http.whole_tables import Imported
from services.chassis.identity.caller import Caller
from services.chassis.runtime import Runtime

Row = dict[str, Any]


async def put_rows(
    runtime: Runtime, caller: Caller, model: type[SQLModel], rows: Sequence[BaseModel]
) -> Imported:
    """All of them or none. Of two rows with one key the later one holds; the audit names the keys that changed."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    keys = [column.name for column in table.primary_key]
    told = {tuple(row[key] for key in keys): row for row in (r.model_dump() for r in rows)}
    async with runtime.database.transaction() as connection:
        place = tuple_(*table.primary_key)
        found = await connection.execute(
            select(table)
            .where(place.in_(list(told)))
            .order_by(*table.primary_key)
            .with_for_update()
        )
        known = {tuple(row[key] for key in keys): dict(row) for row in found.mappings()}
        changed = {key: row for key, row in told.items() if known.get(key) != row}
        if changed:
            statement = insert(table).values([changed[key] for key in sorted(changed)])
            rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
            await connection.execute(
                statement.on_conflict_do_update(index_elements=keys, set_=rest)
            )
            names = tuple("/".join(map(str, key)) for key in sorted(changed))
            entry = Entry(Action.CONFIGURED, table.name, None, fields=names)
            await runtime.audit.record(connection, caller, entry)
    created = len(changed.keys() - known.keys())
    return Imported(
        created=created, changed=len(changed) - created, unchanged=len(told) - len(changed)
    )
