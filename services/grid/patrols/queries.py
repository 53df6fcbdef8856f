"""Who sees which patrols, and what operations must know besides their row."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import DriverConnection, driver
from services.chassis.errors import Refusal
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.grid.campaigns.queries import Ground, ground
from services.grid.members.rules import Appointment
from services.grid.patrols.models import Patrol
from services.grid.patrols.rules import (
    Duties,
    Roster,
    Service,
    Status,
    Step,
    identity,
    require_hand_in_it,
)
from services.grid.patrols.schemas import PatrolOut
from services.grid.positions.queries import Provenance, provenance
from services.grid.sight import own_or_of_area
from services.grid.turns import of_run, take_turns

TURN = 0x4A44_0201
# None takes more than 24 hours. The names are joined: `?|` compares each with each.
ON_PATROL = """
    select id, array_agg(person), started_at, ended_at from (
        select id, participants, started_at, ended_at from patrol
        where ended_at is null and status = 'RUNNING' and started_at < coalesce($3::timestamptz, 'infinity')
        union all
        select id, participants, started_at, ended_at from patrol
        where status = 'FINISHED' and ended_at > coalesce($2::timestamptz, now())
          and started_at > coalesce($2::timestamptz, now()) - interval '24 hours'
          and started_at < coalesce($3::timestamptz, 'infinity')
    ) known, jsonb_array_elements_text(participants) person
    join unnest($1::text[]) wanted on wanted = lower(person) group by 1, 3, 4"""
SERVICES = """
    select id, account, a.* from grid_member
    cross join jsonb_to_recordset(appointments) a (grid text, since_on date, until_on date)
    where account = any($1::text[]) or id = any($2::uuid[])"""
UUID_SHAPED = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def visible(caller: Caller) -> ColumnElement[bool]:
    """Those of one's areas, and those that one takes part in."""
    own = col(Patrol.participants).contains([caller.subject])
    return own_or_of_area(caller, own, col(Patrol.area_code))


def show(patrol: Patrol, caller: Caller, allowed: list[str]) -> PatrolOut:
    steps = {operation.name: operation.step for operation in PATROLS.operations}
    return PatrolOut.of(patrol, [name for name in allowed if _may(patrol, steps[name], caller)])


def _may(patrol: Patrol, step: Step, caller: Caller) -> bool:
    if step is Step.VOID:
        return caller.covers(patrol.area_code)
    try:
        require_hand_in_it(caller, patrol.area_code, patrol.participants)
    except Refusal:
        return False
    return True


PATROLS: Noun[Patrol] = Noun("patrol", Patrol, visible, show)


def matching(
    status: list[Status] | None, campaign: str | None, suspicious: bool | None
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    doubts = func.jsonb_array_length(col(Patrol.suspicions)) > 0
    return [
        col(Patrol.status).in_(status) if status else None,
        col(Patrol.campaign) == campaign if campaign else None,
        None if suspicious is None else doubts == suspicious,
    ]


@dataclass(frozen=True)
class Setting:
    """What a new patrol must know: its ground, what positions are judged by, and who is on patrol when."""

    ground: Ground
    positions: Provenance
    roster: Roster
    duties: Duties


async def setting(connection: AsyncConnection, items: Sequence[Item]) -> Setting:
    """Nobody else begins a patrol of one of the persons named until this is written."""
    named = {person for item in items for person in item.body.participants}
    raw = await driver(connection)
    roster = await _roster(raw, named)
    people = {identity(roster.account(name)) for name in named}
    await take_turns(raw, TURN, people)
    bodies = [item.body for item in items]
    ends = [body.ended_at for body in bodies]
    rows = await raw.fetch(
        ON_PATROL,
        sorted(people),
        min((body.occurred_at for body in bodies if body.occurred_at), default=None),
        None if None in ends else max(ends),
    )
    known = of_run(connection, Duties)
    for id_, participants, start, end in rows:
        known.know(id_, participants, (start, end))
    positions = await provenance(connection, (body.area_code for body in bodies if body.position))
    return Setting(await ground(connection, items), positions, roster, known)


async def _roster(raw: DriverConnection, named: Set[str]) -> Roster:
    accounts = [*named, *map(identity, named)]
    ids = [UUID(name) for name in map(identity, named) if UUID_SHAPED.fullmatch(name)]
    rows = await raw.fetch(SERVICES, accounts, ids)
    return Roster(
        Service(id_, account, Appointment(grid=grid, since_on=since, until_on=until))
        for id_, account, grid, since, until in rows
    )


@dataclass(frozen=True)
class Ending:
    """What the end of a patrol must know."""

    positions: Provenance
    duties: Duties


async def ending(connection: AsyncConnection, items: Sequence[Item]) -> Ending:
    """Who ends a patrol may begin another in the same batch."""
    located = [item.id for item in items if item.body.position]
    named = select(col(Patrol.area_code)).where(col(Patrol.id).in_(located))
    codes = (await connection.scalars(named)).all() if located else []
    return Ending(await provenance(connection, codes), of_run(connection, Duties))
