"""How long a report was handled, in the minutes of the working hours, against a walk from minute to minute."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from services.chassis.deadlines.calendar import SHANGHAI, Calendar, day_start
from services.contracts.codes_grid import Urgency
from services.grid.reports.clocks.limits import WORK_ENDS, WORK_STARTS, Amount, Limits
from services.grid.reports.clocks.working import MINUTE, working_minutes
from tests.support.limits import EVERY_DAY, NO_YEAR, rule

FIRST = date(2026, 3, 1)
REST = {date(2026, 3, 1), date(2026, 3, 3), date(2026, 3, 4)}
DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
CALENDAR = Calendar.of((day, day not in REST) for day in DAYS)
HOURS = (9 * 60, 17 * 60)
minutes = st.integers(0, 6 * 24 * 60)


def naive(start: datetime, end: datetime) -> int:
    worked, at = 0, start
    while at < end:
        local = at.astimezone(SHANGHAI)
        worked += local.date() not in REST and 9 <= local.hour < 17
        at += MINUTE
    return worked


@given(minutes, minutes)
@example(9 * 60, 24 * 60 + 9 * 60)
@example(24 * 60 + 16 * 60, 4 * 24 * 60 + 10 * 60)  # over two days of rest
def test_every_working_minute_counts_and_no_other(one: int, other: int) -> None:
    start, end = (day_start(FIRST) + n * MINUTE for n in sorted((one, other)))
    assert working_minutes(CALENDAR, start, end, HOURS) == naive(start, end)


@given(st.lists(minutes, min_size=3, max_size=3))
def test_what_follows_on_one_another_adds_up(of: list[int]) -> None:
    a, b, c = (day_start(FIRST) + n * MINUTE for n in sorted(of))
    parts = [working_minutes(CALENDAR, *pair, HOURS) for pair in ((a, b), (b, c), (a, c))]
    assert None not in parts
    assert parts[0] + parts[1] == parts[2]  # type: ignore[operator]


def test_of_a_year_that_is_not_known_nothing_is_told() -> None:
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert working_minutes(NO_YEAR, at, at + timedelta(hours=1), HOURS) is None
    assert working_minutes(CALENDAR, at, at + timedelta(days=400), HOURS) is None


def took(*amounts: Amount) -> int | None:
    """From 10:00 until 18:00 of a working day."""
    limits = Limits([rule("verify", "48h")], EVERY_DAY, amounts)
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)
    until = at + timedelta(hours=8)
    return limits.resolved(Urgency.NORMAL, "330703105", at, until).entry.took


def test_the_working_hours_are_rows_from_a_day_on_and_nine_to_five_without_any() -> None:
    assert took() == 7 * 60
    late = Amount(WORK_ENDS, "330703105", date(2026, 1, 1), 17 * 60 + 30)
    early = Amount(WORK_STARTS, "", date(2026, 1, 1), 11 * 60)
    assert took(late) == 7 * 60 + 30
    assert took(late, early) == 6 * 60 + 30
    assert took(late._replace(valid_from=date(2026, 3, 3))) == 7 * 60


def test_a_report_that_was_never_accepted_took_no_time_that_is_known() -> None:
    limits = Limits([rule("verify", "48h")], EVERY_DAY)
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert limits.resolved(Urgency.NORMAL, "330703105", None, at).entry.took is None
