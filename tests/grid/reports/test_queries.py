from datetime import date, datetime, timedelta

import pytest

from services.chassis.deadlines.calendar import SHANGHAI, Calendar, Limit
from services.contracts.codes_grid import Urgency
from services.grid.reports.clocks.limits import Limits, Rule, TimeLimitMissing

AT = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
DISTRICT, TOWN, GRID = "330703", "330703105", "330703105291001"


def hours(
    amount: int, area: str = "", since: date = date(1900, 1, 1), clock: str = "accept"
) -> Rule:
    return Rule(Urgency.NORMAL, clock, area, since, Limit.parse(f"{amount}h"))


def due(*rules: Rule, at: datetime = AT, area: str = GRID) -> timedelta | None:
    found = Limits(rules, Calendar.of([])).due("accept", Urgency.NORMAL, area, at)
    return found - at if found else None


@pytest.mark.parametrize(
    ("area", "expected"), [(GRID, 3), (TOWN, 3), ("330703101", 2), ("330702105", 1)]
)
def test_the_nearest_areas_limit_holds(area: str, expected: int) -> None:
    rules = (hours(2, DISTRICT), hours(3, TOWN), hours(1))
    assert due(*rules, area=area) == timedelta(hours=expected)


@pytest.mark.parametrize(("day", "expected"), [(1, 1), (2, 2), (3, 2), (4, 4)])
def test_the_latest_limit_in_force_holds(day: int, expected: int) -> None:
    rules = (hours(1), hours(4, since=date(2026, 3, 4)), hours(2, since=date(2026, 3, 2)))
    assert due(*rules, at=AT.replace(day=day)) == timedelta(hours=expected)


def test_an_areas_own_limit_holds_before_a_later_one_of_all() -> None:
    assert due(hours(3, TOWN), hours(1, since=date(2026, 3, 1))) == timedelta(hours=3)


def test_a_limit_begins_at_midnight_of_the_district() -> None:
    midnight = datetime(2026, 3, 4, tzinfo=SHANGHAI)
    rules = (hours(1), hours(2, since=date(2026, 3, 4)))
    assert due(*rules, at=midnight - timedelta(minutes=1)) == timedelta(hours=1)
    assert due(*rules, at=midnight) == timedelta(hours=2)


def test_without_a_limit_there_is_no_deadline_to_tell() -> None:
    with pytest.raises(TimeLimitMissing, match="No accept limit is configured for NORMAL"):
        due(hours(1, clock="resolve"))
