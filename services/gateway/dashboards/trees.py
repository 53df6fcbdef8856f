"""Figures by the tree as it was, or as it is: what was recorded in areas that are no more, shown where they are now.
The tallies stay as they are; only what is asked of them differs (ADR 0020)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from services.chassis.database import DriverConnection

SPANS = """
    select area_code, (data ->> 'valid_from')::date, (data ->> 'valid_to')::date,
           array(select jsonb_array_elements_text(data -> 'predecessors')), data ->> 'heir'
    from card where noun = 'area' and area_code in (
        select area_code from card where noun = 'area'
        and (data ->> 'valid_to' is not null or data -> 'predecessors' <> '[]'::jsonb))"""
DISTRICT, STEP = 6, 3
UNDIVIDED = "undivided"
"""Stands for the area that holds what belongs to the whole and to none of its parts."""


class Tree(StrEnum):
    AS_WAS = "as_was"  # each fact in the area of its own day
    AS_IS = "as_is"  # in today's area that the former one has become


class Span(NamedTuple):
    """A code during one time of its validity."""

    code: str
    start: date
    end: date | None
    predecessors: list[str]
    heir: str | None


Moved = tuple[tuple[str, str], ...]
"""Of each code that is no more, the smallest present area that all of it lies in."""


class Term(NamedTuple):
    """How often the tallies of `code` count for `area`."""

    area: str
    code: str
    weight: int


async def moved(connection: DriverConnection, today: date) -> Moved:
    return found(map(Span._make, await connection.fetch(SPANS)), today)


def found(spans: Iterable[Span], today: date) -> Moved:
    """By what the areas say of their predecessors. With several successors and no heir, nobody can tell whose a fact
    is: it is of what they all lie in. So is that of an area without successors."""
    begun = [span for span in spans if span.start <= today and span.start != span.end]
    present = {span.code for span in begun if span.end is None or today < span.end}
    ended = {span.code: span.heir for span in begun if span.code not in present}
    successors: dict[str, set[str]] = {}
    for span in begun:
        for code in span.predecessors:
            successors.setdefault(code, set()).add(span.code)
    homes: dict[str, str] = {}

    def home(code: str) -> str:
        if code in homes:
            return homes[code]
        homes[code] = code[:DISTRICT]  # whoever comes back to it here goes round in circles
        if code in ended:
            heir, after = ended[code], successors.get(code, set())
            told = {heir} if heir in after else after
            homes[code] = shared(code, [home(other) for other in sorted(filter(None, told))])
        else:
            above = next((a for a in _above(code) if a in ended), None)
            homes[code] = home(above) if above else code
        return homes[code]

    def shared(code: str, places: list[str]) -> str:
        if not places:
            return home(code[:-STEP]) if len(code) > DISTRICT else code
        for length in range(min(map(len, places)), DISTRICT - 1, -STEP):
            [first, *others] = {place[:length] for place in places}
            if not others and first.startswith(code[:DISTRICT]):
                return first
        return code[:DISTRICT]

    return tuple((code, home(code)) for code in sorted(ended) if home(code) != code)


def _above(code: str) -> Iterable[str]:
    return (code[:length] for length in range(len(code) - STEP, DISTRICT - 1, -STEP))


def weights(area: str, moved: Moved) -> Counter[str]:
    """Which tallies add up to what is of `area` by the present tree: its own, without what moved out of it, and
    with what moved in. Tallies of a code hold those below it: what moved from there by itself is taken off."""
    signs = {code: home.startswith(area) - code.startswith(area) for code, home in moved}
    counted = Counter({area: 1})
    for code, sign in signs.items():
        above = next((a for a in _above(code) if a in signs), None)
        counted[code] += sign - (signs[above] if above else 0)
    return counted


def terms(areas: Iterable[str], moved: Moved, whole: str | None) -> list[Term]:
    """For each of `areas`, and, of `whole`, for what is in none of the others."""
    told = {area: weights(area, moved) for area in areas}
    if whole is not None:
        rest = Counter(told[whole])
        for area, counted in told.items():
            if area != whole:
                rest.subtract(counted)
        told[UNDIVIDED] = rest
    return [
        Term(area, code, weight)
        for area, counted in told.items()
        for code, weight in sorted(counted.items())
        if weight
    ]
