"""The deadline of a clock follows from its ledger: reckoned twice, by ways that know nothing of each other."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

import pytest

from services.chassis.deadlines.calendar import Calendar
from services.chassis.deadlines.calendar_table import seed_rows
from services.contracts.codes_grid import ClockEntry as Kind
from services.grid.reports.clocks.ledger import Entry, Started, begun, deadline
from services.grid.reports.models import Report
from tests.grid.reports.naive import Happened, due, history, instant
from tests.grid.reports.test_models import make_report

NEXT = [(date(2027, 1, 1) + timedelta(days=n), n % 7 in range(4)) for n in range(365)]
DAYS = {row.day: row.is_working for row in seed_rows() if row.day.year == 2026} | dict(NEXT)
CALENDAR = Calendar.of(DAYS.items())
WORKING = frozenset(day for day, works in DAYS.items() if works)
HISTORIES = 10_000


def entered(told: Sequence[Happened]) -> Report:
    """A report to whose resolve clock all of it happened, one after the other."""
    report = make_report()
    for h in told:
        at, allowance = instant(h.minutes), f"{h.amount}{h.unit}" if h.amount else None
        if h.kind is Kind.STARTED:
            entry = Entry(clock="resolve", kind=h.kind, at=at, allowance=allowance)
            report.start_clock(Started(entry, begun(entry).due(CALENDAR)))
        else:
            since = instant(h.since) if h.kind is Kind.RESTORED else None
            more = {"allowance": allowance, "since": since}
            report.enter("resolve", h.kind, at, CALENDAR, **more)
    return report


@pytest.mark.parametrize("part", range(10))
def test_every_deadline_is_what_walking_through_time_says(part: int) -> None:
    random = Random(part)
    for _ in range(HISTORIES // 10):
        told = history(random)
        assert entered(told).resolve_due_at == due(told, WORKING), told


def test_the_histories_hold_what_may_happen() -> None:
    """Among them are pauses over make-up days, and clocks that were told of a pause after they had run out."""
    random, seen = Random(0), set[Kind]()
    makeup = {day for day in WORKING if day.weekday() > 4 and day.year == 2026}
    over_makeup = passed = 0
    for _ in range(1000):
        told = history(random)
        seen |= {h.kind for h in told}
        last = due(told, WORKING)
        days = {instant(told[0].minutes).date() + timedelta(days=n) for n in range(60)}
        over_makeup += bool(last and makeup & {d for d in days if d <= last.date()})
        passed += bool(last and last < instant(told[-1].minutes))
    assert seen == set(Kind) - {Kind.STOPPED}
    assert min(over_makeup, passed) > 50


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def told(*happened: tuple[Kind, str, str | None]) -> datetime | None:
    entries = [
        Entry(clock="resolve", kind=kind, at=local(at), allowance=allowance)
        for kind, at, allowance in happened
    ]
    return deadline(entries, "resolve", CALENDAR)


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        # 14 February 2026, a Saturday, is worked (调休); 15 to 23 are not
        ([(Kind.STARTED, "2026-02-12T09:00", "2wd")], "2026-02-15T00:00"),
        ([(Kind.STARTED, "2026-02-12T09:00", "3wd")], "2026-02-25T00:00"),
        (
            [
                (Kind.STARTED, "2026-03-02T09:00", "5wd"),
                (Kind.PAUSED, "2026-03-04T10:00", None),
                (Kind.RESUMED, "2026-03-16T15:00", None),
            ],
            "2026-03-21T00:00",  # one day had run: four are left
        ),
        (
            [
                (Kind.STARTED, "2026-03-02T09:00", "4h"),
                (Kind.PAUSED, "2026-03-02T10:00", None),
                (Kind.RESUMED, "2026-03-02T20:30", None),
            ],
            "2026-03-02T23:30",
        ),
        (
            [
                (Kind.STARTED, "2026-03-02T09:00", "2wd"),
                (Kind.EXTENDED, "2026-03-03T09:00", "2wd"),
            ],
            "2026-03-07T00:00",
        ),
        ([(Kind.STARTED, "2026-01-30T09:00", "1m")], "2026-03-01T00:00"),
    ],
)
def test_a_deadline_by_hand(happened: list[tuple[Kind, str, str | None]], expected: str) -> None:
    assert told(*happened) == local(expected)


def test_a_clock_that_stands_still_has_no_deadline_but_one_that_had_passed() -> None:
    start = (Kind.STARTED, "2026-03-02T09:00", "2wd")
    assert told(start, (Kind.PAUSED, "2026-03-04T10:00", None)) is None
    assert told(start, (Kind.PAUSED, "2026-03-05T10:00", None)) == local("2026-03-05T00:00")


def test_time_that_is_given_back_moves_the_deadline() -> None:
    entries = [
        Entry(clock="resolve", kind=Kind.STARTED, at=local("2026-03-02T09:00"), allowance="5wd")
    ]
    back = {"since": local("2026-03-03T09:00"), "at": local("2026-03-05T11:00")}
    given = Entry(clock="resolve", kind=Kind.RESTORED, **back)
    assert deadline(entries, "resolve", CALENDAR) == local("2026-03-10T00:00")
    assert deadline([*entries, given], "resolve", CALENDAR) == local("2026-03-13T00:00")


@pytest.mark.parametrize(
    ("share", "expected"), [(50, "2026-03-02T11:00"), (80, "2026-03-02T12:12")]
)
def test_a_warning_is_due_when_its_share_of_the_time_has_run(share: int, expected: str) -> None:
    entry = Entry(
        clock="resolve",
        kind=Kind.STARTED,
        at=local("2026-03-02T09:00"),
        allowance="4h",
        warn_at=[share],
    )
    course = begun(entry)
    assert course.warnings(local("2026-03-02T13:00")) == [local(expected)]


def test_a_pause_moves_the_warning_too() -> None:
    entry = Entry(
        clock="resolve",
        kind=Kind.STARTED,
        at=local("2026-03-02T09:00"),
        allowance="4h",
        warn_at=[50],
    )
    course = begun(entry)
    for kind, at in ((Kind.PAUSED, "2026-03-02T10:00"), (Kind.RESUMED, "2026-03-02T15:00")):
        course = course.after(Entry(clock="resolve", kind=kind, at=local(at)))
    due_at = course.due(CALENDAR)
    assert due_at == local("2026-03-02T18:00")
    assert course.warnings(due_at) == [local("2026-03-02T16:00")]
