from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.effective import in_force
from services.grid.limits.rules import versions

FIRST = date(2026, 1, 1)
AREAS = ["", "330703", "330703101", "330703105"]
days = st.integers(0, 6).map(lambda n: FIRST + timedelta(n))
tables = st.lists(
    st.fixed_dictionaries(
        {"clock": st.sampled_from("ab"), "area_code": st.sampled_from(AREAS), "valid_from": days}
    ),
    unique_by=lambda row: (row["clock"], row["area_code"], row["valid_from"]),
)
places = st.sampled_from([*AREAS[1:], "330703105291001"])


def told(rows: list[dict[str, Any]], on: date | None, area: str | None) -> list[dict[str, Any]]:
    return versions(rows, ["clock"], on, area)


@given(tables, days, places)
def test_what_is_told_to_hold_is_what_clocks_go_by(
    rows: list[dict[str, Any]], day: date, area: str
) -> None:
    known = [SimpleNamespace(**row) for row in rows]
    expected = {
        clock: row
        for clock in "ab"
        if (row := in_force((r for r in known if r.clock == clock), area, day))
    }
    found = {row.pop("clock"): row for row in told(rows, day, area)}
    assert {clock: (row["area_code"], row["valid_from"]) for clock, row in found.items()} == {
        clock: (row.area_code, row.valid_from) for clock, row in expected.items()
    }


@given(tables, days)
def test_on_a_day_one_version_of_each_is_in_force(rows: list[dict[str, Any]], day: date) -> None:
    found = [(row["clock"], row["area_code"]) for row in told(rows, day, None)]
    begun = {(row["clock"], row["area_code"]) for row in rows if row["valid_from"] <= day}
    assert sorted(found) == sorted(begun)


@given(tables)
def test_every_version_is_told_and_ends_where_the_next_begins(rows: list[dict[str, Any]]) -> None:
    every = told(rows, None, None)
    assert len(every) == len(rows)
    for row in every:
        later = [
            other["valid_from"]
            for other in rows
            if (other["clock"], other["area_code"]) == (row["clock"], row["area_code"])
            and other["valid_from"] > row["valid_from"]
        ]
        assert row["valid_to"] == min(later, default=None)
