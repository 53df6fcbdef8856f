"""How a running service writes its audit."""

import asyncio
from collections import deque
from itertools import islice

import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.audit.chain import Chain
from services.chassis.audit.entry import Entry, Record, record_of
from services.chassis.database import Database, DriverConnection, driver
from services.chassis.identity.caller import Caller, job
from services.chassis.privacy import keyring
from services.chassis.settings import ServiceSettings
from services.contracts.codes_audit import Action

log = structlog.get_logger()
GATHER_SECONDS = 0.25
STOP_SECONDS = 5.0
AT_ONCE = 500
MOST = 10_000
LEFT_OUT = Counter("audit_left_out_total", "Notes that found no room; the audit holds their number")


def opened(service: str, settings: ServiceSettings, database: Database) -> "Audit":
    """The audit of a service that starts, under the keys of its keyring."""
    return Audit(database, Chain(service, keyring.load(settings.keyring_file).audit))


class Audit:
    """`record` writes in the caller's transaction: either both stay or neither. `note` is for what has none."""

    def __init__(self, database: Database, chain: Chain) -> None:
        self.database, self.chain = database, chain
        self.left_out = 0
        self._noted: deque[Record] = deque()
        self._news = asyncio.Event()

    async def record(
        self, connection: AsyncConnection | DriverConnection, caller: Caller, *entries: Entry
    ) -> None:
        """Every other writer waits until the transaction ends: write it last."""
        raw = await driver(connection) if isinstance(connection, AsyncConnection) else connection
        await self.chain.append(raw, [record_of(caller, entry) for entry in entries])

    async def note(self, caller: Caller, entry: Entry) -> None:
        """Written within a second, and at a stop; only a kill can lose it. What finds no room is counted."""
        if len(self._noted) < MOST:
            self._noted.append(record_of(caller, entry))
        else:
            self.left_out += 1
            LEFT_OUT.inc()
        self._news.set()

    async def run(self) -> None:
        """Background work: what was noted, some at a time."""
        await self._news.wait()
        await asyncio.sleep(GATHER_SECONDS)
        await self.flush()

    async def flush(self) -> None:
        """Write what was noted; what could not be written waits for the next time."""
        self._news.clear()
        try:
            while self._noted or self.left_out:
                some, left_out = list(islice(self._noted, AT_ONCE)), self.left_out
                await self._write(some, left_out)
                self.left_out -= left_out
                for _ in some:
                    self._noted.popleft()
        except BaseException:
            self._news.set()
            raise

    async def stop(self) -> None:
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.flush()
        except Exception as error:
            lost = len(self._noted) + self.left_out
            log.error("audit_lost", notes=lost, reason=type(error).__name__)

    async def _write(self, records: list[Record], left_out: int) -> None:
        if left_out:
            counted = Entry(Action.LEFT_OUT, "audit", None, outcome=str(left_out))
            records = [*records, record_of(job(self.chain.service), counted)]
        async with self.database.transaction() as connection:
            await self.chain.append(await driver(connection), records)
