"""Reading the files of records: what is missing, and what a record's detail tells."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.attachments.declared import WHOLE, AttachmentOut
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


async def found(connection: AsyncConnection, id: UUID) -> Attachment | None:
    statement = select(Attachment).where(col(Attachment.id) == id)
    file: Attachment | None = (await connection.run_sync(load_rows, statement)).get(id)
    return file


async def told(connection: AsyncConnection, noun: str, id: UUID) -> dict[str, Any]:
    """`attachments` and `missing`, as the detail of a record tells them."""
    of = col(Attachment.aggregate_id) == id, col(Attachment.noun) == noun
    in_turn = col(Attachment.declared_at), col(Attachment.id)
    statement = select(Attachment).where(*of).order_by(*in_turn)
    files = (await connection.run_sync(load_rows, statement)).values()
    missing = [file.id for file in files if file.state not in WHOLE]
    return {"attachments": [out(file) for file in files], "missing": missing}


def out(file: Attachment) -> AttachmentOut:
    return AttachmentOut.model_validate(file, from_attributes=True)
