from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from services.chassis.errors import Refusal
from services.grid.areas.rules import (
    AreaUnknown,
    ContradictsRedraw,
    GridNumbered,
    KindNotOfLevel,
    ParentEnds,
    ParentUnknown,
)
from services.grid.redraws.rules import (
    CodeUsed,
    FactsSince,
    Ground,
    Known,
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
AREAS: dict[str, dict[date, Known]] = {
    "330703": {BORN: Known()},
    TOWN: {BORN: Known()},
    OTHER: {BORN: Known()},
    VILLAGE: {BORN: Known()},
    GRID: {BORN: Known()},
    SECOND: {BORN: Known(ON)},  # ended by an import
    f"{VILLAGE}003": {BORN: Known(ON - DAY)},
    f"{VILLAGE}004": {ON: Known()},
    f"{VILLAGE}005": {ON + DAY: Known()},
}


def ground(
    closes: Mapping[str, str | None], opens: Mapping[str, list[str]], **facts: date
) -> Ground:
    return Ground(Plan(ON, closes, opens), AREAS, facts)


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
        {code: AREAS[code] for code in (TOWN, VILLAGE, *below)},
        {},
    )
    made.require_closing(VILLAGE)
    with pytest.raises(LeftBelow, match=GRID):
        ground({VILLAGE: None, SECOND: None}, {}).require_closing(VILLAGE)


def test_what_begins_later_below_it_is_left_below_it_too() -> None:
    areas = {VILLAGE: {BORN: Known()}, f"{VILLAGE}005": {ON + DAY: Known()}}
    with pytest.raises(LeftBelow, match=str(ON + DAY)):
        Ground(Plan(ON, {VILLAGE: None}, {}), areas, {}).require_closing(VILLAGE)


def test_nothing_ends_before_its_records() -> None:
    with pytest.raises(FactsSince, match=str(ON)):
        Ground(Plan(ON, {GRID: None}, {}), AREAS, {GRID: ON}).require_closing(GRID)


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


A, B, C = (f"{VILLAGE}{n:03}" for n in (11, 12, 13))
SPLIT = {
    VILLAGE: {BORN: Known()},
    GRID: {BORN: Known(ON, redrawn=True)},
    **{part: {ON: Known(predecessors=[GRID])} for part in (A, B)},
}
"""A split that is recorded already."""
ABOLISHED = {GRID: {BORN: Known(ON, redrawn=True)}}
IMPORTED = {GRID: {BORN: Known()}, A: {ON: Known(predecessors=[GRID])}}
"""An import says what a grid becomes, and not that it ends."""
REUSED = {GRID: {date(2010, 1, 1): Known(BORN, redrawn=True), BORN: Known()}, A: SPLIT[A]}


@pytest.mark.parametrize(
    ("areas", "on", "successors", "refused"),
    [
        (SPLIT, ON, [A, B], None),  # an equal one
        (SPLIT, ON, [A], ContradictsRedraw),
        (SPLIT, ON, [C], ContradictsRedraw),
        (SPLIT, ON, [A, B, C], ContradictsRedraw),
        (SPLIT, ON, [], ContradictsRedraw),
        (SPLIT, ON - DAY, [A, B], ContradictsRedraw),
        (SPLIT, ON - DAY, [C], ContradictsRedraw),
        (SPLIT, ON + DAY, [C], ContradictsRedraw),
        (ABOLISHED, ON, [], None),
        (ABOLISHED, ON, [C], ContradictsRedraw),
        (ABOLISHED, ON - DAY, [], ContradictsRedraw),
        (ABOLISHED, ON + DAY, [], ContradictsRedraw),
        (IMPORTED, ON, [A], None),
        (IMPORTED, ON, [A, C], None),
        (IMPORTED, ON, [C], ContradictsRedraw),
        (IMPORTED, ON - DAY, [A], ContradictsRedraw),
        (IMPORTED, ON + DAY, [C], None),  # what came of it before is another matter
        (REUSED, ON, [A], None),
        (REUSED, BORN, [A], ContradictsRedraw),
    ],
)
def test_an_area_ends_as_another_redraw_has_it_or_not_at_all(
    areas: Mapping[str, Mapping[date, Known]],
    on: date,
    successors: list[str],
    refused: type[Refusal] | None,
) -> None:
    made = Ground(Plan(on, {GRID: None}, {code: [GRID] for code in successors}), areas, {})
    if refused is None:
        made.require_closing(GRID)
    else:
        with pytest.raises(refused, match=GRID) as told:
            made.require_closing(GRID)
        assert (told.value.pointer, str(ON if on != BORN else BORN) in told.value.en) == (
            "/code",
            True,
        )


def test_the_redraw_that_is_contradicted_is_told() -> None:
    with pytest.raises(ContradictsRedraw) as told:
        Ground(Plan(ON - DAY, {GRID: None}, {C: [GRID]}), SPLIT, {}).require_closing(GRID)
    assert told.value.en.endswith(f"area {GRID} ends on {ON} and becomes {A}, {B}.")
    assert told.value.zh.endswith(f"区域 {GRID} 自 {ON} 起撤销，后继为 {A}、{B}。")
    with pytest.raises(ContradictsRedraw) as told:
        Ground(Plan(ON, {SECOND: None}, {A: [SECOND]}), SPLIT, {}).require_opening(A, "GRID")
    assert told.value.en.endswith(f"area {A} begins on {ON} and comes of {GRID}.")
    assert told.value.zh.endswith(f"区域 {A} 自 {ON} 起新设，由 {GRID} 而来。")


@pytest.mark.parametrize("of", [[SECOND], [GRID, SECOND]])
def test_what_opens_on_that_day_already_comes_of_the_same(of: list[str]) -> None:
    made = Ground(Plan(ON, {GRID: None, SECOND: None}, {A: of}), SPLIT, {})
    with pytest.raises(ContradictsRedraw) as told:
        made.require_opening(A, "GRID")
    assert told.value.pointer == "/predecessors"


@pytest.mark.parametrize(
    ("grid", "refused"),
    [({}, ParentEnds), ({ON: Known(ON + DAY + DAY)}, ParentEnds), ({ON: Known(ON + DAY)}, None)],
)
def test_nothing_outlives_the_village_that_it_opens_in(
    grid: dict[date, Known], refused: type[Refusal] | None
) -> None:
    """An equal redraw of a grid that has ended with its village since changes nothing."""
    areas = {VILLAGE: {BORN: Known(ON + DAY)}, A: grid}
    made = Ground(Plan(ON, {GRID: None}, {A: [GRID]}), areas, {})
    if refused is None:
        made.require_opening(A, "GRID")
    else:
        with pytest.raises(refused, match=str(ON + DAY)):
            made.require_opening(A, "GRID")


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
