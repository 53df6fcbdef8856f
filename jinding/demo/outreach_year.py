"""2017 in the field: patrols and demolitions; before it, the summit of September 2016, which does not count."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from jinding.demo.photos import declared, photo
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

PERSON_TIMES, WALKERS = 96_000, 16
MEMBERS_A_GRID = 85
SUMMIT_WALKERS = 10
SQUARE_METRES, DEMOLITIONS = 79_800, 560
FIRST, LAST = date(2017, 1, 1), date(2017, 12, 31)
DISTRICT = "330703"
OFFICE = "office-330703"
PLANNED = datetime.fromisoformat("2016-08-01T09:00:00+08:00")
SUMMIT = "G20-2016"
CAMPAIGNS = (
    (SUMMIT, "护航 G20 峰会", "G20 summit", date(2016, 8, 20), date(2016, 9, 6)),
    ("FIREWORKS-2017", "烟花禁燃劝导", "Fireworks ban", date(2017, 1, 15), date(2017, 2, 12)),
    ("CPC19-2017", "护航党的十九大", "19th Congress", date(2017, 9, 20), date(2017, 10, 31)),
    ("WASTE-2017", "垃圾分类宣传", "Waste sorting", date(2017, 3, 1), date(2017, 12, 31)),
)
MODES = (("SELF", 72), ("ASSISTED", 24), ("FORCED", 4))
STRUCTURES = ("BRICK_CONCRETE", "BRICK_WOOD", "STEEL_SHED", "SIMPLE_SHED")


def campaign_on(day: date) -> str | None:
    return next((code for code, *_, first, last in CAMPAIGNS if first <= day <= last), None)


def stages(sizes: Sizes, district: District) -> list[Stage]:
    return [
        Stage("grid", [[_planned(*campaign)] for campaign in CAMPAIGNS]),
        Stage("grid", [[patrol] for patrol in _patrols(sizes, district)]),
    ]


def demolitions(sizes: Sizes, district: District) -> list[Stage]:
    """Recorded with photos, which are sent, and then confirmed by the district."""
    recorded, photos = [*_demolitions(sizes, district)], dict[str, bytes]()
    for told in recorded:
        shown = {side: photo(told["id"], side) for side in ("before", "after")}
        told["body"]["attachments"] = [declared(*one) for one in shown.values()]
        told["body"] |= {side: [id_] for side, (id_, _) in shown.items()}
        photos |= dict(shown.values())
    confirmed = [_confirmed(told) for told in recorded]
    return [
        Stage("grid", [[told] for told in recorded], chunk=100, files=photos),
        Stage("grid", [[told] for told in confirmed]),
    ]


def _confirmed(told: Item) -> Item:
    at = datetime.fromisoformat(told["body"]["occurred_at"]) + timedelta(days=2)
    return item("confirm_demolition", UUID(told["id"]), at, OFFICE)


def _planned(code: str, name: str, name_en: str, first: date, last: date) -> Item:
    days = {"starts_on": first.isoformat(), "ends_on": last.isoformat()}
    names = {"code": code, "name": name, "name_en": name_en}
    id_ = identity("campaign", code)
    return item("plan_campaign", id_, PLANNED, OFFICE, area_code=DISTRICT, **names, **days)


def _patrols(sizes: Sizes, district: District) -> Iterator[Item]:
    """Each grid walks every week; its members take turns."""
    people = [*portions(sizes.of(PERSON_TIMES), WALKERS)]
    rounds = -(-len(people) // len(district.grids))
    apart = (LAST - FIRST).days // rounds
    for n, walkers in enumerate(people):
        turn, place = divmod(n, len(district.grids))
        day = FIRST + timedelta(days=turn * apart + place % apart)
        yield _patrol(day, district.grids[place], turn * WALKERS, walkers)
    for n, grid in enumerate(district.grids[: sizes.of(len(district.grids))]):
        yield _patrol(date(2016, 9, 1 + n % 5), grid, 0, SUMMIT_WALKERS)


def _patrol(day: date, grid: str, first: int, walkers: int) -> Item:
    start = datetime.combine(day, time(19), SHANGHAI)
    rng = dice("patrol", grid, day)
    position = {
        "lng": round(rng.uniform(119.6, 119.9), 5),
        "lat": round(rng.uniform(28.9, 29.3), 5),
        "datum": "WGS84",
        "accuracy_m": rng.choice((5, 8, 12, 30, 60, 300)),
        "captured_at": start.isoformat(),
    }
    members = [f"red-{grid}-{(first + n) % MEMBERS_A_GRID}" for n in range(walkers)]
    return item(
        "record_patrol",
        identity("patrol", grid, day),
        start,
        f"red-{grid}-{first % MEMBERS_A_GRID}",
        area_code=grid,
        campaign=campaign_on(day),
        participants=members,
        position=position,
        ended_at=(start + timedelta(hours=2)).isoformat(),
    )


def _demolitions(sizes: Sizes, district: District) -> Iterator[Item]:
    rng = dice("demolitions")
    count, hundredths = sizes.of(DEMOLITIONS), sizes.of(SQUARE_METRES) * 100
    days = working_days(date(2017, 1, 3), date(2017, 12, 29))
    for n, (at, area) in enumerate(
        zip(spread(count, days, rng), cut(hundredths, count, rng), strict=True)
    ):
        mode = rng.choices([m for m, _ in MODES], [w for _, w in MODES])[0]
        grid = rng.choice(district.grids)
        more = {"legal_doc_no": f"金东综执拆〔2017〕{n + 1}号"} if mode == "FORCED" else {}
        yield item(
            "record_demolition",
            identity("demolition", n),
            at,
            f"office-{grid[:9]}",
            area_code=grid,
            place="示范路段",
            structure=rng.choice(STRUCTURES),
            owner_type=rng.choice(("INDIVIDUAL", "INDIVIDUAL", "ENTERPRISE", "COLLECTIVE")),
            area_m2=str(Decimal(area) / 100),
            mode=mode,
            **more,
        )


def cut(total: int, parts: int, rng: random.Random) -> list[int]:
    """Positive whole numbers at random whose sum is `total`."""
    even = shares(total, parts)
    for n in range(0, parts - 1, 2):
        shifted = rng.randrange(even[n] * 9 // 10)
        even[n] -= shifted
        even[n + 1] += shifted
    return even
