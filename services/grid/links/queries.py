"""Who sees which links, and what whoever changes them must know. Handovers wait for all who change a link; those do
not wait for each other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import DriverConnection, driver
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Item, Noun
from services.grid.links.models import Handover, HouseholdLink
from services.grid.links.rules import Held, MemberNotInService, MemberUnknown
from services.grid.links.schemas import HandoverLine, LinkLine
from services.grid.members.models import Member
from services.grid.members.rules import Status
from services.grid.policy import BY_AREA
from services.grid.sight import own_or_of_area

TURN = 0x4A44_0203
MEMBERS = """
    select id, area_code, status, starts_on, ends_on from grid_member
    where id = any($1::uuid[]) order by id for share"""
OPEN = """
    select tie_id, household_id, member_id, is_primary, since_on from household_link
    where {} = any($1::uuid[]) and until_on is null"""

HANDOVERS: Noun[Handover] = Noun(
    "handover",
    Handover,
    lambda caller: true() if caller.is_job else within(col(Handover.area_code), caller.areas),
    lambda row, *_: HandoverLine.model_validate(row, from_attributes=True),
)


def visible(caller: Caller) -> ColumnElement[bool]:
    """One's own; leaders, offices and full-time members see those of their areas."""
    own = col(HouseholdLink.member_id).in_(_self(caller))
    return own_or_of_area(caller, own, col(HouseholdLink.area_code), BY_AREA)


LINKS: Noun[HouseholdLink] = Noun(
    "link",
    HouseholdLink,
    visible,
    lambda row, *_: LinkLine.model_validate(row, from_attributes=True),
)
"""Only for their list: nobody changes one but by its household or by a handover."""


def _self(caller: Caller) -> Select[UUID]:
    return select(col(Member.id)).where(col(Member.account) == caller.subject)


def linked_with(caller: Caller) -> Select[UUID]:
    """The households that are linked with the caller now."""
    mine = col(HouseholdLink.member_id).in_(_self(caller))
    return select(col(HouseholdLink.household_id)).where(
        mine, col(HouseholdLink.until_on).is_(None)
    )


def matching(
    household: UUID | None, member: UUID | None, is_open: bool | None
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    ended = col(HouseholdLink.until_on).is_not(None)
    return [
        col(HouseholdLink.household_id) == household if household else None,
        col(HouseholdLink.member_id) == member if member else None,
        None if is_open is None else ~ended if is_open else ended,
    ]


def between(member: UUID | None) -> ColumnElement[bool] | None:
    if member is None:
        return None
    return or_(col(Handover.from_member) == member, col(Handover.to_member) == member)


@dataclass(frozen=True)
class Members:
    """Those named, who neither leave nor change while this is written."""

    known: dict[UUID, tuple[str, Status, date]]

    def area(self, member: UUID) -> str:
        return self.known[member][0]

    def require(self, caller: Caller, member: UUID, day: date, pointer: str = "/member_id") -> None:
        """One of the caller's scope who is in service on `day`."""
        area, status, starts_on = self.known.get(member, ("", Status.LEFT, date.max))
        if not area or not caller.covers(area):
            raise MemberUnknown(pointer=pointer)
        if status is Status.LEFT or day < starts_on:
            raise MemberNotInService(pointer=pointer)


async def beside_others(raw: DriverConnection) -> None:
    """Change links while no handover does, until the end of the transaction."""
    await raw.execute("select pg_advisory_xact_lock_shared($1)", TURN)


async def members(raw: DriverConnection, ids: Iterable[UUID]) -> Members:
    rows = await raw.fetch(MEMBERS, sorted(set(ids)))
    return Members({row[0]: (row[1], Status(row[2]), row[3]) for row in rows})


async def held(raw: DriverConnection, column: str, ids: Iterable[UUID]) -> list[Held]:
    """The open links of these members or households."""
    rows = await raw.fetch(OPEN.format(column), [*set(ids)])
    return [Held.model_validate(dict(row)) for row in rows]


@dataclass(frozen=True)
class Handing:
    """What a handover must know: who the two are, and what each holds."""

    members: Members
    links: dict[UUID, list[Held]]
    turns: Iterator[int] = field(default_factory=count)

    def move(self, source: UUID, target: UUID, day: date) -> int:
        """What follows in the same run finds them with the other. Its turn in this run."""
        moved = [
            link.model_copy(update={"member_id": target, "since_on": day})
            for link in self.links.pop(source, [])
        ]
        self.links.setdefault(target, []).extend(moved)
        return next(self.turns)


async def handing(connection: AsyncConnection, items: Sequence[Item]) -> Handing:
    """Nobody else changes a link until this is written."""
    raw = await driver(connection)
    await raw.execute("select pg_advisory_xact_lock($1)", TURN)
    named = {id_ for item in items for id_ in (item.body.from_member, item.body.to_member)}
    links: dict[UUID, list[Held]] = {}
    for link in await held(raw, "member_id", named):
        links.setdefault(link.member_id, []).append(link)
    return Handing(await members(raw, named), links)
