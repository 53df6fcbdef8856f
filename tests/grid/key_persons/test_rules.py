"""What may follow what, who is a minor, and that counts tell of nobody."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grid.key_persons.rules import (
    STEPS,
    Status,
    Step,
    StepNotAllowed,
    after,
    as_of,
    minor_until,
    told,
)


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_a_step_is_taken_only_where_the_table_allows_it(status: Status, step: Step) -> None:
    if (status, step) in STEPS:
        assert after(status, step) is STEPS[status, step]
    else:
        with pytest.raises(StepNotAllowed):
            after(status, step)


@pytest.mark.parametrize(
    ("born", "day", "until"),
    [
        ("20080302", date(2026, 3, 1), date(2026, 4, 1)),
        ("20080302", date(2026, 3, 2), None),
        ("20101231", date(2026, 3, 1), date(2029, 1, 1)),
        ("19000101", date(2026, 3, 1), None),
    ],
)
def test_a_minor_counts_as_one_until_a_day_that_tells_no_birthday(
    born: str, day: date, until: date | None
) -> None:
    assert minor_until(f"330703{born}0010", day) == until


@given(st.integers(0, 10_000), st.integers(0, 9))
def test_no_two_numbers_told_differ_by_less_than_five(one: int, more: int) -> None:
    first, second = told(one), told(one + more)
    assert (first is None) is (one < 5)
    assert first is None or (first <= one < first + 5 and first >= 5)
    assert None in {first, second} or first == second or abs((first or 0) - (second or 0)) >= 5


def test_counts_are_those_of_the_end_of_last_month() -> None:
    assert as_of(date(2026, 3, 31)) == as_of(date(2026, 3, 1)) == date(2026, 3, 1)
