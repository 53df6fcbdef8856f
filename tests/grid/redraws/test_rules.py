from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from services.chassis.errors import Refusal
from services.grid.areas.rules import AreaUnknown, GridNumbered, KindNotOfLevel, ParentUnknown
from services.grid.redraws.rules import (
    CodeUsed,
    FactsSince,
    Ground,
    LeftBelow,
    NamedTwice,
    NoHeir,
    NoPredecessor,
    NotAhead,
    OneDistrict,
    Plan,
    require_whole,
)

ON = date(2026, 5, 15)
DAY = timedelta(days=1)
BORN = date(2016, 1, 1)
TOWN, OTHER = "330703105", "330703101"
VILLAGE = f"{TOWN}291"
GRID, SECOND = f"{VILLAGE}001", f"{VILLAGE}002"
SPANS: dict[str, dict[date, date | None]] = {
    "330703": {BORN: None},
    TOWN: {BORN: None},
    OTHER: {BORN: None},
    VILLAGE: {BORN: None},
    GRID: {BORN: None},
    SECOND: {BORN: ON},  # done already
    f"{VILLAGE}003": {BORN: ON - DAY},
    f"{VILLAGE}004": {ON: None},
    f"{VILLAGE}005": {ON + DAY: None},
}


def ground(
    closes: Mapping[str, str | None], opens: Mapping[str, list[str]], **facts: date
) -> Ground:
    return Ground(Plan(ON, closes, opens), SPANS, facts)


@pytest.mark.parametrize(
    ("code", "heir", "refused"),
    [
        (GRID, None, None),
        (GRID, f"{VILLAGE}011", None),
        (SECOND, None, None),
        (GRID, f"{VILLAGE}012", NoHeir),  # opens, and comes of another
        (GRID, SECOND, NoHeir),
        (f"{VILLAGE}003", None, AreaUnknown),  # ended the day before
        (f"{VILLAGE}004", None, AreaUnknown),  # begins on that day
        (f"{VILLAGE}099", None, AreaUnknown),
        (VILLAGE, None, LeftBelow),
    ],
)
def test_only_what_is_there_can_close(
    code: str, heir: str | None, refused: type[Refusal] | None
) -> None:
    opens = {f"{VILLAGE}011": [code], f"{VILLAGE}012": [SECOND]}
    made = ground({code: heir}, opens)
    if refused is None:
        made.require_closing(code)
    else:
        with pytest.raises(refused):
            made.require_closing(code)


def test_a_village_closes_with_everything_below_it() -> None:
    below = [f"{VILLAGE}{number:03}" for number in (1, 2)]
    made = Ground(
        Plan(ON, dict.fromkeys([VILLAGE, *below]), {}),
        {code: SPANS[code] for code in (TOWN, VILLAGE, *below)},
        {},
    )
    made.require_closing(VILLAGE)
    with pytest.raises(LeftBelow, match=GRID):
        ground({VILLAGE: None, SECOND: None}, {}).require_closing(VILLAGE)


def test_what_begins_later_below_it_is_left_below_it_too() -> None:
    spans = {VILLAGE: {BORN: None}, f"{VILLAGE}005": {ON + DAY: None}}
    with pytest.raises(LeftBelow):
        Ground(Plan(ON, {VILLAGE: None}, {}), spans, {}).require_closing(VILLAGE)


def test_nothing_ends_before_its_records() -> None:
    with pytest.raises(FactsSince, match=str(ON)):
        Ground(Plan(ON, {GRID: None}, {}), SPANS, {GRID: ON}).require_closing(GRID)


@pytest.mark.parametrize(
    ("code", "kind", "of", "refused"),
    [
        (f"{VILLAGE}011", "GRID", [GRID], None),
        (f"{VILLAGE}011", "GRID", [GRID, SECOND], None),
        (f"{VILLAGE}004", "GRID", [GRID], None),  # done already
        (f"{VILLAGE}911", "SCHOOL_GRID", [GRID], None),
        (f"{OTHER}291001", "GRID", [GRID], None),  # in a village that opens, too
        (f"{VILLAGE}011", "SCHOOL_GRID", [GRID], GridNumbered),
        (f"{VILLAGE}911", "GRID", [GRID], GridNumbered),
        (f"{VILLAGE}100", "GRID", [GRID], GridNumbered),
        (f"{VILLAGE}000", "GRID", [GRID], GridNumbered),
        (f"{VILLAGE}011", "VILLAGE", [GRID], KindNotOfLevel),
        (f"{VILLAGE}011", "GRID", [f"{VILLAGE}099"], NoPredecessor),
        (f"{VILLAGE}011", "GRID", [VILLAGE], NoPredecessor),
        (f"{VILLAGE}003", "GRID", [GRID], CodeUsed),
        (f"{VILLAGE}005", "GRID", [GRID], CodeUsed),
        (f"{TOWN}299001", "GRID", [GRID], ParentUnknown),
    ],
)
def test_what_opens_comes_of_what_closes(
    code: str, kind: str, of: list[str], refused: type[Refusal] | None
) -> None:
    made = ground({GRID: None, SECOND: None, "330703105292": None}, {code: of, f"{OTHER}291": []})
    if refused is None:
        made.require_opening(code, kind)
    else:
        with pytest.raises(refused):
            made.require_opening(code, kind)


def test_nothing_opens_under_what_closes() -> None:
    made = ground({VILLAGE: None, GRID: None}, {f"{VILLAGE}011": [GRID]})
    with pytest.raises(ParentUnknown):
        made.require_opening(f"{VILLAGE}011", "GRID")


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({}, None),
        ({"today": ON}, NotAhead),
        ({"today": ON + DAY}, NotAhead),
        ({"today": ON + DAY, "historian": True}, None),
        ({"named": [GRID, GRID]}, NamedTwice),
        ({"named": [GRID, "330702105291001"]}, OneDistrict),
    ],
)
def test_a_redraw_is_of_one_district_and_of_days_to_come(
    change: dict[str, Any], refused: type[Refusal] | None
) -> None:
    told: dict[str, Any] = {"named": [GRID], "today": ON - DAY, "historian": False, **change}
    named, today, historian = told["named"], told["today"], told["historian"]
    plan = Plan(ON, {GRID: None}, {})
    if refused is None:
        require_whole(plan, named, today, historian=historian)
    else:
        with pytest.raises(refused):
            require_whole(plan, named, today, historian=historian)
