from datetime import date, timedelta

import pytest

from services.chassis.errors import Refusal
from services.grid.areas.rules import (
    EndsBeforeItBegins,
    KindNotOfLevel,
    ParentMismatch,
    ParentUnknown,
    Validity,
    ValidityOverlaps,
    require_place,
)

FIRST, END = date(2016, 1, 1), date(2020, 1, 1)
DAY = timedelta(days=1)
TREE = Validity(
    [
        ("330703", FIRST, None),
        ("330703105", FIRST, None),
        ("330703105291", FIRST, None),
        ("330703106", FIRST, END),
    ]
)


@pytest.mark.parametrize(
    ("code", "kind", "parent", "refused"),
    [
        ("330703", "DISTRICT", None, None),
        ("330703", "COUNTY", None, None),
        ("330703001", "STREET", "330703", None),
        ("330703101", "TOWN", "330703", None),
        ("330703200", "TOWNSHIP", "330703", None),
        ("330703105291", "VILLAGE", "330703105", None),
        ("330703105001", "COMMUNITY", "330703105", None),
        ("330703105291001", "GRID", "330703105291", None),
        ("330703105292", "DISTRICT", "330703105", KindNotOfLevel),
        ("330703", "GRID", None, KindNotOfLevel),
        ("330703105291001", "VILLAGE", "330703105291", KindNotOfLevel),
        ("330703101", "CASTLE", "330703", KindNotOfLevel),
        ("330703105291001", "GRID", "330703105", ParentMismatch),
        ("330703105291001", "GRID", "330703", ParentMismatch),
        ("330703105291001", "GRID", "330703105292", ParentMismatch),
        ("330703105291001", "GRID", "330703105291001", ParentMismatch),
        ("330703105291001", "GRID", None, ParentMismatch),
        ("330703", "DISTRICT", "330703", ParentMismatch),
        ("330703999001", "VILLAGE", "330703999", ParentUnknown),
        ("330703106001", "VILLAGE", "330703106", ParentUnknown),  # which has ended
    ],
)
def test_an_area_has_one_place_in_the_tree(
    code: str, kind: str, parent: str | None, refused: type[Refusal] | None
) -> None:
    if refused is None:
        require_place(code, kind, parent, END, TREE)
    else:
        with pytest.raises(refused):
            require_place(code, kind, parent, END, TREE)


def test_a_code_is_valid_from_its_first_day_until_before_its_end() -> None:
    days = (FIRST - DAY, FIRST, END - DAY, END)
    assert [TREE.holds("330703106", day) for day in days] == [False, True, True, False]
    assert TREE.holds("330703105", date.max - DAY)
    assert not TREE.holds("330703107", FIRST)


@pytest.mark.parametrize(
    ("start", "end", "refused"),
    [
        (FIRST, END, None),  # itself, unchanged
        (FIRST, END + DAY, None),  # itself, prolonged
        (FIRST, None, None),
        (END, None, None),
        (FIRST - DAY, FIRST, None),
        (END - DAY, None, ValidityOverlaps),
        (FIRST - DAY, FIRST + DAY, ValidityOverlaps),
        (FIRST - DAY, None, ValidityOverlaps),
        (END, END, EndsBeforeItBegins),
        (END, END - DAY, EndsBeforeItBegins),
    ],
)
def test_a_code_means_one_thing_on_one_day(
    start: date, end: date | None, refused: type[Refusal] | None
) -> None:
    if refused is None:
        TREE.require_span("330703106", start, end)
    else:
        with pytest.raises(refused):
            TREE.require_span("330703106", start, end)
