"""Import batches, as a run that belongs to one holds them open."""

from uuid import UUID

from services.chassis.database import DriverConnection
from services.chassis.errors import Conflict, NotFound


class ImportUnknown(NotFound):
    zh = "没有该导入批次。"
    en = "No such import batch."


class ImportCompleted(Conflict):
    zh = "该导入批次已完成。"
    en = "This import batch is completed."


async def hold_open(raw: DriverConnection, import_batch_id: UUID) -> None:
    """Refuse unless the batch is open, and keep it so until the transaction ends: whoever completes it
    waits for us, and no clock of ours is held after that."""
    batch = await raw.fetchrow(
        "select completed_at from import_batch where id = $1 for share", import_batch_id
    )
    if batch is None:
        raise ImportUnknown
    if batch["completed_at"] is not None:
        raise ImportCompleted
