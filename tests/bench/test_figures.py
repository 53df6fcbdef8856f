import itertools
from statistics import mean

import pytest

from tests.bench.figures import TICK_SECONDS, Row, arrivals, percentile, ratios


@pytest.mark.parametrize(
    ("ratio", "target", "at_most", "held"),
    [
        (0.5, 0.5, False, True),
        (0.49, 0.5, False, False),
        (50.0, 50, True, True),
        (50.1, 50, True, False),
        (0.1, None, False, None),
    ],
)
def test_a_goal_is_held_from_its_target_on(
    ratio: float, target: float | None, at_most: bool, held: bool | None
) -> None:
    row = Row("P", [ratio], target, at_most=at_most)
    assert row.held is held
    assert row.as_json()["held"] is held


def test_the_ratio_is_the_rounds_median_and_the_spread_their_extremes() -> None:
    told = Row("P1", [0.9, 0.1, 0.6], 0.5, told="a · b").as_json()
    assert told == {
        "goal": "P1",
        "ratio": 0.6,
        "target": 0.5,
        "held": True,
        "better": "higher",
        "spread": [0.1, 0.9],
        "rounds": 3,
        "told": "a · b",
    }


def test_ratios_are_taken_round_by_round() -> None:
    assert ratios([1, 4], [2, 4]) == [0.5, 1]
    with pytest.raises(ValueError, match="longer"):
        ratios([1], [1, 2])


@pytest.mark.parametrize(
    ("share", "value"), [(0.5, 50), (0.99, 99), (0.999, 100), (1, 100), (0.001, 1)]
)
def test_a_percentile_is_one_of_the_values(share: float, value: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == value


def test_a_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 0.001) == percentile([7.0], 0.999) == 7


def test_arrivals_keep_the_rate_and_the_time_whatever_is_answered() -> None:
    due = arrivals(1000, 20, seed=1)
    assert due == sorted(due)
    assert due[0] > 0
    assert due[-1] <= 20 + TICK_SECONDS
    assert len(due) == pytest.approx(20_000, rel=0.03)


def test_arrivals_are_as_irregular_as_people() -> None:
    due = arrivals(50, 100, seed=2)
    gaps = [later - earlier for earlier, later in itertools.pairwise(due)]
    usual = mean(gaps)
    long = sum(gap > 2 * usual for gap in gaps) / len(gaps)
    assert long == pytest.approx(0.135, abs=0.02)  # e to the power of -2, as in a Poisson stream


def test_arrivals_fall_on_ticks_and_are_never_early() -> None:
    exact, told = arrivals(10, 10, seed=3), arrivals(10, 10, seed=3)
    assert exact == told
    assert all(round(at / TICK_SECONDS) * TICK_SECONDS == pytest.approx(at) for at in told)
