from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.codes_grid import Category
from services.contracts.codes_outreach import Datum
from services.grid.duplicates.rules import (
    AnotherCategory,
    HasMerged,
    Master,
    MasterIsItself,
    MasterIsOver,
    MasterUnknown,
    Merged,
)
from services.grid.positions.rules import Point, distance_m

A, B, C = (UUID(int=n) for n in (1, 2, 3))
GRID = "330703105291001"
points = st.builds(Point, st.floats(-180, 180), st.floats(-89, 89), st.just(Datum.WGS84))


def known(**over: bool) -> Merged:
    """Three reports of one category, by anna, bert and clara."""
    found = Merged()
    for name, id, reporter in (("a", A, "anna"), ("b", B, "bert"), ("c", C, "clara")):
        master = Master(GRID, Category.MARKET, over.get(name, False), {reporter})
        found.know(id, master, has_merged=False)
    return found


@given(points, points)
def test_a_distance_is_the_same_both_ways(one: Point, other: Point) -> None:
    there, back = distance_m(one, other), distance_m(other, one)
    assert there is not None
    assert there == pytest.approx(back)
    assert 0 <= there <= 20_020_000


def test_a_degree_of_latitude_is_111_km() -> None:
    one = Point(119.7, 29.0, Datum.CGCS2000)
    assert distance_m(one, Point(119.7, 30.0, Datum.CGCS2000)) == pytest.approx(111_195, abs=1)
    assert distance_m(one, Point(119.7, 30.0, Datum.GCJ02)) is None


def test_everybody_is_credited_once_for_a_matter() -> None:
    runs = known()
    assert runs.take(A, Category.MARKET, "anna", C) is True
    assert runs.take(B, Category.MARKET, "anna", C) is False  # the same person again
    runs = known()
    assert runs.take(A, Category.MARKET, "clara", C) is False  # who reported the master


@pytest.mark.parametrize(
    ("into", "category", "over", "refusal"),
    [
        (A, Category.MARKET, {}, MasterIsItself),
        (UUID(int=9), Category.MARKET, {}, MasterUnknown),
        (B, Category.MARKET, {"b": True}, MasterIsOver),
        (B, Category.TRAFFIC, {}, AnotherCategory),
    ],
)
def test_into_what_nothing_is_merged(
    into: UUID, category: Category, over: dict[str, bool], refusal: Any
) -> None:
    with pytest.raises(refusal):
        known(**over).take(A, category, "anna", into)


def test_what_others_were_merged_into_is_merged_no_more_in_the_same_run_either() -> None:
    runs = known()
    runs.take(A, Category.MARKET, "anna", B)
    with pytest.raises(HasMerged):
        runs.take(B, Category.MARKET, "bert", C)
    with pytest.raises(HasMerged):
        runs.require_alone(B)
    with pytest.raises(MasterIsOver):
        runs.take(C, Category.MARKET, "clara", A)


def test_what_is_cancelled_in_the_same_run_takes_nothing_up() -> None:
    runs = known()
    runs.end(B)
    with pytest.raises(MasterIsOver):
        runs.take(A, Category.MARKET, "anna", B)
