"""Who sees which demolitions, and the filters of their list."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.attachments.declared import Files
from services.chassis.attachments.queries import Evidence, evidence
from services.chassis.database import driver
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.contracts.codes_outreach import DemolitionMode
from services.grid.demolitions.models import Demolition
from services.grid.demolitions.rules import Status
from services.grid.demolitions.schemas import DemolitionOut
from services.grid.sight import own_or_of_area

COME = """
    select id from attachment
    where aggregate_id = any($1::uuid[]) and noun = 'demolition' and state = 'COMPLETE'"""


def visible(caller: Caller) -> ColumnElement[bool]:
    """Those of one's areas, and those that one recorded."""
    own = col(Demolition.recorded_by) == caller.subject
    return own_or_of_area(caller, own, col(Demolition.area_code))


DEMOLITIONS: Noun[Demolition] = Noun(
    "demolition",
    Demolition,
    visible,
    lambda row, caller, allowed: DemolitionOut.of(
        row, allowed if caller.covers(row.area_code) else []
    ),
    files=Files(read="demolition.read", withdraw="demolition.void"),
)


def matching(
    status: list[Status] | None, mode: DemolitionMode | None, campaign: str | None
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    return [
        col(Demolition.status).in_(status) if status else None,
        col(Demolition.mode) == mode if mode else None,
        col(Demolition.campaign) == campaign if campaign else None,
    ]


@dataclass(frozen=True)
class Proof:
    """What a confirmation rests on: the files still missing, and those that have come."""

    missing: Evidence
    come: frozenset[UUID]


async def proof(connection: AsyncConnection, items: Sequence[Item]) -> Proof:
    missing = await evidence(connection, items)
    rows = await (await driver(connection)).fetch(COME, [item.id for item in items])
    return Proof(missing, frozenset(row[0] for row in rows))
