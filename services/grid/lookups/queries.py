"""Making codes, and finding what they stand for."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.chassis.audit import Action, Entry
from services.chassis.database import driver
from services.chassis.deadlines.calendar import last_day, local_day
from services.chassis.errors import NotFound
from services.chassis.identity.caller import Caller
from services.chassis.privacy.vault import Vault
from services.chassis.runtime import Runtime
from services.chassis.unit import load_rows
from services.contracts.codes_grid import CODES
from services.grid.lookups.rules import ALPHABET, LASTS, LENGTH, NEXT, CodeNotYours, read, written
from services.grid.lookups.schemas import CodeOut, ProgressOut, Told
from services.grid.reports.models import Report
from services.grid.reports.queries import visible
from services.grid.reports.rules import is_office

KEEP = """
    insert into report_lookup (report_id, digest, made_at) values ($1, $2, $3)
    on conflict (report_id) do update set digest = excluded.digest, made_at = excluded.made_at"""
PROGRESS = """
    select now.status, own.reported_at, now.accepted_at, now.resolve_due_at, now.resolved_at, now.closed_at
    from report_lookup l join report own on own.id = l.report_id
    join report now on now.id = coalesce(own.duplicate_of, own.id)
    where l.digest = $1 and coalesce(now.closed_at, now.cancelled_at, $2) > $2::timestamptz - $3::interval"""


async def make_code(runtime: Runtime, caller: Caller, report_id: UUID, now: datetime) -> CodeOut:
    """A new code for a report of one's own, or of the office's area; a former one stands for nothing any more."""
    statement = select(Report).where(Report.id == report_id, visible(caller))  # type: ignore[arg-type]
    code = drawn()
    async with runtime.database.transaction() as connection:
        report = (await connection.run_sync(load_rows, statement)).get(report_id)
        if report is None:
            raise NotFound
        if report.reporter != caller.subject and not is_office(caller, report.area_code):
            raise CodeNotYours
        raw = await driver(connection)
        await raw.execute(KEEP, report_id, digest_of(runtime.unit.vault, code), now)
        entry = Entry(Action.KEY_MADE, "report", report_id, report.area_code)
        await runtime.audit.record(connection, caller, entry)
    return CodeOut(code=written(code))


def drawn() -> str:
    """Sixty bits from the system's own source."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


async def progress(runtime: Runtime, code: str, now: datetime) -> ProgressOut:
    """One statement, whatever the code."""
    async with runtime.database.statements() as connection:
        raw = await driver(connection)
        row = await raw.fetchrow(PROGRESS, digest_of(runtime.unit.vault, read(code)), now, LASTS)
    if row is None:
        raise NotFound
    return _told(row)


def digest_of(vault: Vault, code: str) -> str:
    """Keyed, so that the database alone gives no code away."""
    return vault.mark("report_lookup", code)


def _told(row: Any) -> ProgressOut:
    status, due = row["status"], row["resolve_due_at"]
    label, following = CODES["report_status"][status], NEXT[status]
    return ProgressOut(
        status=Told(code=status, zh=label.zh, en=label.en),
        next_step=Told(code=status, zh=following.zh, en=following.en),
        reported_on=local_day(row["reported_at"]),
        due_on=due and last_day(due),
        **{
            f"{step}_on": row[f"{step}_at"] and local_day(row[f"{step}_at"])
            for step in ("accepted", "resolved", "closed")
        },
    )
