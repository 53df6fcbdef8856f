"""Whatever redraws are asked for, in whatever order: those that are taken leave no day without its grids."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.chassis.operation import Call, Item
from services.gateway.dashboards.trees import UNDIVIDED, Span, found, terms
from services.grid.areas.models import Area, area_id
from services.grid.redraws.operations import items, undone
from services.grid.redraws.queries import plan_of
from services.grid.redraws.rules import Ground, Known
from services.grid.redraws.schemas import RedrawIn, WithdrawalIn
from services.grid.redraws.withdrawing import BuiltUpon, NoPlaceLeft, Withdrawal
from tests.support.people import DISTRICT

BORN, FIRST = date(2016, 1, 1), date(2027, 1, 1)
NOW = datetime(2026, 12, 31, tzinfo=UTC)
DAYS = 9
CALENDAR = [FIRST + timedelta(n) for n in range(DAYS + 2)]
TOWNS = ("330703101", "330703105")
VILLAGES = (f"{TOWNS[0]}201", f"{TOWNS[1]}291", f"{TOWNS[1]}292")
GRIDS = [f"{village}{n:03}" for village in VILLAGES for n in (1, 2)]
KIND = {6: "DISTRICT", 9: "TOWN", 12: "VILLAGE", 15: "GRID"}


class District:
    """A district in memory, redrawn by the operation itself. `taken`: the redraws that were accepted."""

    def __init__(self) -> None:
        self.areas: dict[UUID, Area] = {}
        self.taken: list[RedrawIn] = []
        for code in ("330703", *TOWNS, *VILLAGES, *GRIDS):
            facts = {"area_code": code, "name": code, "kind": KIND[len(code)], "valid_from": BORN}
            made = Area.open(NOW, id=area_id(code, BORN), **facts)
            self.areas[made.id] = made

    def known(self) -> dict[str, dict[date, Known]]:
        told: dict[str, dict[date, Known]] = {}
        for a in self.there():
            told.setdefault(a.area_code, {})[a.valid_from] = Known(
                a.valid_to, a.redrawn, a.predecessors, a.heir, a.former_end
            )
        return told

    def there(self) -> list[Area]:
        """All but those that were to come of a redraw that is withdrawn."""
        return [area for area in self.areas.values() if not area.is_void]

    def redraw(self, body: RedrawIn) -> Refusal | None:
        """All of it, or what refuses it."""
        ground = Ground(plan_of(body), self.known(), {})
        entries = {row.code: day for row in body.closes if (day := ground.entry(row.code))}
        if refusal := self._run(items(body, entries), ground):
            return refusal
        self.taken.append(body)
        return None

    def withdraw(self, body: RedrawIn) -> Refusal | None:
        told = WithdrawalIn(on=body.on, closes=[row.code for row in body.closes])
        planned = Withdrawal(told.on, told.closes, self.known())
        if refusal := self._run(undone(told, planned), planned):
            return refusal
        self.taken = [each for each in self.taken if each.on != body.on or each.codes != body.codes]
        return None

    def _run(self, wanted: Sequence[Item], given: Ground | Withdrawal) -> Refusal | None:
        after = deepcopy(self.areas)
        for item in wanted:
            call = Call(DISTRICT, "district", NOW, NOW, item.id, None)  # type: ignore[arg-type]
            try:
                done = item.operation.apply(after.get(item.id), item.body, given, call)
            except Refusal as refusal:
                return refusal
            if done:
                after[item.id] = done.row
        self.areas = after
        return None

    def codes(self, length: int) -> list[str]:
        return sorted({a.area_code for a in self.there() if len(a.area_code) == length})

    def valid(self, code: str, day: date) -> bool:
        return any(holds(a, day) for a in self.there() if a.area_code == code)

    def lines(self, area: Area) -> Iterator[list[Area]]:
        """Each part of the area's ground: the areas that it belongs to, one after the other."""
        after = [a for a in self.there() if area.area_code in a.predecessors]
        if not after:
            yield [area]
        for successor in after:
            yield from ([area, *line] for line in self.lines(successor))


def holds(area: Area, day: date) -> bool:
    return area.valid_from <= day and (area.valid_to is None or day < area.valid_to)


Wish = tuple[int, int, int, int, int]
"""Which day, which grid or village, which other, under which number, with which heir."""
Drawn = Callable[[District, Wish], dict[str, Any]]


def opening(code: str, *of: str) -> dict[str, Any]:
    return {"code": code, "name": code, "kind": KIND[len(code)], "predecessors": [*of]}


def split(district: District, wish: Wish) -> dict[str, Any]:
    """Its parts may come to lie in other villages; that which is closed may be planned, or closed already."""
    _, which, other, number, heir = wish
    grids, villages = district.codes(15), district.codes(12)
    old, home = grids[which % len(grids)], villages[other % len(villages)]
    parts = [f"{home}{number + 11:03}", f"{old[:12]}{number + 12:03}"]
    heirs = [None, *parts]
    return {
        "closes": [{"code": old, "heir": heirs[heir % 3]}],
        "opens": [opening(part, old) for part in parts],
    }


def merger(district: District, wish: Wish) -> dict[str, Any]:
    _, which, other, number, _ = wish
    grids = district.codes(15)
    old = sorted({grids[which % len(grids)], grids[other % len(grids)]})
    new = f"{old[0][:12]}{number + 11:03}"
    return {"closes": [{"code": code} for code in old], "opens": [opening(new, *old)]}


def handover(district: District, wish: Wish) -> dict[str, Any]:
    """A village, with the grids that it has on the eve, to another township."""
    day, which, other, number, _ = wish
    eve = FIRST + timedelta(day - 1)
    villages = district.codes(12)
    old, new = villages[which % len(villages)], f"{TOWNS[other % 2]}{number + 301}"
    grids = [c for c in district.codes(15) if c.startswith(old) and district.valid(c, eve)]
    pairs = [(old, new), *((code, new + code[12:]) for code in grids)]
    return {
        "closes": [{"code": before} for before, _ in pairs],
        "opens": [opening(after, before) for before, after in pairs],
    }


def end(district: District, wish: Wish) -> dict[str, Any]:
    grids = district.codes(15)
    return {"closes": [{"code": grids[wish[1] % len(grids)]}]}


wish = st.tuples(st.integers(1, DAYS), *[st.integers(0, 30)] * 2, *[st.integers(0, 5)] * 2)
wishes = st.lists(
    st.tuples(st.sampled_from([split, split, merger, handover, end, None]), wish),
    max_size=14,
)
EARLIER = [(split, (5, 0, 0, 0, 0)), (split, (3, 0, 0, 2, 0))]
ANOTHER_HEIR = [(split, (5, 0, 0, 0, 1)), (split, (5, 0, 0, 0, 2))]
OTHERWISE = [(split, (5, 0, 0, 0, 1)), (merger, (5, 0, 0, 3, 0))]
UNDER_WHAT_ENDS = [(handover, (5, 0, 1, 0, 0)), (split, (3, 2, 0, 0, 0))]


def drawn(asked: Sequence[tuple[Drawn | None, Wish]]) -> District:
    """Without a way to draw it, one that was taken is withdrawn, if nothing depends on it."""
    district = District()
    for draw, wish in asked:
        if draw:
            day = FIRST + timedelta(wish[0])
            district.redraw(RedrawIn(on=day, **draw(district, wish)))
        elif district.taken:
            district.withdraw(district.taken[wish[1] % len(district.taken)])
    return district


def trees(district: District) -> list[Any]:
    """The areas as they will be, and what becomes of those that are no more by each day."""
    areas = sorted(a.model_dump_json(exclude={"occurred_at"}) for a in district.there())
    spans = spans_of(district)
    return [areas, *(found(spans, day) for day in CALENDAR)]


def spans_of(district: District) -> list[Span]:
    return [
        Span(a.area_code, a.valid_from, a.valid_to, a.predecessors, a.heir)
        for a in district.areas.values()
    ]


@settings(max_examples=150)
@given(wishes)
@example(EARLIER)
@example(OTHERWISE)
@example(UNDER_WHAT_ENDS)
def test_on_every_day_every_piece_of_ground_is_of_one_grid_in_one_village(
    asked: list[tuple[Drawn | None, Wish]],
) -> None:
    district = drawn(asked)
    ended = {
        (row.code, body.on)
        for body in district.taken
        for row in body.closes
        if not any(row.code in opened.predecessors for opened in body.opens)
    }
    for code in GRIDS:
        for line in district.lines(district.areas[area_id(code, BORN)]):
            gone = (line[-1].area_code, line[-1].valid_to) in ended
            for day in CALENDAR:
                there = [area.area_code for area in line if holds(area, day)]
                assert len(there) == 1 or (gone and not there and not holds(line[-1], day))
                assert all(district.valid(code[:12], day) for code in there)


@settings(max_examples=150)
@given(wishes)
@example(EARLIER)
@example(OTHERWISE)
@example(ANOTHER_HEIR)
def test_what_was_taken_holds_whatever_is_taken_later(
    asked: list[tuple[Drawn | None, Wish]],
) -> None:
    district = drawn(asked)
    for body in district.taken:
        for row in body.closes:
            [closed] = [
                a for a in district.there() if a.area_code == row.code and not holds(a, body.on)
            ]
            after = {a.area_code for a in district.there() if row.code in a.predecessors}
            assert closed.valid_to == body.on
            assert after == {new.code for new in body.opens if row.code in new.predecessors}
            assert row.heir in (None, closed.heir)
            assert closed.heir is None or closed.heir in after


@settings(max_examples=60)
@given(wishes)
def test_an_equal_redraw_changes_nothing_whatever_was_taken_since(
    asked: list[tuple[Drawn | None, Wish]],
) -> None:
    district = drawn(asked)
    before = {area.id: area.model_dump() for area in district.areas.values()}
    for body in [*district.taken]:
        assert district.redraw(body) is None
    assert {area.id: area.model_dump() for area in district.areas.values()} == before


@settings(max_examples=60)
@given(wishes, st.sampled_from(CALENDAR))
def test_both_trees_sum_to_the_same(asked: list[tuple[Drawn | None, Wish]], today: date) -> None:
    """One fact a day in each grid that is there: by the tree of any day, each is in one grid, or undivided."""
    district = drawn(asked)
    facts = [
        area.area_code
        for area in district.there()
        for day in CALENDAR
        if len(area.area_code) == 15 and day <= today and holds(area, day)
    ]
    moved = found(spans_of(district), today)
    for length in (9, 12, 15):
        parts = [code for code in district.codes(length) if district.valid(code, today)]
        summed: Counter[str] = Counter()
        for area, code, weight in terms(["330703", *parts], moved, "330703"):
            summed[area] += weight * sum(fact.startswith(code) for fact in facts)
        assert summed.pop("330703") == len(facts)
        assert sum(summed.values()) == len(facts)
        assert all(n >= 0 for n in summed.values())
        assert set(summed) <= {UNDIVIDED, *parts}


@settings(max_examples=150)
@given(wishes, st.sampled_from([split, merger, handover, end]), wish)
def test_a_redraw_that_is_withdrawn_was_never_planned(
    asked: list[tuple[Drawn | None, Wish]], draw: Drawn, last: Wish
) -> None:
    """By either tree, on every day; and it can be planned again."""
    district = drawn(asked)
    before, body = trees(district), RedrawIn(on=FIRST + timedelta(last[0]), **draw(district, last))
    told = [*district.taken]
    if district.redraw(body) is None and trees(district) != before:
        planned = trees(district)
        assert district.withdraw(body) is None
        assert trees(district) == before
        assert district.taken == told
        assert district.redraw(body) is None
        assert trees(district) == planned


def test_what_others_build_upon_is_not_withdrawn() -> None:
    district = drawn([(split, (2, 0, 0, 0, 0)), (split, (5, 2, 0, 3, 0)), (end, (7, 4, 0, 0, 0))])
    assert len(district.taken) == 3
    first, *_ = district.taken
    before = trees(district)
    assert isinstance(district.withdraw(first), BuiltUpon | NoPlaceLeft)
    assert trees(district) == before


def test_the_sequences_hold_what_contradicts_and_what_is_sound() -> None:
    """Else the properties above would hold of nothing."""
    for contradictory in (EARLIER, OTHERWISE, ANOTHER_HEIR, UNDER_WHAT_ENDS):
        assert len(drawn(contradictory).taken) == 1
    sound = [(split, (2, 0, 0, 0, 0)), (split, (5, 2, 0, 3, 0))]
    assert [body.on.day for body in drawn(sound).taken] == [3, 6]
