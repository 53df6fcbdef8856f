"""Where an agency is told that there is news, and how that goes: set by an operator, read by both.

The secret must sign, so it is kept as it is, not as a digest: whoever reads the gateway's database could forge notices,
which tell nothing and open nothing.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel

from services.chassis.audit import Action, Audit, Entry
from services.chassis.database import DriverConnection
from services.chassis.errors import NotFound
from services.chassis.identity.caller import Caller
from services.contracts.roles import OPERATOR
from services.gateway.agencies.held import held
from services.gateway.agencies.notices import OVERLAP, Fault, new_secret, shown

SET = """
    insert into agency_push (agency, url, secret, set_at, set_by, state, state_at, attempts, next_at)
    values ($1, $2, $3, now(), $4, 'on', now(), 0, now())
    on conflict (agency) do update set url = excluded.url, set_at = now(), set_by = excluded.set_by,
        state = 'on', state_at = now(), attempts = 0, next_at = now()
    returning secret = $3"""
ROTATE = """
    update agency_push set old_secret = secret, old_until = now() + $3, secret = $2, set_at = now(), set_by = $4
    where agency = $1 returning true"""
DELIVERIES = """
    select id, notice, attempt, at, status, fault, ms from agency_delivery
    where agency = $1 and ($2::bigint is null or id < $2) order by id desc limit $3"""


class PushOut(BaseModel):
    """`paused`: eight attempts failed within a day; `gone`: the receiver answered 410. Either ends when an operator
    sets the address again. `unconfirmed_since`: of the notice that was not yet answered with 2xx, after so many
    `attempts`; `next_at` is the earliest time of the next one."""

    url: str
    state: Literal["on", "paused", "gone"]
    state_at: datetime
    unconfirmed_since: datetime | None
    attempts: int
    next_at: datetime | None
    old_secret_until: datetime | None


class DeliveryOut(BaseModel):
    """An attempt: the `status` that was answered, or the `fault` that left us without an answer. `notice` is its
    `webhook-id`; `ms` how long it took."""

    id: int
    notice: str
    attempt: int
    at: datetime
    status: int | None
    fault: Fault | None
    ms: int


class Pushes:
    """In the name of `by`."""

    def __init__(self, audit: Audit, by: str) -> None:
        self.audit, self.database, self.by = audit, audit.database, by

    async def to(self, agency: str, url: str) -> str | None:
        """Tell the agency there from now on, whatever became of it before. Its secret, if it had none."""
        async with held(self.database, agency) as raw:
            secret = new_secret()
            made = await raw.fetchval(SET, agency, url, secret, self.by)
            await self._told(raw, agency, "set")
        return shown(secret) if made else None

    async def rotate(self, agency: str, overlap: timedelta = OVERLAP) -> str:
        """A new secret; notices are signed with the one before it too until the overlap is over."""
        async with held(self.database, agency) as raw:
            secret = new_secret()
            if not await raw.fetchval(ROTATE, agency, secret, overlap, self.by):
                raise NotFound
            await self._told(raw, agency, "secret_rotated")
        return shown(secret)

    async def off(self, agency: str) -> None:
        async with held(self.database, agency) as raw:
            await end(raw, agency)
            await self._told(raw, agency, "off")

    async def all(self, agency: str, limit: int) -> tuple[PushOut | None, list[DeliveryOut]]:
        """How it is, and the newest deliveries."""
        async with held(self.database, agency) as raw:
            return await state(raw, agency), await deliveries(raw, agency, None, limit)

    async def _told(self, raw: DriverConnection, agency: str, how: str) -> None:
        entry = Entry(Action.CONFIGURED, "agency_push", None, fields=(agency,), outcome=how)
        await self.audit.record(raw, Caller(self.by, frozenset({OPERATOR})), entry)


async def end(connection: DriverConnection, agency: str) -> None:
    """No more notices; the secret is forgotten."""
    await connection.execute("delete from agency_push where agency = $1", agency)


async def state(connection: DriverConnection, agency: str) -> PushOut | None:
    row = await connection.fetchrow("select * from agency_push where agency = $1", agency)
    return _out(row) if row else None


def _out(row: Any) -> PushOut:
    waits = row["notice"] is not None and row["state"] == "on"
    return PushOut(
        url=row["url"],
        state=row["state"],
        state_at=row["state_at"],
        unconfirmed_since=row["notice_at"],
        attempts=row["attempts"],
        next_at=row["next_at"] if waits else None,
        old_secret_until=row["old_until"],
    )


async def deliveries(
    connection: DriverConnection, agency: str, before: int | None, limit: int
) -> list[DeliveryOut]:
    """The newest first."""
    rows = await connection.fetch(DELIVERIES, agency, before, limit)
    return [DeliveryOut(**row) for row in rows]
