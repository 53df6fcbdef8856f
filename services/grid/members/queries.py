"""Who sees which members, how many households each is linked with, and what operations must know besides their row."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import driver
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.chassis.privacy.people import People
from services.contracts.codes_people import LoadWarning, MemberKind
from services.grid.areas import queries as areas
from services.grid.areas.rules import Validity
from services.grid.duty.models import DutyRule
from services.grid.links.models import HouseholdLink
from services.grid.members.models import Member
from services.grid.members.rules import AccountTaken, BranchUnknown, GridUnknown, Status
from services.grid.members.schemas import MemberOut
from services.grid.organisations import queries as organisations
from services.grid.policy import BY_AREA
from services.grid.sight import own_or_of_area

LOAD = (
    select(func.count())
    .where(col(HouseholdLink.member_id) == col(Member.id), col(HouseholdLink.until_on).is_(None))
    .correlate(Member)
    .scalar_subquery()
)
_RULE = (
    select(
        case(
            (col(DutyRule.load_at_least) > LOAD, literal(LoadWarning.BELOW.value, Text)),
            (col(DutyRule.load_at_most) < LOAD, literal(LoadWarning.ABOVE.value, Text)),
        )
    )
    .where(
        func.starts_with(col(Member.area_code), col(DutyRule.area_code)),
        col(DutyRule.valid_from) <= func.current_date(),
    )
    .order_by(func.length(col(DutyRule.area_code)).desc(), col(DutyRule.valid_from).desc())
    .limit(1)
    .correlate(Member)
    .scalar_subquery()
)
WARNING = case(
    (and_(col(Member.kind) == MemberKind.RED, col(Member.status) == Status.ACTIVE), _RULE)
)
# A list tells them beside the columns; nothing stores them.
Member.load = LOAD.label("load")
Member.load_warning = WARNING.label("load_warning")


def visible(caller: Caller) -> ColumnElement[bool]:
    """Oneself; leaders, offices and full-time members see those of their areas."""
    own = col(Member.account) == caller.subject
    return own_or_of_area(caller, own, col(Member.area_code), BY_AREA)


MEMBERS: Noun[Member] = Noun(
    "member",
    Member,
    visible,
    lambda member, caller, allowed, people: MemberOut.of(
        member, allowed if caller.covers(member.area_code) else [], people
    ),
    People("members", reveal="member.reveal"),
)


def matching(
    kind: MemberKind | None,
    status: Status | None,
    branch: str | None,
    warned: bool | None,
    grid_closed: bool | None,
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    unusual = cast(WARNING, Text).is_not(None)
    return [
        col(Member.kind) == kind if kind else None,
        col(Member.status) == status if status else None,
        col(Member.branch) == branch if branch else None,
        None if warned is None else unusual if warned else ~unusual,
        areas.closed(col(Member.area_code), grid_closed),
    ]


@dataclass(frozen=True)
class Ground:
    """When each grid named is valid."""

    areas: Validity

    def require(self, caller: Caller, grid: str, day: date, pointer: str) -> None:
        if not self.areas.holds(grid, day) or not caller.covers(grid):
            raise GridUnknown(pointer)


@dataclass(frozen=True)
class Registering:
    """What a new or changed member must know: the grids, the branches, and whose the accounts are."""

    ground: Ground
    branches: Validity
    accounts: dict[str, UUID]

    def require_branch(self, code: str | None, day: date) -> None:
        if code and not self.branches.holds(code, day):
            raise BranchUnknown(code)

    def take(self, account: str, member: UUID) -> None:
        """An account is one member's, be it in one run."""
        if self.accounts.setdefault(account, member) != member:
            raise AccountTaken


async def ground(connection: AsyncConnection, items: Sequence[Item]) -> Ground:
    named = {grid for item in items for grid in getattr(item.body, "grids", [])}
    named |= {item.body.grid_code for item in items if hasattr(item.body, "grid_code")}
    named |= {code for item in items if (code := getattr(item.body, "area_code", None))}
    return Ground(await areas.validity(connection, named))


async def registering(connection: AsyncConnection, items: Sequence[Item]) -> Registering:
    """Who takes the same account meanwhile meets a unique key, and then finds it here."""
    raw = await driver(connection)
    rows = await raw.fetch(
        "select account, id from grid_member where account = any($1::text[])",
        [item.body.account for item in items if item.body.account],
    )
    branches = {item.body.branch for item in items if item.body.branch}
    return Registering(
        await ground(connection, items),
        await organisations.validity(connection, branches),
        {row[0]: row[1] for row in rows},
    )


changing = registering


@dataclass(frozen=True)
class Loads:
    """How many households are linked with each member now."""

    links: Counter[UUID]

    def of(self, member: UUID) -> int:
        return self.links[member]


async def loads(connection: AsyncConnection, items: Sequence[Item]) -> Loads:
    """The members are locked: whoever links a household with one of them waits, or has done it."""
    raw = await driver(connection)
    rows = await raw.fetch(
        "select member_id, count(*) from household_link "
        "where member_id = any($1::uuid[]) and until_on is null group by 1",
        [item.id for item in items],
    )
    return Loads(Counter({row[0]: row[1] for row in rows}))
