"""Who sees which visits, and what operations must know besides their row."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import Database, driver
from services.chassis.errors import Refusal
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.contracts.codes_people import VisitMode
from services.grid.households.queries import tag_codes
from services.grid.links.queries import beside_others
from services.grid.policy import BY_AREA
from services.grid.sight import own_or_of_area
from services.grid.visits.models import Visit, VisitOccasion
from services.grid.visits.rules import (
    Link,
    NotLinked,
    Status,
    Step,
    require_own_or_office,
    will_do_by_phone,
)
from services.grid.visits.schemas import OccasionLine, OccasionsOut, VisitOut

Occasions = frozenset[str]
LINKS = """
    select l.household_id, l.id, l.member_id, m.account, l.since_on, l.until_on, l.area_code
    from household_link l join grid_member m on m.id = l.member_id
    where l.household_id = any($1::uuid[])"""
TASKS = """
    select distinct on (household_id) household_id, id from visit_task
    where household_id = any($1::uuid[]) and status = 'OPEN' order by household_id, due_at"""


def visible(caller: Caller) -> ColumnElement[bool]:
    """One's own; leaders, offices and full-time members see those of their areas."""
    own = col(Visit.recorded_by) == caller.subject
    return own_or_of_area(caller, own, col(Visit.area_code), BY_AREA)


def show(visit: Visit, caller: Caller, allowed: list[str]) -> VisitOut:
    steps = {operation.name: operation.step for operation in VISITS.operations}
    return VisitOut.of(visit, [name for name in allowed if _may(visit, steps[name], caller)])


def _may(visit: Visit, step: Step, caller: Caller) -> bool:
    if step is Step.VOID:
        return caller.covers(visit.area_code)
    try:
        require_own_or_office(caller, caller.subject, visit.recorded_by, visit.area_code)
    except Refusal:
        return False
    return True


VISITS: Noun[Visit] = Noun("visit", Visit, visible, show)


def matching(
    status: list[Status] | None,
    mode: VisitMode | None,
    household: UUID | None,
    member: UUID | None,
    occasion: str | None,
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    return [
        col(Visit.status).in_(status) if status else None,
        col(Visit.mode) == mode if mode else None,
        col(Visit.household_id) == household if household else None,
        col(Visit.member_id) == member if member else None,
        col(Visit.occasions).contains([occasion]) if occasion else None,
    ]


async def occasions(database: Database) -> OccasionsOut:
    async with database.connection() as connection:
        table = VisitOccasion.__table__  # type: ignore[attr-defined]
        rows = await connection.execute(select(table).order_by("code"))
    return OccasionsOut(items=[OccasionLine.model_validate(r, from_attributes=True) for r in rows])


class Home(NamedTuple):
    """A household, as a visit must know it. `task`: the visit that is owed because of a report, if any."""

    tags: list[str]
    links: list[Link]
    task: UUID | None


@dataclass(frozen=True)
class Setting:
    """What a visit must know: the households, the occasions that there are, and where a call will do."""

    homes: dict[UUID, Home]
    occasions: Occasions
    by_phone: frozenset[str]

    def home(self, household: UUID) -> Home:
        found = self.homes.get(household)
        if found is None:
            raise NotLinked
        return found

    def will_do_by_phone(self, home: Home) -> bool:
        return will_do_by_phone(home.tags, self.by_phone)


async def known_occasions(connection: AsyncConnection, _: Sequence[Item]) -> Occasions:
    raw = await driver(connection)
    return frozenset(row[0] for row in await raw.fetch("select code from visit_occasion"))


async def setting(connection: AsyncConnection, items: Sequence[Item]) -> Setting:
    raw = await driver(connection)
    await beside_others(raw)
    named = [*{item.body.household_id for item in items}]
    links = defaultdict[UUID, list[Link]](list)
    for household, *link in await raw.fetch(LINKS, named):
        links[household].append(Link(*link))
    tasks = {row[0]: row[1] for row in await raw.fetch(TASKS, named)}
    rows = await raw.fetch(
        "select id, array(select jsonb_array_elements_text(tags)) from household "
        "where id = any($1::uuid[])",
        named,
    )
    return Setting(
        {row[0]: Home(row[1], links[row[0]], tasks.get(row[0])) for row in rows},
        await known_occasions(connection, items),
        await tag_codes(connection, "by_phone"),
    )
