"""What was handed to people in 2017: leaflets, promotional items and the questionnaires of the three rates, out of
issued stock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from jinding.demo.outreach_year import DISTRICT, OFFICE, campaign_on
from jinding.demo.plan import (
    District,
    Item,
    Sizes,
    Stage,
    dice,
    identity,
    item,
    portions,
    shares,
    spread,
    working_days,
)
from services.chassis.deadlines.calendar import SHANGHAI

LEAFLETS, PROMOS = 140_000, 125_000
PIECES = 400


@dataclass(frozen=True)
class Thing:
    """A kind of material, and how many pieces reached people."""

    kind: str
    name: str
    name_en: str
    pieces: int
    given_on: tuple[date, date] = (date(2017, 1, 3), date(2017, 12, 29))

    @property
    def id(self) -> UUID:
        return identity("material", self.kind)


FIGURES = {
    str(identity("material", kind)): figure
    for kind, figure in (
        ("LEAFLET", "leaflets_distributed"),
        ("PROMO", "promo_items_distributed"),
        ("QUESTIONNAIRE", "questionnaires_distributed"),
    )
}
"""By the item's id."""


def stages(sizes: Sizes, district: District, questionnaires: int) -> list[Stage]:
    """`questionnaires`: so many were handed out."""
    things = (
        Thing("LEAFLET", "平安宣传折页", "Leaflet", sizes.of(LEAFLETS)),
        Thing("PROMO", "平安宣传品", "Promotional item", sizes.of(PROMOS)),
        Thing(
            *("QUESTIONNAIRE", "三率问卷", "Questionnaire", questionnaires),
            (date(2017, 10, 9), date(2017, 10, 31)),
        ),
    )
    return [
        Stage("grid", [list(_handed_on(thing, district)) for thing in things]),
        Stage("grid", [[given] for thing in things for given in _given(thing, district)]),
    ]


def _handed_on(thing: Thing, district: District) -> Iterator[Item]:
    """Registered, stocked by every township, and issued to its grids."""
    at = datetime.combine(thing.given_on[0], time(8), SHANGHAI)
    names = {"code": f"{thing.kind}-2017", "name": thing.name, "name_en": thing.name_en}
    kind = {"item_kind": thing.kind}
    yield item("register_material_item", thing.id, at, OFFICE, area_code=DISTRICT, **names, **kind)
    pieces = dict(zip(district.grids, shares(thing.pieces, len(district.grids)), strict=True))
    for township in district.townships:
        stock = sum(n for grid, n in pieces.items() if grid.startswith(township))
        yield _entry("STOCK_IN", thing, township, stock * 11 // 10 + 1, at)
    for grid, n in pieces.items():
        if n:
            yield _entry("ISSUE", thing, grid, n, at)


def _given(thing: Thing, district: District) -> Iterator[Item]:
    """Each grid hands out all that it has, some at a time."""
    pieces = shares(thing.pieces, len(district.grids))
    given = [
        (grid, n)
        for grid, total in zip(district.grids, pieces, strict=True)
        for n in portions(total, PIECES)
    ]
    rng = dice("material", thing.kind)
    rng.shuffle(given)
    for number, (at, (grid, n)) in enumerate(
        zip(spread(len(given), working_days(*thing.given_on), rng), given, strict=True)
    ):
        more = {
            "recipient": rng.choice(("HOUSEHOLD", "PUBLIC")),
            "campaign": campaign_on(at.date()),
        }
        yield _entry("DISTRIBUTION", thing, grid, n, at, number, **more)


def _entry(
    kind: str, thing: Thing, area: str, pieces: int, at: datetime, number: int = 0, **more: object
) -> Item:
    return item(
        "enter_material",
        identity("entry", thing.kind, kind, area, number),
        at,
        f"office-{area[:9]}",
        entry_kind=kind,
        area_code=area,
        item_id=str(thing.id),
        quantity=pieces,
        **more,
    )
