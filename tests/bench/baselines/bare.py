"""What the same work costs without a framework: an ASGI function and asyncpg, prepared statements, one pool."""

import json
import os
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import asyncpg
from starlette.types import Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

POOL = 8
REPORT_COLUMNS = (
    "id, version, area_code, correlation_id, occurred_at, created_at, updated_at, late_entry, "
    "import_batch_id, number, status, category, urgency, finder, title, description, place, "
    "enterprise_id, reporter, organisation, handlers, opinion, reported_at, accept_due_at"
)
INSERT_REPORT = f"""insert into report ({REPORT_COLUMNS}) values ($1, 1, $2, $1, $3, $3, $3, false, null,
    $4, 'REPORTED', $5, 'NORMAL', 'RED_MEMBER', $6, $7, $8, null, $9, null, '[]', null, $3, $10)"""
OUTBOX_COLUMNS = "topic, partition, aggregate_id, version, lane, headers, body, created_at"
INSERT_EVENT = f"""insert into outbox ({OUTBOX_COLUMNS})
    values ('jinding.grid.report.v1', $1, $2, 1, $3, $4, $5, $6)"""

PAGE = """select id, number, version, status, area_code, category, urgency, title, organisation, reported_at,
    resolve_due_at, closed_at, late_entry, created_at from report where area_code like $1 and status = $2
    order by created_at desc, id desc limit 51"""


class Application(ABC):
    """Routes by method and first segment; everything else is one function per baseline."""

    pool: asyncpg.Pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == "/readyz":
            await answer(send, 200, b"{}")
        else:
            body = b""
            while True:
                message: Message = await receive()
                body += message.get("body", b"")
                if not message.get("more_body"):
                    break
            await answer(send, *await self.handle(scope, body))

    @abstractmethod
    async def handle(self, scope: Scope, body: bytes) -> tuple[int, bytes]: ...

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.pool = await asyncpg.create_pool(
            os.environ["BENCH_DATABASE"], min_size=POOL, max_size=POOL
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.pool.terminate()
        await send({"type": "lifespan.shutdown.complete"})


async def answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Writes(Application):
    """Two inserts in one transaction, for a body that nobody checks."""

    async def handle(self, scope: Scope, body: bytes) -> tuple[int, bytes]:
        told = json.loads(body)
        id_, now = uuid7(), datetime.now(UTC)
        number = f"GE{told['area_code'][:9]}{id_.hex}"
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(INSERT_REPORT, *report_of(told, id_, now, number))
            await connection.execute(INSERT_EVENT, *event_of(told, id_, now, number))
        receipt = {"id": str(id_), "number": number, "version": 1, "status": "REPORTED"}
        return 201, json.dumps(receipt).encode()


def report_of(told: dict[str, Any], id_: UUID, now: datetime, number: str) -> tuple[Any, ...]:
    area, category, title = told["area_code"], told["category"], told["title"]
    due = now + timedelta(days=2)
    words = title, told["description"], told["place"]
    return id_, area, now, number, category, *words, "somebody", due


def event_of(told: dict[str, Any], id_: UUID, now: datetime, number: str) -> tuple[Any, ...]:
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(uuid7()),
        "ce_source": "/jinding/grid",
        "ce_type": "jinding.grid.report.reported.v1",
        "ce_subject": str(id_),
        "ce_time": now.isoformat(),
        "ce_dataschema": "urn:jinding:event:jinding.grid.report.reported.v1",
        "ce_partitionkey": str(id_),
        "ce_aggregateversion": "1",
        "ce_epoch": "1",
        "content-type": "application/json",
    }
    event = {
        "area_code": told["area_code"],
        "occurred_at": now.isoformat(),
        "correlation_id": str(id_),
        "number": number,
        "category": told["category"],
        "urgency": "NORMAL",
        "finder": "RED_MEMBER",
        "enterprise_id": None,
        "accept_due_at": now.isoformat(),
    }
    place = id_.int % 12, id_, id_.int % 16
    return *place, json.dumps(headers), json.dumps(event).encode(), now


def writes() -> Application:
    return Writes()


class Reads(Application):
    """A page of 50, newest first: the rows as the driver gives them, and the standard library's JSON."""

    async def handle(self, scope: Scope, body: bytes) -> tuple[int, bytes]:
        asked = parse_qs(scope["query_string"].decode())
        area, status = asked["area"][0], asked["status"][0]
        async with self.pool.acquire() as connection:
            rows = await connection.fetch(PAGE, f"{area}%", status)
        items = [dict(row) for row in rows[:50]]
        return 200, json.dumps({"items": items}, default=str, ensure_ascii=False).encode()


def reads() -> Application:
    return Reads()
