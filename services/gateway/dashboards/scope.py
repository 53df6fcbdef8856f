"""What is asked of an area: the period, the rows below it, and who may see what of them."""

from datetime import date
from enum import StrEnum

from services.chassis.database import DriverConnection
from services.chassis.errors import Invalid, NotFound
from services.chassis.identity.caller import Caller
from services.gateway.dashboards.numbers import Period
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


async def parts(
    connection: DriverConnection,
    code: str,
    group_by: GroupBy | None,
    day: date,
    caller: Caller,
    present: bool,
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The names of the area and of those below it, and which of these the caller may see."""
    level = LEVEL.get(group_by, len(code) + 3) if group_by else len(code)
    known = await with_parts(connection, day, code, level, present=present)
    if code not in known:
        raise NotFound
    return known, tuple(a for a in known if a != code and caller.covers(a))
