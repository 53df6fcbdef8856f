"""Counting a township's week."""

from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.sweeper import Passed
from services.chassis.decision import OutsideScope
from services.chassis.operation import Call, Done, Item, operation
from services.grid.duty import schemas
from services.grid.duty.counting import Counts, counting, opening, place_of, recounting
from services.grid.duty.models import DutyWeek, duty_week_id
from services.grid.duty.queries import DUTY_WEEKS


@operation(DUTY_WEEKS, permission="duty.count", puts=True, given=counting)
def count_duty_week(
    week: DutyWeek | None, body: schemas.CountIn, given: Counts, call: Call
) -> Done[DutyWeek] | None:
    """Count a week of visits of a township now, as after an import: the grids of which something has changed, or
    (`whole`) all. It is counted every night by itself."""
    if not call.caller.covers(body.area_code):
        raise OutsideScope(body.area_code)
    given.require(body, local_day(call.recorded_at))
    lines = given.lines[place_of(body)]
    if week is not None and week.lines == lines:
        return None
    week = week or DutyWeek.open(*place_of(body), now=call.recorded_at)
    return Done(week, week.count(lines, str(given.mark), at=call.at, now=call.recorded_at))


@operation(DUTY_WEEKS, permission="duty.count", puts=True, given=opening)
def open_duty_week(
    week: DutyWeek | None, body: schemas.CountIn, given: Counts, call: Call
) -> Done[DutyWeek] | None:
    """The first visit of a week in a township, and the end of the week before, have it counted from then on. Only the
    subscription does this."""
    lines = given.lines.get(place_of(body))
    if week is not None or lines is None:
        return None
    week = DutyWeek.open(*place_of(body), now=call.recorded_at)
    return Done(week, week.count(lines, str(given.mark), at=call.at, now=call.recorded_at))


@operation(DUTY_WEEKS, permission="clock.fire", overdue=True, given=recounting)
def recount_duty_week(
    week: DutyWeek, body: Passed, given: Counts, call: Call
) -> Done[DutyWeek] | None:
    """A night is over. Only the sweeper does this."""
    if week.recount_at is None:
        return None
    lines = given.lines[week.area_code, week.starts_on]
    return Done(week, week.count(lines, str(given.mark), at=call.at, now=call.recorded_at))


def items(rows: list[schemas.CountIn]) -> list[Item]:
    places = (place_of(row, f"/rows/{n}/week") for n, row in enumerate(rows))
    told = zip(places, rows, strict=True)
    return [Item(count_duty_week, duty_week_id(*place), row) for place, row in told]
