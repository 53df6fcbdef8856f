from datetime import UTC, date, datetime, timedelta

import pytest

from services.contracts.codes_outreach import Suspicion
from services.grid.positions.queries import Accuracy, PositionLimitMissing, Rule
from services.grid.positions.rules import all_of, suspicions

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
S = Suspicion


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
    assert suspicions(captured, NOW, accuracy, mock, 100) == found


def test_what_is_doubted_twice_is_told_once() -> None:
    assert all_of([S.INACCURATE], [S.MOCK, S.INACCURATE], []) == [S.MOCK, S.INACCURATE]


def test_the_nearest_and_newest_limit_holds() -> None:
    rules = [
        Rule("", date(1900, 1, 1), 100),
        Rule("", date(2026, 3, 1), 50),
        Rule("330703105", date(1900, 1, 1), 200),
    ]
    told = Accuracy(rules)
    assert told.limit("330703101", date(2026, 2, 28)) == 100
    assert told.limit("330703101", date(2026, 3, 1)) == 50
    assert told.limit("330703105291001", date(2026, 3, 1)) == 200
    with pytest.raises(PositionLimitMissing):
        Accuracy([]).limit("330703101", date(2026, 3, 1))
