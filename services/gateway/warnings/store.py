"""Work warnings on record: what the rules look at, what they raise, and every step after that."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json, to_json
from uuid_utils.compat import uuid7

from services.chassis.database import DriverConnection
from services.chassis.errors import NotFound, PreconditionFailed
from services.chassis.identity.caller import Caller
from services.contracts.codes_gateway import WarningRule, WarningState, WarningStep
from services.gateway.reference.queries import IN_FORCE
from services.gateway.warnings.rules import RULES, Counts, Finding, moved

JOB = "svc:warnings"
SEEN = "exists (select from unnest($1::text[]) a where starts_with(area_code, a))"
ENDS = (WarningState.RESOLVED, WarningState.FALSE_ALARM, WarningState.EXPIRED)

VERSION = """
    select version, level, settings::text as settings from warning_rule
    where rule = $1 and valid_from <= $2 order by valid_from desc, version desc limit 1"""
AREAS = f"""
    select area_code from card where noun = 'area' and {IN_FORCE}
      and ($3 and data ->> 'kind' = 'GRID' or not $3 and length(area_code) = 9)
    intersect select area_code from card where noun = 'area'
      and {IN_FORCE.replace("$1", "$2")} order by 1"""
TALLIES = """
    select area_code, metric, dimension, day, n from tally where area_code = any($1::text[])
      and metric = any($2::text[]) and day between $3 and $4"""
BEFORE = """
    select a, m from unnest($1::text[]) a, unnest($2::text[]) m where exists (
        select from tally where area_code = a and metric = m and day <= $3 and n > 0)"""
RAISED = """
    insert into work_warning (id, rule, rule_version, subject, area_code, day, level, state,
        evidence, raised_at, ack_due_at, expires_at, version)
    select $1, $2, $3, $4, $5, $6, $7, 'RAISED', $8::text::jsonb, $9, $10, $11, 1
    where not exists (select from work_warning where rule = $2 and subject = $4 and ended_at
        is not null and (ended_at at time zone 'Asia/Shanghai')::date + $12::int > $6)
    on conflict do nothing returning id"""
STEPPED = """
    insert into work_warning_step (warning_id, version, step, state, at, by, remark)
    values ($1, $2, $3, $4, $5, $6, $7)"""
CHANGED = """
    update work_warning set state = $2, owner = coalesce($3, owner), version = version + 1,
        acked_at = case when $4 then $5 else acked_at end,
        ended_at = case when $6 then $5 else ended_at end
    where id = $1 returning *, evidence::text as told"""
ONE = f"select *, evidence::text as told from work_warning where {SEEN} and id = $2"
PAGE = f"""
    select *, evidence::text as told from work_warning where {SEEN} and ($2::uuid is null or id < $2)
      and ($3::text is null or state = $3) and ($4::text is null or rule = $4)
      and ($5::text is null or starts_with(area_code, $5))
      and ($6::boolean is null or $6 = (ended_at is null))
    order by id desc limit $7"""
VERSIONS = """
    select rule, version, valid_from, level, settings::text as told from warning_rule
    order by rule, version"""
HISTORY = "select * from work_warning_step where warning_id = $1 order by version"
STALE = "select * from work_warning where ended_at is null and expires_at <= $1 for update"
JUDGED = """
    insert into warning_judged values ($1, $2, $3)
    on conflict (rule, day) do update set at = excluded.at"""


class InForce(NamedTuple):
    """A version of a rule; `settings` as its row says."""

    version: int
    level: str
    settings: Any


async def in_force(connection: DriverConnection, rule: WarningRule, day: date) -> InForce | None:
    row = await connection.fetchrow(VERSION, rule, day)
    if row is None:
        return None
    told = RULES[rule].settings.model_validate_json(row["settings"])
    return InForce(row["version"], row["level"], told)


async def last_judged(
    connection: DriverConnection, rule: WarningRule
) -> tuple[date, datetime] | None:
    query = "select day, at from warning_judged where rule = $1 order by day desc limit 1"
    row = await connection.fetchrow(query, rule)
    return (row["day"], row["at"]) if row else None


async def counts(
    connection: DriverConnection, rule: WarningRule, settings: Any, day: date
) -> Counts:
    """What `rule` looks at; a grid must have been there all the time."""
    of = RULES[rule]
    first, metrics = day - timedelta(days=of.reach(settings) - 1), list(of.metrics(settings))
    rows = await connection.fetch(AREAS, day, first if of.grids else day, of.grids)
    areas = [row["area_code"] for row in rows]
    tallies: dict[tuple[str, str], dict[str, dict[date, int]]] = defaultdict(dict)
    for area, metric, dimension, on, n in await connection.fetch(
        TALLIES, areas, metrics, first, day
    ):
        tallies[area, metric].setdefault(dimension, {})[on] = n
    before = await connection.fetch(BEFORE, areas, metrics, first)
    return Counts(areas, tallies, frozenset((row["a"], row["m"]) for row in before))


async def raise_(
    connection: DriverConnection,
    rule: WarningRule,
    version: InForce,
    finding: Finding,
    day: date,
    now: datetime,
) -> UUID | None:
    """One for each rule, subject and day; none while another is open, or has just ended."""
    settings, id_ = version.settings, uuid7()
    raised = await connection.fetchval(
        RAISED,
        id_,
        rule,
        version.version,
        finding.subject,
        finding.area,
        day,
        version.level,
        to_json(finding.evidence).decode(),
        now,
        now + timedelta(minutes=settings.ack_minutes),
        now + timedelta(days=settings.lasts_days),
        settings.rest_days,
    )
    if raised:
        state = WarningState.RAISED
        await connection.execute(STEPPED, id_, 1, WarningStep.RAISE, state, now, JOB, None)
    return id_ if raised else None


async def judged(connection: DriverConnection, rule: WarningRule, day: date, now: datetime) -> None:
    await connection.execute(JUDGED, rule, day, now)


async def expire(connection: DriverConnection, now: datetime) -> int:
    """What nobody ended in time; needs a transaction."""
    rows = await connection.fetch(STALE, now)
    for row in rows:
        await _change(connection, row, WarningStep.EXPIRE, JOB, now, None)
    return len(rows)


async def step(
    connection: DriverConnection,
    caller: Caller,
    id: UUID,
    step: WarningStep,
    versions: frozenset[int] | None,
    now: datetime,
    remark: str | None,
) -> Any:
    """`versions`: those that the caller may have read; None for any."""
    row = await connection.fetchrow(ONE + " for update", list(caller.areas), id)
    if row is None:
        raise NotFound
    if versions is not None and row["version"] not in versions:
        raise PreconditionFailed(row["version"])
    return await _change(connection, row, step, caller.subject, now, remark)


async def _change(
    connection: DriverConnection,
    row: Any,
    step: WarningStep,
    by: str,
    now: datetime,
    remark: str | None,
) -> Any:
    state = moved(WarningState(row["state"]), step)
    owner = by if step in (WarningStep.ACK, WarningStep.HANDLE) else None
    is_ack = step is WarningStep.ACK
    told = state, owner, is_ack, now, state in ENDS
    changed = await connection.fetchrow(CHANGED, row["id"], *told)
    version = row["version"] + 1
    await connection.execute(STEPPED, row["id"], version, step, state, now, by, remark)
    return changed


async def one(connection: DriverConnection, caller: Caller, id: UUID) -> Any:
    row = await connection.fetchrow(ONE, list(caller.areas), id)
    if row is None:
        raise NotFound
    return row


async def versions(connection: DriverConnection) -> list[dict[str, Any]]:
    rows = await connection.fetch(VERSIONS)
    return [dict(row) | {"settings": from_json(row["told"])} for row in rows]


async def history(connection: DriverConnection, id: UUID) -> Sequence[Any]:
    rows: Sequence[Any] = await connection.fetch(HISTORY, id)
    return rows


async def page(
    connection: DriverConnection, caller: Caller, after: UUID | None, *asked: Any
) -> Sequence[Any]:
    """Newest first; `asked`: state, rule, area, whether open, limit."""
    rows: Sequence[Any] = await connection.fetch(PAGE, list(caller.areas), after, *asked)
    return rows
