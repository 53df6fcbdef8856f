"""Pairs of reports of which it is known whether they tell of one matter.

Made by a rule: a thing happens at a point of a grid. Whoever reports it too stands some metres away (as telephones do:
normal, 25 m each way), comes later (exponential, 14 h), mostly picks the same subcategory (92 %) and the same grid (95 %:
some things lie on a border). What is another matter happens elsewhere in the grid (uniform, 600 m each way) at another
time (uniform, six days), of the same category, and of any of its subcategories. Made by hand: what is hard.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from services.chassis.deadlines.calendar import SHANGHAI
from services.contracts.codes_grid import Category
from services.contracts.codes_outreach import Datum
from services.grid.duplicates.rules import Matter
from services.grid.positions.rules import Point

AT = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
GRID, NEXT = "330703105291001", "330703105291002"
LNG, LAT = 119.70, 29.10
DEGREE_M = 111_195.0
"""Metres of a degree of latitude; of longitude here 0.8738 of it."""
EAST = 0.8738
KINDS = ("WATER", "NOISE", "DUST", "BURNING", "WASTE_SORTING")
THING = Matter(GRID, Category.ENVIRONMENT, AT, "WATER", "桥头", Point(LNG, LAT, Datum.WGS84))


class Pair(NamedTuple):
    """`same`: whether both tell of one matter."""

    name: str
    one: Matter
    other: Matter
    same: bool


def moved(matter: Matter, east: float, north: float) -> Point:
    """The point so many metres from the matter's."""
    assert matter.point is not None
    lng = matter.point.lng + east / (DEGREE_M * EAST)
    return Point(lng, matter.point.lat + north / DEGREE_M, matter.point.datum)


def made(seed: int = 8, each: int = 100) -> Iterator[Pair]:
    """As many pairs of one matter as of two."""
    chance = random.Random(seed)
    for n in range(each):
        kind = chance.choice(KINDS)
        point = moved(THING, chance.uniform(-600, 600), chance.uniform(-600, 600))
        one = replace(THING, point=point, subcategory=kind, place="")
        again = replace(
            one,
            point=moved(one, chance.gauss(0, 25), chance.gauss(0, 25)),
            at=one.at + timedelta(hours=chance.expovariate(1 / 14)),
            subcategory=kind if chance.random() < 0.92 else chance.choice(KINDS),
            area_code=GRID if chance.random() < 0.95 else NEXT,
        )
        another = replace(
            one,
            point=moved(THING, chance.uniform(-600, 600), chance.uniform(-600, 600)),
            at=one.at + timedelta(hours=chance.uniform(-72, 72)),
            subcategory=chance.choice(KINDS),
        )
        yield Pair(f"made {n}", one, again, True)
        yield Pair(f"made {n}, another", one, another, False)


def _by_hand() -> Iterator[Pair]:
    hour = timedelta(hours=1)

    def pair(name: str, same: bool, **facts: object) -> Pair:
        return Pair(name, THING, replace(THING, **facts), same)  # type: ignore[arg-type]

    yield pair("told twice at once", True)
    yield pair("71 hours later", True, at=AT + 71 * hour)
    yield pair("73 hours later, and again", False, at=AT + 73 * hour)
    yield pair("72 hours later to the second", True, at=AT + 72 * hour)
    yield pair("71 hours before", True, at=AT - 71 * hour)
    yield pair("199 metres east", True, point=moved(THING, 199, 0))
    yield pair("201 metres east", False, point=moved(THING, 201, 0))
    yield pair("199 metres north", True, point=moved(THING, 0, 199))
    yield pair("201 metres south", False, point=moved(THING, 0, -201))
    yield pair("both at their limits", True, at=AT + 72 * hour, point=moved(THING, 140, 140))
    yield pair("next street, another heap", False, point=moved(THING, 60, 80))
    yield pair("next street, later", False, point=moved(THING, 90, 0), at=AT + 20 * hour)
    yield pair("same door, noise instead", False, subcategory="NOISE")
    yield pair("same door, dust instead", False, subcategory="DUST")
    yield pair("same door, another category", False, category=Category.MARKET, subcategory="FOOD")
    yield pair("same door, a fire exit", False, category=Category.FIRE_SAFETY, subcategory=None)
    yield pair("across the border of the grid", True, area_code=NEXT, point=moved(THING, 15, 0))
    yield pair("on the border, by the other side", True, area_code=NEXT)
    yield pair("next grid, another river", False, area_code=NEXT, point=moved(THING, 900, 0))
    yield pair("no subcategory told", True, subcategory=None)
    yield pair("no position, same words", True, point=None)
    yield pair("no position, same words with gaps", True, point=None, place=" 桥 头。")
    yield pair("no position, other words of the place", True, point=None, place="大桥东侧")
    yield pair("no position, another place", False, point=None, place="村委会")
    yield pair("no position, no place", False, point=None, place="")
    shifted = Point(LNG, LAT, Datum.GCJ02)
    yield pair("another datum, same words", True, point=shifted)
    yield pair("another datum, another place", False, point=shifted, place="祠堂")
    yield pair("category mistaken", True, category=Category.LIVELIHOOD, subcategory=None)
    yield pair("weekly burning, same field", False, at=AT + 168 * hour, subcategory="WATER")
    yield pair("same hour of the next day, another spill", False, at=AT + 24 * hour)


BY_HAND = list(_by_hand())
PAIRS = [*made(), *BY_HAND]
