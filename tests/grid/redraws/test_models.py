"""Each state of an area, and all that a redraw or an import may make of it."""

from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from services.contracts.grid import AreaSnapshot
from services.grid.areas.models import Area, area_id
from services.grid.areas.operations import put_area
from services.grid.areas.queries import AREAS, Tree
from services.grid.areas.rules import (
    AreaUnknown,
    ContradictsRedraw,
    EndsBeforeItBegins,
    Validity,
)
from services.grid.areas.schemas import AreaIn
from services.grid.redraws.operations import redraw_area, undo_area_redraw
from services.grid.redraws.queries import plan_of
from services.grid.redraws.rules import CodeUsed, Ground, Known, NoHeir
from services.grid.redraws.schemas import Part, RedrawIn, Undone, WithdrawalIn
from services.grid.redraws.withdrawing import DayHasCome, NotPlanned, Withdrawal
from tests.grid.matrix import NOTHING, Outcome, Told, Try, steps, tried

VILLAGE = "330703105291"
OLD, SAME, OTHER = (f"{VILLAGE}{n:03}" for n in (1, 11, 12))
BORN, ON = date(2016, 1, 1), date(2026, 3, 20)
DAY = timedelta(days=1)
PAST = datetime.fromisoformat("2026-03-10T10:00:00+08:00")
STATES: dict[str, Known | None] = {
    "absent": None,
    "valid": Known(),
    "to end": Known(ON + DAY),
    "to end that day": Known(ON),
    "ended": Known(ON - DAY),
    "redrawn earlier": Known(ON - DAY, redrawn=True),
    "redrawn that day": Known(ON, redrawn=True),
    "redrawn that day with an heir": Known(ON, redrawn=True, heir=SAME),
    "redrawn later": Known(ON + DAY, redrawn=True),
}
"""Of the old grid. One that was redrawn has become `SAME`, and that alone."""


def redrawn(state: str) -> Known | None:
    known = STATES[state]
    return known if known and known.redrawn else None


def known(state: str) -> dict[str, dict[date, Known]]:
    areas = {code: {BORN: Known()} for code in ("330703", "330703105", VILLAGE)}
    if (old := STATES[state]) is not None:
        areas[OLD] = {BORN: old}
    if (was := redrawn(state)) and was.end:
        areas[SAME] = {was.end: Known(predecessors=[OLD])}
    return areas


def row(state: str) -> Area | None:
    old = STATES[state]
    if old is None:
        return None
    id_ = area_id(OLD, BORN)
    told: dict[str, Any] = {"id": id_, "area_code": OLD, "name": OLD, "kind": "GRID"}
    told |= {"valid_to": old.end, "redrawn": old.redrawn, "heir": old.heir}
    return Area.open(PAST, **told, parent=VILLAGE, valid_from=BORN)


def closing(state: str, *successors: str, heir: str | None = None) -> Try:
    opens = [
        {"code": code, "name": code, "kind": "GRID", "predecessors": [OLD]} for code in successors
    ]
    body = RedrawIn.model_validate(
        {"on": ON, "closes": [{"code": OLD, "heir": heir}], "opens": opens}
    )
    given = Ground(plan_of(body), known(state), {})
    return Try(redraw_area, Part(code=OLD, redraw=body), given, PAST)


def opening(state: str) -> Try:
    """The code of the old grid, as a part of its neighbour."""
    told = {"code": OLD, "name": OLD, "kind": "GRID", "predecessors": [OTHER]}
    body = RedrawIn.model_validate({"on": ON, "closes": [{"code": OTHER}], "opens": [told]})
    given = Ground(plan_of(body), known(state) | {OTHER: {BORN: Known()}}, {})
    return Try(redraw_area, Part(code=OLD, redraw=body), given, PAST)


def importing(state: str, **facts: Any) -> Try:
    usual = {"code": OLD, "name": OLD, "kind": "GRID", "parent": VILLAGE, "valid_from": BORN}
    validity = Validity(
        (code, start, area.end)
        for code, times in known(state).items()
        for start, area in times.items()
    )
    was = redrawn(state)
    ended = {OLD: was.end} if was and was.end else {}
    return Try(put_area, AreaIn.model_validate(usual | facts), Tree(validity, ended), PAST)


def withdrawing(state: str, at: datetime = PAST) -> Try:
    given = Withdrawal(ON, [OLD], known(state))
    body = WithdrawalIn(on=ON, closes=[OLD])
    told = Undone(code=OLD, opens=[*given.opens], withdrawal=body)
    return Try(undo_area_redraw, told, given, at)


WAYS = (
    "close",
    "close with an heir",
    "close into another",
    "close into both",
    "close for good",
    "close with a stranger as heir",
    "open anew",
    "import",
    "import an end",
    "import an end before its beginning",
    "withdraw",
    "withdraw on its day",
)


def way(name: str, state: str) -> Try:
    match name:
        case "close":
            return closing(state, SAME)
        case "close with an heir":
            return closing(state, SAME, heir=SAME)
        case "close into another":
            return closing(state, OTHER)
        case "close into both":
            return closing(state, SAME, OTHER)
        case "close for good":
            return closing(state)
        case "close with a stranger as heir":
            return closing(state, SAME, heir=OTHER)
        case "open anew":
            return opening(state)
        case "import":
            return importing(state)
        case "import an end":
            return importing(state, valid_to=ON)
        case "import an end before its beginning":
            return importing(state, valid_to=BORN)
        case "withdraw":
            return withdrawing(state)
        case "withdraw on its day":
            return withdrawing(state, datetime.combine(ON, PAST.timetz()))
    raise AssertionError(name)


ACTIVE, ENDED = Told("ACTIVE", AreaSnapshot), Told("ENDED", AreaSnapshot)
CLOSINGS = WAYS[:6]
REFUSED: dict[str, Outcome] = {
    "open anew": CodeUsed,
    "import an end before its beginning": EndsBeforeItBegins,
    "withdraw": NotPlanned,
    "withdraw on its day": DayHasCome,
}
MAY_CLOSE: dict[str, Outcome] = {
    **dict.fromkeys(CLOSINGS, ENDED),
    "close with a stranger as heir": NoHeir,
    "import": ACTIVE,
    "import an end": ENDED,
}
CLOSED_ALREADY: dict[str, Outcome] = {
    **dict.fromkeys(CLOSINGS, ContradictsRedraw),
    "import": NOTHING,
    "import an end": NOTHING,
}
MATRIX: dict[str, dict[str, Outcome]] = {
    "absent": {**MAY_CLOSE, **dict.fromkeys(CLOSINGS, AreaUnknown), "open anew": ACTIVE},
    "valid": MAY_CLOSE | {"import": NOTHING},
    "to end": MAY_CLOSE,
    "to end that day": MAY_CLOSE | {"import an end": NOTHING},
    "ended": {**MAY_CLOSE, **dict.fromkeys(CLOSINGS, AreaUnknown)},
    "redrawn earlier": CLOSED_ALREADY,
    "redrawn that day": CLOSED_ALREADY
    | {"close": NOTHING, "close with an heir": ENDED, "close with a stranger as heir": NoHeir}
    | {"withdraw": ACTIVE},
    "redrawn that day with an heir": CLOSED_ALREADY
    | {"close": NOTHING, "close with an heir": NOTHING, "close with a stranger as heir": NoHeir}
    | {"withdraw": ACTIVE},
    "redrawn later": CLOSED_ALREADY,
}


@pytest.mark.parametrize(("state", "name"), list(product(STATES, WAYS)))
def test_what_becomes_of_an_area(state: str, name: str) -> None:
    assert way(name, state).on(row(state)) == (REFUSED | MATRIX[state])[name]


def test_everything_is_tried_in_every_state() -> None:
    assert tried(way(name, "valid") for name in WAYS) == steps(AREAS)
    assert MATRIX.keys() == STATES.keys()
    assert all({*REFUSED, *row} == {*WAYS} for row in MATRIX.values())
