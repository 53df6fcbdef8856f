"""Emergency accesses on record: begun, ended, reviewed. Each change is told to every replica."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from services.chassis.database import DriverConnection
from services.chassis.errors import NotFound
from services.chassis.identity.caller import Caller
from services.contracts.roles import AUDITOR, DISTRICT_OPERATOR
from services.gateway.emergency.access import CHANNEL
from services.gateway.emergency.rules import (
    LASTS,
    AlreadyReviewed,
    OwnEmergency,
    StillInForce,
    require_beyond,
)
from services.gateway.emergency.schemas import EmergencyIn, ReviewIn

REVIEWERS = frozenset({DISTRICT_OPERATOR, AUDITOR})
SEEN = "(subject = $1 or exists (select from unnest($2::text[]) a where starts_with(area_code, a)))"
BEGUN = """
    insert into emergency_access
        (id, subject, organisation, area_code, reason, began_at, ends_at)
    values ($1, $2, $3, $4, $5, now(), now() + $6) returning *"""
ENDED = "update emergency_access set ended_at = now(), ended_by = $2 where id = $1 returning *"
REVIEWED = """
    update emergency_access set reviewed_at = now(), reviewed_by = $2, finding = $3, remark = $4
    where id = $1 returning *"""
PAGE = f"""
    select * from emergency_access where {SEEN}
      and ($3::uuid is null or id < $3) and (not $4 or reviewed_at is null)
    order by id desc limit $5"""
ONE = f"""
    select *, ended_at is null and ends_at > now() as in_force from emergency_access
    where id = $3 and {SEEN} for update"""


async def begin(connection: DriverConnection, caller: Caller, body: EmergencyIn) -> Any:
    require_beyond(caller, body.area_code)
    told = caller.subject, caller.organisation, body.area_code, body.reason, LASTS
    row = await connection.fetchrow(BEGUN, uuid7(), *told)
    await connection.execute("select pg_notify($1, '')", CHANNEL)
    return row


async def end(connection: DriverConnection, caller: Caller, id: UUID) -> Any:
    """By its user, or whoever reviews it; one that is over stays as it was."""
    row = await _seen(connection, caller, id)
    if not row["in_force"]:
        return row
    ended = await connection.fetchrow(ENDED, id, caller.subject)
    await connection.execute("select pg_notify($1, '')", CHANNEL)
    return ended


async def review(connection: DriverConnection, caller: Caller, id: UUID, body: ReviewIn) -> Any:
    row = await _seen(connection, caller, id)
    if row["subject"] == caller.subject:
        raise OwnEmergency
    if row["in_force"]:
        raise StillInForce
    if row["reviewed_at"]:
        raise AlreadyReviewed
    return await connection.fetchrow(REVIEWED, id, caller.subject, body.finding, body.remark)


async def page(
    connection: DriverConnection, caller: Caller, after: UUID | None, unreviewed: bool, limit: int
) -> Sequence[Any]:
    """The caller's own, and for reviewers those of their areas; newest first."""
    rows: Sequence[Any] = await connection.fetch(PAGE, *_whose(caller), after, unreviewed, limit)
    return rows


async def _seen(connection: DriverConnection, caller: Caller, id: UUID) -> Any:
    row = await connection.fetchrow(ONE, *_whose(caller), id)
    if row is None:
        raise NotFound
    return row


def _whose(caller: Caller) -> tuple[str, list[str]]:
    return caller.subject, list(caller.areas if caller.roles & REVIEWERS else ())
