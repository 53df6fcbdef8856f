"""Who sees which households, and what operations must know besides their row."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import Database, DriverConnection, driver
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.chassis.privacy.people import People
from services.grid.areas import queries as areas
from services.grid.areas.rules import AreaUnknown, Validity
from services.grid.households.models import Household, HouseholdTag
from services.grid.households.rules import NumberTaken
from services.grid.households.schemas import HouseholdOut, TagLine, TagsOut
from services.grid.links.models import HouseholdLink
from services.grid.links.queries import Members, beside_others, held, linked_with, members
from services.grid.links.rules import Held
from services.grid.policy import BY_AREA
from services.grid.sight import own_or_of_area


def visible(caller: Caller) -> ColumnElement[bool]:
    """Those linked with oneself; leaders, offices and full-time members see those of their areas."""
    own = col(Household.id).in_(linked_with(caller))
    return own_or_of_area(caller, own, col(Household.area_code), BY_AREA)


def _handles(household: Household, caller: Caller) -> bool:
    """Whoever sees a single household, and does not look on from an office, goes there."""
    return not caller.roles & BY_AREA


HOUSEHOLDS: Noun[Household] = Noun(
    "household",
    Household,
    visible,
    lambda household, caller, allowed, people: HouseholdOut.of(
        household, allowed if caller.covers(household.area_code) else [], people
    ),
    People("households", reveal="household.reveal", handles=_handles),
)


def matching(
    tag: str | None, member: UUID | None, is_linked: bool | None, grid_closed: bool | None
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for. `member`: those linked with one now."""
    is_open = col(HouseholdLink.until_on).is_(None)
    of = select(col(HouseholdLink.household_id)).where(
        is_open, col(HouseholdLink.member_id) == member if member else true()
    )
    linked = col(Household.id).in_(of)
    return [
        col(Household.tags).contains([tag]) if tag else None,
        linked if member or is_linked else None if is_linked is None else ~linked,
        areas.closed(col(Household.area_code), grid_closed),
    ]


async def tags(database: Database) -> TagsOut:
    async with database.connection() as connection:
        rows = await connection.execute(select(HouseholdTag.__table__).order_by("code"))  # type: ignore[attr-defined]
    return TagsOut(items=[TagLine.model_validate(row, from_attributes=True) for row in rows])


async def known_tags(connection: AsyncConnection, _: Sequence[Item]) -> frozenset[str]:
    return await tag_codes(connection)


async def tag_codes(connection: AsyncConnection, which: str = "true") -> frozenset[str]:
    raw = await driver(connection)
    rows = await raw.fetch(f"select code from household_tag where {which}")
    return frozenset(row["code"] for row in rows)


@dataclass(frozen=True)
class Arriving:
    """What a household that comes to a grid must know: when that is there, and which numbers are taken."""

    areas: Validity
    numbers: set[tuple[str, str]]

    def require_area(self, code: str, day: date) -> None:
        if not self.areas.holds(code, day):
            raise AreaUnknown(code)

    def take(self, area: str, number: str | None) -> None:
        if number is None:
            return
        if (area, number) in self.numbers:
            raise NumberTaken
        self.numbers.add((area, number))


@dataclass(frozen=True)
class Registering(Arriving):
    """Besides, the tags that there are, and who may be linked with it."""

    tags: frozenset[str]
    members: Members


async def registering(connection: AsyncConnection, items: Sequence[Item]) -> Registering:
    raw, bodies = await driver(connection), [item.body for item in items]
    await beside_others(raw)
    return Registering(
        await areas.validity(connection, {body.area_code for body in bodies}),
        await _numbers(raw, items),
        await tag_codes(connection),
        await members(raw, (body.member_id for body in bodies if body.member_id)),
    )


async def _numbers(raw: DriverConnection, items: Sequence[Item]) -> set[tuple[str, str]]:
    """Those taken, of what is named and of what the rows have. Who takes one meanwhile meets a unique key, and then
    finds it here."""
    rows = await raw.fetch(
        "select area_code, household_no from household where (area_code, household_no) in ("
        "select w.area, coalesce(w.number, h.household_no) "
        "from unnest($1::uuid[], $2::text[], $3::text[]) w(id, area, number) "
        "left join household h on h.id = w.id)",
        [item.id for item in items],
        [item.body.area_code for item in items],
        [item.body.household_no for item in items],
    )
    return {(row[0], row[1]) for row in rows}


@dataclass(frozen=True)
class Tying:
    """What a link that begins or ends must know: who the members are, and who holds what of the households."""

    members: Members
    held: defaultdict[UUID, list[Held]]


@dataclass(frozen=True)
class Moving(Arriving):
    """Besides, who holds what of the households."""

    held: defaultdict[UUID, list[Held]]


async def moving(connection: AsyncConnection, items: Sequence[Item]) -> Moving:
    raw = await driver(connection)
    await beside_others(raw)
    return Moving(
        await areas.validity(connection, {item.body.area_code for item in items}),
        await _numbers(raw, items),
        await _held(raw, items),
    )


async def _held(raw: DriverConnection, items: Sequence[Item]) -> defaultdict[UUID, list[Held]]:
    found = defaultdict[UUID, list[Held]](list)
    for link in await held(raw, "household_id", (item.id for item in items)):
        found[link.household_id].append(link)
    return found


async def tying(connection: AsyncConnection, items: Sequence[Item]) -> Tying:
    raw = await driver(connection)
    await beside_others(raw)
    found = await _held(raw, items)
    named: Any = (getattr(item.body, "member_id", None) for item in items)
    return Tying(await members(raw, (id_ for id_ in named if id_)), found)
