"""The end of the chain, told to the event log once an hour: whoever shortens the table does not shorten the log."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import structlog
from uuid_utils.compat import uuid7

from services.chassis import outbox
from services.chassis.audit.recorder import Audit
from services.chassis.database import DriverConnection, as_rows, driver, recordset
from services.contracts.audit import EVERY
from services.contracts.registry import anchors

log = structlog.get_logger()
LOOK_SECONDS = 60.0
HEAD = "select seq, hash from audit order by seq desc limit 1"
LAST = "select max(created_at) from outbox where topic = $1"
TELL = f"""
    with told as (insert into outbox ({", ".join(outbox.COLUMNS)})
        select d.* from {recordset(outbox.COLUMNS)} returning lane, id)
    insert into unpublished (lane, id) select lane, id from told"""


class Head(NamedTuple):
    """The last row, and its hash in hex."""

    seq: int
    hash: str


class Anchors:
    """Of one service, told through its outbox; `committed` wakes the relay."""

    def __init__(self, audit: Audit, epoch: int, committed: Callable[[], None]) -> None:
        self.audit, self.epoch, self.committed = audit, epoch, committed
        self.event = anchors()[audit.chain.service]
        self.last: Head | None = None

    async def run(self) -> None:
        """Background work: one look, and the pause after it."""
        if await self.due():
            await self.anchor()
        await asyncio.sleep(LOOK_SECONDS)

    async def due(self) -> bool:
        async with self.audit.database.connection() as connection:
            raw = await driver(connection)
            last = await raw.fetchval(LAST, self.event.topic)
            head = await _head(raw)
        return head != self.last and (last is None or datetime.now(UTC) - last >= EVERY)

    async def anchor(self) -> Head | None:
        """Tell the log now; None where nothing was audited yet."""
        async with self.audit.database.transaction() as connection:
            raw = await driver(connection)
            head = await _head(raw)
            if head is None:
                return None
            now, id_ = datetime.now(UTC), uuid7()
            event = self.event(occurred_at=now, correlation_id=id_, **head._asdict())
            row = outbox.frozen(event, event.topic, id_, 1, epoch=self.epoch, at=now, trace=None)
            await raw.execute(TELL, as_rows(outbox.COLUMNS, [row]))
        self.committed()
        self.last = head
        log.info("audit_anchored", seq=head.seq, hash=head.hash)
        return head


async def _head(connection: DriverConnection) -> Head | None:
    row = await connection.fetchrow(HEAD)
    return Head(row["seq"], row["hash"].hex()) if row else None
