from datetime import UTC, date, datetime, timedelta

import pytest

from services.contracts.codes_outreach import Datum, Suspicion
from services.grid.positions.queries import PositionLimitMissing, Provenance
from services.grid.positions.rules import Fix, Limit, Point, all_of, distance_m, suspicions

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
S = Suspicion
LIMIT = Limit("", date(1900, 1, 1), 100, 30, 5000)


@pytest.mark.parametrize(
    ("minutes_ahead", "accuracy", "mock", "found"),
    [
        (-600, 5, False, []),
        (5, 100, False, []),
        (5.1, 100, False, [S.FROM_THE_FUTURE]),
        (0, 100.1, False, [S.INACCURATE]),
        (0, 5, True, [S.MOCK]),
        (60, 5000, True, [S.MOCK, S.INACCURATE, S.FROM_THE_FUTURE]),
    ],
)
def test_what_speaks_against_a_position(
    minutes_ahead: float, accuracy: float, mock: bool, found: list[Suspicion]
) -> None:
    captured = NOW + timedelta(minutes=minutes_ahead)
    assert suspicions(Fix(captured, NOW, captured, accuracy, mock), LIMIT) == found


@pytest.mark.parametrize(
    ("minutes_before", "away", "found"),
    [
        (30, 5000, []),
        (30.1, 0, [S.STALE]),
        (-600, 0, []),
        (0, 5000.1, [S.FAR]),
        (60, 9000, [S.STALE, S.FAR]),
    ],
)
def test_a_position_proves_what_was_then_and_there(
    minutes_before: float, away: float, found: list[Suspicion]
) -> None:
    matter = NOW - timedelta(hours=30)  # entered the day after
    captured = matter - timedelta(minutes=minutes_before)
    assert suspicions(Fix(captured, NOW, matter, 5, away_m=away), LIMIT) == found


def test_a_degree_is_shorter_to_the_east() -> None:
    here, north, east = (
        Point(lng, lat, Datum.WGS84) for lng, lat in ((119.7, 29.1), (119.7, 30.1), (120.7, 29.1))
    )
    assert distance_m(here, north) == pytest.approx(111_195, rel=0.001)
    assert distance_m(here, east) == pytest.approx(97_160, rel=0.001)
    assert distance_m(here, here) == 0


def test_what_is_doubted_twice_is_told_once() -> None:
    assert all_of([S.INACCURATE], [S.MOCK, S.INACCURATE], []) == [S.MOCK, S.INACCURATE]


def test_the_nearest_and_newest_limit_holds() -> None:
    limits = [
        LIMIT,
        LIMIT._replace(valid_from=date(2026, 3, 1), accuracy_m=50),
        LIMIT._replace(area_code="330703105", accuracy_m=200),
    ]
    told = Provenance(limits, {})
    assert told.limit("330703101", date(2026, 2, 28)).accuracy_m == 100
    assert told.limit("330703101", date(2026, 3, 1)).accuracy_m == 50
    assert told.limit("330703105291001", date(2026, 3, 1)).accuracy_m == 200
    with pytest.raises(PositionLimitMissing):
        Provenance([], {}).limit("330703101", date(2026, 3, 1))
