import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grid.device.rules import (
    KEPT,
    Cursor,
    Now,
    Place,
    Sight,
    StartAgain,
    begun,
    continued,
    owner,
    packed,
    unpacked,
)
from tests.support.people import TOWNSHIP

AT = datetime(2026, 3, 2, tzinfo=UTC)
HERE = Sight(("TOWNSHIP_OPERATOR",), ("330703105",), None)
THERE = HERE._replace(areas=("330703101",))
NOW = Now("10:10:", AT, 1)
DONE = begun(("report",), HERE, NOW)._replace(place=None)


def test_the_order_of_roles_and_areas_is_no_change_of_sight() -> None:
    areas = ("330703105", "330703101")
    one = replace(TOWNSHIP, areas=areas, roles=frozenset({"A", "B"}))
    assert Sight.of(one) == Sight.of(replace(one, areas=areas[::-1]))
    assert Sight.of(one).seen_by(one.subject) == replace(
        one, areas=tuple(sorted(areas)), request_id=""
    )


def test_a_round_goes_on_as_it_began() -> None:
    half = DONE._replace(place=Place(3, 5, UUID(int=7)))
    assert continued(half, HERE, Now("20:20:", AT, 1)) == half


def test_the_next_round_begins_where_the_last_one_looked() -> None:
    then = continued(DONE, HERE, Now("20:20:", AT, 1))
    assert (then.since, then.until, then.place) == ("10:10:", "20:20:", Place(0))
    assert not then.walks


def test_a_new_sight_walks_through_all_and_remembers_the_former_one() -> None:
    then = continued(DONE, THERE, Now("20:20:", AT + timedelta(1), 1))
    assert (then.sight, then.former, then.told_at) == (THERE, HERE, AT)
    assert then.walks


@pytest.mark.parametrize(
    ("cursor", "sight", "now"),
    [
        (DONE, HERE, NOW._replace(epoch=2)),
        (DONE, HERE, NOW._replace(at=AT + KEPT + timedelta(seconds=1))),
        (DONE._replace(place=Place(1)), THERE, NOW),
    ],
    ids=["restored", "away for too long", "moved in the middle"],
)
def test_what_cannot_be_told_by_changes_starts_again(
    cursor: Cursor, sight: Sight, now: Now
) -> None:
    with pytest.raises(StartAgain):
        continued(cursor, sight, now)


def test_who_is_away_for_as_long_as_departures_are_kept_goes_on() -> None:
    assert continued(DONE, HERE, NOW._replace(at=AT + KEPT)).since == DONE.until


sights = st.builds(
    Sight,
    st.lists(st.text(max_size=9)).map(tuple),
    st.lists(st.text("0123456789", max_size=15)).map(tuple),
    st.none() | st.text(max_size=9),
)
instants = st.datetimes(timezones=st.just(UTC))
places = st.builds(
    Place, st.integers(0, 50), st.none() | instants | st.integers(0, 2**63 - 1), st.uuids()
)
cursors = st.builds(
    Cursor,
    st.integers(1, 99),
    st.lists(st.text(max_size=9)).map(tuple),
    sights,
    st.just("7:9:8"),
    instants,
    st.none() | st.just("1:1:"),
    st.none() | sights,
    st.none() | instants,
    st.none() | places,
)


@given(cursors)
def test_what_is_packed_is_unpacked_as_it_was(cursor: Cursor) -> None:
    assert unpacked(packed(cursor)) == cursor


@pytest.mark.parametrize("told", [b"x", b"", zlib.compress(b"[1]"), zlib.compress(b"x")])
def test_what_another_release_packed_starts_again(told: bytes) -> None:
    with pytest.raises(StartAgain):
        unpacked(told)


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_two_subjects_own_a_cursor(one: str, other: str) -> None:
    assert (owner(one) == owner(other)) == (one == other)
