"""Where each service's audit ended, hour by hour, kept apart from the audits themselves: what they are verified by."""

from collections.abc import Sequence

import structlog
from sqlalchemy.dialects.postgresql import insert

from services.chassis import metrics
from services.chassis.database import Database, driver
from services.chassis.eventlog.port import EventLog, StoredRecord
from services.chassis.reader import LogReader, move
from services.contracts.audit import HeadAnchored
from services.contracts.registry import read
from services.gateway.projections.registry import AUDITS
from services.gateway.tables import audit_anchor

NAME = "gateway-audit"
log = structlog.get_logger()


def reader(database: Database, url: str, event_log: EventLog) -> LogReader:
    """Keeps every anchor that is told."""

    async def settle(records: Sequence[StoredRecord]) -> None:
        found = [row for record in records if (row := _row(record))]
        async with database.transaction() as connection:
            if found:
                await connection.execute(insert(audit_anchor).on_conflict_do_nothing(), found)
            await move(await driver(connection), NAME, records)

    return LogReader(NAME, AUDITS, url, event_log, settle)


def _row(record: StoredRecord) -> dict[str, object] | None:
    headers = dict(record.headers)
    try:
        event = read(headers, record.value)
        if not isinstance(event, HeadAnchored) or event.topic != record.partition.topic:
            raise ValueError
        service, epoch = event.topic.split(".")[1], int(headers["ce_epoch"])
        told = {"seq": event.seq, "hash": bytes.fromhex(event.hash), "at": event.occurred_at}
    except (ValueError, KeyError):
        metrics.INCIDENTS.labels("anchor_unreadable").inc()
        log.error("anchor_unreadable", topic=record.partition.topic, offset=record.offset)
        return None
    return {"service": service, "epoch": epoch, **told}
