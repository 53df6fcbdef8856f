"""The jobs in the database: asked for, taken up by one worker at a time, ended, expired."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from uuid_utils.compat import uuid7

from services.chassis.answers import KeyReused
from services.chassis.audit import Action, Entry
from services.chassis.database import DriverConnection, as_json, driver
from services.chassis.errors import NotFound, TooManyRequests
from services.chassis.identity.caller import Caller
from services.chassis.privacy.purpose import Reason
from services.chassis.runtime import Runtime
from services.sheets.watermark import watermark

LOCK = 0x4A44_0017
DAYS, FORGOTTEN_DAYS = timedelta(days=30), timedelta(days=90)
LEASE = timedelta(seconds=15)
ATTEMPTS = 5
WAITING = 50
"""At most, of all callers together."""

OPEN = """
    select count(*) filter (where subject = $1) < $2 and count(*) < $3 from export_job
    where state in ('QUEUED', 'RUNNING')"""
ASK = """
    insert into export_job (id, subject, caller, key, body_hash, list, format, language, purpose, filters,
        asked_at, state, rows, attempt)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'QUEUED', 0, 0) returning *"""
OWN = """
    select *, case when state = 'DONE' and expires_at <= now() then 'EXPIRED' else state end as state
    from export_job where subject = $1 and id = coalesce($2, id) order by asked_at desc limit $3"""
CANCEL = """
    update export_job set state = 'CANCELLED', finished_at = coalesce(finished_at, now())
    where id = $1 and state in ('QUEUED', 'RUNNING', 'DONE')"""
CLAIM = """
    update export_job set state = 'RUNNING', attempt = attempt + 1, rows = 0,
        started_at = $1, lease_until = $1::timestamptz + $2::interval
    where id = (
        select id from export_job
        where state = 'QUEUED' or (state = 'RUNNING' and lease_until < $1 and attempt < $3)
        order by asked_at limit 1 for update skip locked)
    returning *"""
BEAT = """
    update export_job set rows = $3, lease_until = $4::timestamptz + $5::interval
    where id = $1 and attempt = $2 and state = 'RUNNING' returning true"""
END = """
    update export_job set rows = $3, finished_at = $4, bytes = $5, reason = $6, expires_at = $7,
        state = case when $6::text is null then 'DONE' else 'FAILED' end
    where id = $1 and attempt = $2 and state = 'RUNNING'"""
EXPIRE = "update export_job set state = 'EXPIRED' where state = 'DONE' and expires_at <= $1"
GIVE_UP = """
    update export_job set state = 'FAILED', reason = 'interrupted_too_often', finished_at = $1
    where state = 'RUNNING' and lease_until < $1 and attempt >= $2"""
FORGET = "delete from export_job where asked_at < $1"
WANTED = "select id || '.' || attempt from export_job where state in ('RUNNING', 'DONE')"


class TooManyExports(TooManyRequests):
    zh = "进行中的导出已达上限，请等其完成或取消。"
    en = "As many exports as are allowed are under way; wait for them or cancel one."


class ExportIn(BaseModel):
    """`list`: its name in the API. `filters`: the query parameters of that list, `area` and `scope` among them,
    without `limit` and `after`; several values as an array. `purpose` goes into audit and file. `geojson`: of points."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    list: str
    format: Literal["csv", "xlsx", "geojson"]
    language: Literal["zh", "en"] = "zh"
    purpose: Reason
    filters: dict[str, Any] = {}


class ExportOut(ExportIn):
    """`rows` so far; `reason`: why it failed. The content can be fetched until `expires_at`."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    purpose: str
    state: Literal["QUEUED", "RUNNING", "DONE", "FAILED", "EXPIRED", "CANCELLED"]
    reason: str | None
    rows: int
    bytes: int | None
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None


class Job(ExportOut):
    """Besides: the caller as he was when he asked, and how often somebody has begun it."""

    caller: Caller
    attempt: int

    @property
    def attempted(self) -> str:
        """Names this attempt at it."""
        return f"{self.id}.{self.attempt}"

    def marks(self, rows: int) -> tuple[str, ...]:
        """What the file says of itself."""
        whose, asked = self.caller, (self.filters, self.purpose)
        by = f"{whose.subject} {whose.organisation or ''}"
        return watermark(rows, self.id, by, self.asked_at, whose.areas, *asked)

    def entry(self, action: Action) -> Entry:
        asked = (self.list, self.format, *self.filters)
        return Entry(action, "export", self.id, fields=asked, purpose=self.purpose)

    def is_within(self, now: Caller) -> bool:
        """Whether the caller still has all that this was made for."""
        then = self.caller
        covered = then.roles <= now.roles and all(map(now.covers, then.areas))
        return covered and then.organisation in (None, now.organisation)


async def ask(
    runtime: Runtime, caller: Caller, body: ExportIn, key: str | None, now: datetime
) -> Job:
    """The job, and its audit entry with it; an equal request under the same key is answered with the first."""
    hashed = hashlib.sha256(body.model_dump_json(exclude_defaults=True).encode()).hexdigest()
    found = "select * from export_job where subject = $1 and key = $2"
    async with runtime.database.transaction() as connection:
        raw = await driver(connection)
        await raw.execute("select pg_advisory_xact_lock($1)", LOCK)
        if known := await raw.fetchrow(found, caller.subject, key):
            if known["body_hash"] != hashed:
                raise KeyReused
            return _job(known)
        most = runtime.settings.exports_at_once
        if not await raw.fetchval(OPEN, caller.subject, most, WAITING):
            raise TooManyExports
        as_of_now = as_json(replace(caller, name="", request_id="", emergency=()))
        asked = (body.list, body.format, body.language, body.purpose, as_json(body.filters), now)
        told = (uuid7(), caller.subject, as_of_now, key, hashed, *asked)
        job = _job(await raw.fetchrow(ASK, *told))
        await runtime.audit.record(connection, caller, job.entry(Action.EXPORTED))
    return job


async def all_own(raw: DriverConnection, caller: Caller, limit: int) -> list[Job]:
    return [_job(row) for row in await raw.fetch(OWN, caller.subject, None, limit)]


async def own(raw: DriverConnection, caller: Caller, id: UUID) -> Job:
    """Nobody's but the caller's."""
    if row := await raw.fetchrow(OWN, caller.subject, id, 1):
        return _job(row)
    raise NotFound


async def claimed(raw: DriverConnection, now: datetime) -> Job | None:
    """The oldest that waits, or whose worker is gone; it is ours as long as `beaten` says so."""
    row = await raw.fetchrow(CLAIM, now, LEASE, ATTEMPTS)
    return _job(row) if row else None


async def beaten(raw: DriverConnection, job: Job, rows: int, now: datetime) -> bool:
    return bool(await raw.fetchval(BEAT, job.id, job.attempt, rows, now, LEASE))


async def ended(
    raw: DriverConnection, job: Job, rows: int, now: datetime, size: int | None, reason: str | None
) -> None:
    """Done, or failed for a `reason`; nothing where it is not ours any more."""
    told = (job.id, job.attempt, rows, now, size, reason, None if reason else now + DAYS)
    await raw.execute(END, *told)


async def aged(raw: DriverConnection, now: datetime) -> set[str]:
    """What time does to jobs; answers the attempts whose files are still wanted."""
    await raw.execute(EXPIRE, now)
    await raw.execute(GIVE_UP, now, ATTEMPTS)
    await raw.execute(FORGET, now - FORGOTTEN_DAYS)
    return {row[0] for row in await raw.fetch(WANTED)}


def _job(row: Any) -> Job:
    return Job.model_validate(dict(row))
