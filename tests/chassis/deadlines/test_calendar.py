from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.deadlines.calendar import (
    SHANGHAI,
    Calendar,
    Limit,
    Unit,
    add_months,
    day_start,
    last_day,
    local_day,
    local_week,
)
from services.chassis.deadlines.calendar_table import seed_rows

CALENDAR = Calendar.of((row.day, row.is_working) for row in seed_rows())
KNOWN_STARTS = st.builds(
    lambda day, minutes: day_start(day) + timedelta(minutes=minutes),
    st.dates(date(2004, 1, 1), date(2025, 6, 30)),
    st.integers(0, 1439),
)
DAY_LIMITS = st.one_of(
    st.builds(Limit, st.integers(1, 60), st.just(Unit.WORKING_DAYS)),
    st.builds(Limit, st.integers(1, 120), st.just(Unit.DAYS)),
    st.builds(Limit, st.integers(1, 6), st.just(Unit.MONTHS)),
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def due(start: datetime, limit: str) -> datetime:
    end = CALENDAR.add_working_time(start, Limit.parse(limit))
    assert end is not None
    return end


@pytest.mark.parametrize(
    ("start", "limit", "last"),
    [
        ("2017-03-01T09:00", "1wd", "2017-03-02"),
        ("2017-03-03T09:00", "1wd", "2017-03-06"),
        ("2017-03-04T09:00", "1wd", "2017-03-06"),
        ("2017-01-20T16:00", "1wd", "2017-01-22"),  # Spring Festival 2017: this Sunday is worked
        ("2017-01-25T09:00", "7wd", "2017-02-09"),  # off 27 January to 2 February, on Saturday 4
        ("2018-02-09T09:00", "1wd", "2018-02-11"),  # Spring Festival 2018: this Sunday is worked
        ("2018-02-13T09:00", "2wd", "2018-02-22"),  # off 15 to 21 February
        ("2018-02-23T09:00", "1wd", "2018-02-24"),  # and on Saturday 24
        ("2017-09-29T09:00", "2wd", "2017-10-09"),  # Saturday 30 worked, off 1 to 8 October
        ("2017-12-29T09:00", "2wd", "2018-01-03"),
        ("2017-03-01T09:00", "15d", "2017-03-16"),
        ("2017-03-03T09:00", "15d", "2017-03-20"),  # ends on a Saturday
        ("2017-09-18T09:00", "15d", "2017-10-09"),  # ends in the National Day holiday
        ("2017-09-15T09:00", "15d", "2017-09-30"),  # ends on a Saturday that is worked
        ("2017-01-31T09:00", "1m", "2017-02-28"),
        ("2016-01-29T09:00", "1m", "2016-02-29"),
        ("2017-12-07T09:00", "1m", "2018-01-08"),
        ("2026-12-30T09:00", "1wd", "2026-12-31"),
    ],
)
def test_a_limit_in_days_ends_when_its_last_day_ends(start: str, limit: str, last: str) -> None:
    end = due(local(start), limit)
    assert end == local(last) + timedelta(days=1)
    assert last_day(end) == date.fromisoformat(last)
    assert end.tzinfo is UTC


def test_minutes_and_hours_run_through_nights_and_holidays() -> None:
    assert due(local("2017-09-30T23:55"), "10min") == local("2017-10-01T00:05")
    assert due(local("2017-10-01T08:00"), "24h") == local("2017-10-02T08:00")
    assert due(local("2040-10-01T08:00"), "2h") == local("2040-10-01T10:00")


def test_the_day_of_the_start_is_the_one_in_shanghai() -> None:
    assert last_day(due(datetime(2017, 3, 1, 15, 59, tzinfo=UTC), "1wd")) == date(2017, 3, 2)
    assert last_day(due(datetime(2017, 3, 1, 16, 0, tzinfo=UTC), "1wd")) == date(2017, 3, 3)


@pytest.mark.parametrize(
    ("start", "limit"),
    [
        ("2026-12-24T09:00", "7wd"),
        ("2026-12-15T09:00", "30d"),
        ("2026-12-15T09:00", "1m"),
        ("2027-03-01T09:00", "1wd"),
        ("2003-12-31T09:00", "1wd"),
    ],
)
def test_a_limit_that_needs_an_unknown_year_has_no_end_yet(start: str, limit: str) -> None:
    assert CALENDAR.add_working_time(local(start), Limit.parse(limit)) is None


def test_a_year_with_a_day_missing_is_not_known() -> None:
    rows = [(row.day, row.is_working) for row in seed_rows() if row.day != date(2017, 6, 7)]
    calendar = Calendar.of(rows)
    assert CALENDAR.years - calendar.years == {2017}
    assert calendar.is_working_day(date(2017, 6, 8)) is None
    assert calendar.add_working_time(local("2016-12-30T09:00"), Limit.parse("7wd")) is None
    assert calendar.working_days_between(date(2016, 12, 30), date(2018, 1, 2)) is None


def test_make_up_days_are_worked_and_holidays_are_not() -> None:
    assert CALENDAR.is_working_day(date(2017, 1, 22)) is True
    assert CALENDAR.is_working_day(date(2017, 1, 27)) is False
    assert CALENDAR.is_working_day(date(2017, 3, 4)) is False
    assert CALENDAR.is_working_day(date(2027, 3, 4)) is None
    assert CALENDAR.working_days_between(date(2016, 12, 31), date(2017, 12, 31)) == 249


def test_the_end_of_the_known_years_is_told_in_days() -> None:
    assert CALENDAR.days_until_unknown(date(2026, 11, 2)) == 60
    assert CALENDAR.days_until_unknown(date(2026, 12, 31)) == 1
    assert CALENDAR.days_until_unknown(date(2027, 5, 1)) == 0


def test_an_extension_follows_on_the_limit_before_it() -> None:
    first = due(local("2017-03-10T09:00"), "1m")
    assert last_day(first) == date(2017, 4, 10)
    second = CALENDAR.extend(first, Limit.parse("1m"))
    assert second is not None
    assert last_day(second) == date(2017, 5, 10)
    assert CALENDAR.extend(first, Limit.parse("2h")) == first + timedelta(hours=2)


def test_local_days_and_weeks() -> None:
    late_sunday_in_utc = datetime(2017, 3, 5, 16, 30, tzinfo=UTC)
    assert local_day(late_sunday_in_utc) == date(2017, 3, 6)
    assert local_week(late_sunday_in_utc) == date(2017, 3, 6)
    assert local_week(local("2017-03-05T23:59")) == date(2017, 2, 27)
    assert day_start(date(2017, 3, 6)) == datetime(2017, 3, 5, 16, tzinfo=UTC)


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        CALENDAR.add_working_time(datetime(2017, 3, 1), Limit.parse("1wd"))  # noqa: DTZ001


@pytest.mark.parametrize("text", ["10min", "24h", "7wd", "30d", "1m", "9999d"])
def test_a_limit_is_written_as_it_is_read(text: str) -> None:
    assert str(Limit.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "7", "wd", "0d", "-1d", "07wd", "1.5h", "7 wd", "7WD", "1y", "10000d", "１d"]
)
def test_a_limit_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="A limit is written like"):
        Limit.parse(text)


def test_a_month_later_is_the_same_day_or_the_months_last() -> None:
    assert add_months(date(2017, 1, 31), 1) == date(2017, 2, 28)
    assert add_months(date(2017, 11, 15), 2) == date(2018, 1, 15)
    assert add_months(date(2017, 12, 31), 12) == date(2018, 12, 31)


@given(KNOWN_STARTS, DAY_LIMITS)
def test_a_limit_in_days_ends_after_its_start_on_a_working_day(
    start: datetime, limit: Limit
) -> None:
    end = due(start, str(limit))
    assert CALENDAR.is_working_day(last_day(end)) is True
    assert last_day(end) > local_day(start)
    assert end == day_start(local_day(end))


@given(KNOWN_STARTS, KNOWN_STARTS, DAY_LIMITS)
def test_a_later_start_never_ends_earlier(one: datetime, other: datetime, limit: Limit) -> None:
    earlier, later = sorted((one, other))
    assert due(earlier, str(limit)) <= due(later, str(limit))


@given(KNOWN_STARTS, DAY_LIMITS)
def test_a_longer_limit_never_ends_earlier(start: datetime, limit: Limit) -> None:
    longer = Limit(limit.amount + 1, limit.unit)
    assert due(start, str(limit)) <= due(start, str(longer))


@given(KNOWN_STARTS, st.integers(1, 60), st.integers(1, 60))
def test_working_days_are_counted_exactly_and_add_up(start: datetime, n: int, m: int) -> None:
    end = due(start, f"{n}wd")
    assert CALENDAR.working_days_between(local_day(start), last_day(end)) == n
    assert CALENDAR.extend(end, Limit(m, Unit.WORKING_DAYS)) == due(start, f"{n + m}wd")
