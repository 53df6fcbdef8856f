"""What is asked of an area: the period, the rows below it, and who may see what of them."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, NamedTuple

from fastapi import Depends, Header, Path, Query

from services.chassis.database import DriverConnection
from services.chassis.deadlines.calendar import local_day
from services.chassis.errors import Invalid, NotFound
from services.chassis.identity.caller import Caller
from services.contracts.event import AREA_CODE
from services.gateway.dashboards.numbers import Period
from services.gateway.dashboards.trees import Moved, Tree, moved
from services.gateway.edge.guard import Guarded
from services.gateway.reference.queries import with_parts


class GroupBy(StrEnum):
    TOWNSHIP = "township"
    CHILDREN = "children"


LEVEL: dict[GroupBy | None, int] = {GroupBy.TOWNSHIP: 9}


class PeriodBackwards(Invalid):
    def __init__(self) -> None:
        super().__init__("结束日期早于开始日期。", "`to` lies before `from`.", pointer="/query/to")


def period_of(first: date | None, last: date | None, today: date) -> Period:
    """By default the year until `last`, which is today."""
    until = last or today
    period = Period(first or until.replace(month=1, day=1), until)
    if period.last < period.first:
        raise PeriodBackwards
    return period


def require_sight(caller: Caller, code: str) -> None:
    """A township's user may see its own area and the district's totals."""
    own_district = len(code) == 6 and any(area.startswith(code) for area in caller.areas)
    if not (caller.covers(code) or own_district):
        raise NotFound


class View(NamedTuple):
    """What is asked, and when."""

    area: str
    period: Period
    group_by: GroupBy | None
    tree: Tree
    now: datetime
    today: date


async def _view(
    code: Annotated[str, Path(pattern=AREA_CODE)],
    caller: Guarded,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    group_by: GroupBy | None = None,
    tree: Tree = Tree.AS_WAS,
    if_none_match: Annotated[str | None, Header()] = None,
) -> View:
    now = datetime.now(UTC)
    today = local_day(now)
    period = period_of(first, last, today)
    require_sight(caller, code)
    return View(code, period, group_by, tree, now, today)


ViewDep = Annotated[View, Depends(_view)]


class Layout(NamedTuple):
    """The names of the area and of those below it; which of these the caller may see, if any were asked for; by the
    present tree, what has moved."""

    names: dict[str, str]
    rows: tuple[str, ...] | None
    moved: Moved | None


async def layout(connection: DriverConnection, view: View, caller: Caller) -> Layout:
    present = view.tree is Tree.AS_IS
    day = view.today if present else view.period.last
    length = len(view.area)
    level = LEVEL.get(view.group_by, length + 3) if view.group_by else length
    known = await with_parts(connection, day, view.area, level, present=present)
    if view.area not in known:
        raise NotFound
    rows = tuple(a for a in known if a != view.area and caller.covers(a))
    where = await moved(connection, view.today) if present else None
    return Layout(known, rows if view.group_by else None, where)
