"""Reading the files of records: what is missing, and what a record's detail tells."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.attachments.declared import WHOLE
from services.chassis.attachments.table import Attachment
from services.chassis.database import driver
from services.chassis.errors import Conflict
from services.chassis.operation import Call, Item
from services.chassis.unit import load_rows

MISSING = """
    select aggregate_id, array_agg(id) as ids from attachment
    where aggregate_id = any($1::uuid[]) and noun = $2 and state <> all($3::text[]) group by 1"""


class AttachmentsMissing(Conflict):
    """证据未齐: a step that rests on evidence waits for the files that were declared."""

    def __init__(self, ids: Collection[UUID]) -> None:
        told = ", ".join(sorted(map(str, ids)))
        super().__init__(f"附件尚未收齐：{told}。", f"Declared files have not come whole: {told}.")


class Evidence(dict[UUID, list[UUID]]):
    """Which files of which records are missing: what an operation is `given` that rests on them."""

    def require_whole(self, call: Call) -> None:
        """Those count too that this very run has declared for the record."""
        if missing := [*self.get(call.id, ()), *call.awaited]:
            raise AttachmentsMissing(missing)


async def evidence(connection: AsyncConnection, items: Sequence[Item]) -> Evidence:
    told = [item.id for item in items], items[0].operation.noun.name, [*WHOLE]
    return Evidence(map(tuple, await (await driver(connection)).fetch(MISSING, *told)))


async def found(connection: AsyncConnection, model: Any, id: UUID, *conditions: Any) -> Any:
    statement = select(model).where(model.id == id, *conditions)
    return (await connection.run_sync(load_rows, statement)).get(id)


async def told(connection: AsyncConnection, noun: Any, row: Any, caller: Any) -> dict[str, Any]:
    """`attachments` and `missing`, as the detail of a record tells them."""
    of = col(Attachment.aggregate_id) == row.id, col(Attachment.noun) == noun.name
    in_turn = col(Attachment.declared_at), col(Attachment.id)
    statement = select(Attachment).where(*of).order_by(*in_turn)
    files = (await connection.run_sync(load_rows, statement)).values()
    missing = [file.id for file in files if file.state not in WHOLE]
    return {"attachments": [noun.files.shown(f, row, caller) for f in files], "missing": missing}
