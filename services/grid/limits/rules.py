"""Within which bounds the tables of limits are set, and which of their rows hold. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from services.chassis.deadlines.calendar import Limit, Unit
from services.grid.areas.rules import AreaUnknown, Validity
from services.grid.configured import Guard, Row, from_tomorrow
from services.grid.reports.clocks import limits

AT_MOST = {Unit.MINUTES: 1440, Unit.HOURS: 8760, Unit.WORKING_DAYS: 250, Unit.DAYS: 365}
"""A year, further than which the calendar may not reach; a day where minutes are told. Our design. A month is of no
one length, and has no place here."""
NOON = 720
BOUNDS = {
    limits.SELF_CHECK_PERCENT: (0, 100),
    limits.REOPEN_DAYS: (1, 365),
    limits.ARCHIVE_DAYS: (0, 3653),
    limits.WORK_STARTS: (0, NOON - 1),
    limits.WORK_ENDS: (NOON, 1440),
}
"""Of the numbers of `handling_rule`. A working day begins before noon and ends after it, whichever rows are in force."""


def require_limit(text: str) -> str:
    told = Limit.parse(text)
    if told.amount > AT_MOST.get(told.unit, 0):
        most = "、".join(f"{amount}{unit}" for unit, amount in AT_MOST.items())
        raise ValueError(f"至多 {most}。At most one of these.")
    return text


def require_ascending(percents: list[int]) -> list[int]:
    if percents != sorted({*percents}):
        raise ValueError("须由小到大，不重复。In ascending order, each once.")
    return percents


def require_bounds(name: str, amount: int) -> int:
    least, most = BOUNDS[name]
    if not least <= amount <= most:
        raise ValueError(f"{name} 须为 {least}–{most}。It is {least} to {most}.")
    return amount


def of_an_area_from_tomorrow(known: Validity) -> Guard:
    """A row is of the whole, or of an area that is there on the row's first day."""

    def guard(before: Row | None, told: Row, today: date) -> None:
        from_tomorrow(before, told, today)
        code, start = told["area_code"], told["valid_from"]
        if code and not known.holds(code, start):
            raise AreaUnknown(code)

    return guard


def versions(
    rows: Iterable[Row], names: Sequence[str], on: date | None, area: str | None
) -> list[Row]:
    """Each with the day on which the next one of its area takes its place. `on`: those in force on that day; `area`: those
    for it and for what it lies in; of both, the one that holds there of those that `names` do not tell apart."""
    ordered = sorted(rows, key=lambda row: (*_place(row, names), row["valid_from"]))
    ends: dict[tuple[str, ...], date] = {}
    told: list[Row] = []
    for row in reversed(ordered):
        place = _place(row, names)
        told.insert(0, row | {"valid_to": ends.get(place)})
        ends[place] = row["valid_from"]
    if area is not None:
        told = [row for row in told if area.startswith(row["area_code"])]
    if on is not None:
        told = [row for row in told if row["valid_from"] <= on < (row["valid_to"] or date.max)]
    if on is not None and area is not None:
        told = [*{_place(row, names)[:-1]: row for row in told}.values()]
    return told


def _place(row: Row, names: Sequence[str]) -> tuple[str, ...]:
    """What it is of, and where: the smaller area comes after those that it lies in."""
    return (*(str(row[name]) for name in names), row["area_code"])
