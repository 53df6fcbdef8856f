"""The check-up station's first year: files, reports, hazards, and how the firms' colours moved.

They do not balance, as the article's do not: firms enter, leave, and are unrated.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from jinding.demo.plan import (
    District,
    Item,
    Sizes,
    Stage,
    client_identity,
    dice,
    identity,
    item,
    later,
    spread,
    working_days,
)
from jinding.demo.synthetic import (
    synthetic_enterprise_name,
    synthetic_mobile,
    synthetic_name,
    synthetic_uscc,
)

FILES, REPORTS, HAZARDS, OPERATING = 1_007, 1_004, 9_835, 1_100
START = {"RED": 155, "ORANGE": 280, "YELLOW": 300, "BLUE": 163}
# (from, to, how many): None is not rated, LEFT has moved out. Red 155 → 37, orange 280 → 201,
# yellow and blue 463 → 643.
MOVES: tuple[tuple[str | None, str | None, int], ...] = (
    ("RED", "ORANGE", 100),
    ("RED", "YELLOW", 15),
    ("RED", "LEFT", 8),
    ("ORANGE", "YELLOW", 150),
    ("ORANGE", "BLUE", 20),
    ("ORANGE", "LEFT", 12),
    ("ORANGE", None, 7),
    ("YELLOW", "BLUE", 60),
    ("YELLOW", "LEFT", 12),
    ("YELLOW", None, 9),
    ("BLUE", "LEFT", 8),
    ("BLUE", None, 6),
    (None, "RED", 5),
    (None, "ORANGE", 10),
    (None, "YELLOW", 18),
    (None, "BLUE", 12),
)
# L, E, C whose product lies in the colour's band.
POINTS = {"RED": (3, 10, 15), "ORANGE": (3, 6, 15), "YELLOW": (1, 6, 15), "BLUE": (1, 10, 1)}
DOMAINS = ("FIRE", "ELECTRICAL", "DUST", "MACHINERY", "CHEMICAL", "MANAGEMENT")
SURVEYED = datetime.fromisoformat("2017-02-13T09:00:00+08:00")
EXPERT = "expert-station"
OFFICER, SECOND_OFFICER = "officer-station", "officer-district"


@dataclass(frozen=True)
class Firm:
    n: int
    grid: str
    start: str | None
    end: str | None
    moves: bool
    enters: bool

    @property
    def id(self) -> UUID:
        return identity("enterprise", self.n)

    @property
    def leaves(self) -> bool:
        return self.end == "LEFT"


def firms(sizes: Sizes, district: District) -> list[Firm]:
    """Every firm of the year, by what becomes of its colour; then the unrated ones, to the number in
    operation at the end."""
    rng = dice("inspection", "firms")
    fates: list[tuple[str | None, str | None, bool]] = []
    left = {colour: sizes.of(count) for colour, count in START.items()}
    for start, end, count in _scaled_moves(sizes):
        fates += [(start, end, True)] * count
        if start:
            left[start] -= count
    for colour, count in left.items():
        fates += [(colour, colour, False)] * count
    staying = sum(end != "LEFT" for _, end, _ in fates)
    fates += [(None, None, False)] * (sizes.of(OPERATING) - staying)
    return [
        Firm(n, rng.choice(district.grids), start, end, moves, start is None and moves)
        for n, (start, end, moves) in enumerate(fates)
    ]


def _scaled_moves(sizes: Sizes) -> Iterator[tuple[str | None, str | None, int]]:
    """The moves at scale; the last ones are adjusted so that the scaled ends are met exactly."""
    if sizes.scale == 1:
        yield from MOVES
        return
    ends = {"RED": sizes.of(37), "ORANGE": sizes.of(201), "YELLOW_BLUE": sizes.of(643)}
    starts = {"RED": sizes.of(155), "ORANGE": sizes.of(280), "YELLOW_BLUE": sizes.of(463)}
    red_out = starts["RED"] - ends["RED"]
    yield ("RED", "ORANGE", red_out)
    orange_out = starts["ORANGE"] + red_out - ends["ORANGE"]
    yield ("ORANGE", "YELLOW", orange_out)
    surplus = starts["YELLOW_BLUE"] + orange_out - ends["YELLOW_BLUE"]
    yield ("YELLOW", "LEFT", surplus) if surplus > 0 else (None, "YELLOW", -surplus)


def stages(sizes: Sizes, district: District) -> list[Stage]:
    everyone = firms(sizes, district)
    on_file = [firm for firm in everyone if not firm.leaves][: sizes.of(FILES)]
    checked = on_file[: sizes.of(REPORTS)]
    return [
        Stage("inspection", [list(_registered(firm)) for firm in everyone]),
        Stage("inspection", list(_filed(on_file))),
        Stage("inspection", [_moved(firm) for firm in everyone if firm.moves]),
        Stage("inspection", list(_hazards(sizes, checked))),
        Stage("inspection", list(_reports(checked))),
    ]


def _registered(firm: Firm) -> Iterator[Item]:
    contact = {"name": synthetic_name(firm.n), "phone": synthetic_mobile(500_000 + firm.n)}
    entered = SURVEYED + timedelta(days=60) if firm.enters else SURVEYED
    yield item(
        "register_enterprise",
        firm.id,
        entered,
        OFFICER,
        uscc=synthetic_uscc(firm.n),
        name=synthetic_enterprise_name(firm.n),
        area_code=firm.grid,
        industry_code="C3311",
        is_industrial=True,
        employees=20 + firm.n % 180,
        principal=contact,
    )
    if firm.start:
        yield _rated(firm, firm.start, SURVEYED + timedelta(hours=4))


def _rated(firm: Firm, colour: str | None, at: datetime) -> Item:
    how: dict[str, Any] = {"method": "OVERRIDE", "reason": "停产整顿，暂不评级"}
    if colour:
        likelihood, exposure, consequence = POINTS[colour]
        point = {"name": "主要风险点", "likelihood": likelihood, "exposure": exposure}
        how = {"method": "LEC", "points": [point | {"consequence": consequence}]}
    rated = item("rate_enterprise", firm.id, at, EXPERT, **how)
    return rated | {"key": f"rate_enterprise/{firm.id}/{at:%Y%m%d}"}


def _moved(firm: Firm) -> list[Item]:
    rng = dice("inspection", "moved", firm.n)
    at = rng.choice(spread(50, working_days(date(2017, 5, 2), date(2018, 2, 9)), rng))
    if firm.leaves:
        return [item("change_enterprise_status", firm.id, at, OFFICER, status="MOVED_OUT")]
    return [_rated(firm, firm.end, at)]


def _filed(on_file: list[Firm]) -> Iterator[list[Item]]:
    rng = dice("inspection", "files")
    days = working_days(date(2017, 4, 17), date(2017, 9, 29))
    for firm, at in zip(on_file, spread(len(on_file), days, rng), strict=True):
        yield [item("open_safety_file", firm.id, at, EXPERT)]


def _reports(checked: list[Firm]) -> Iterator[list[Item]]:
    rng = dice("inspection", "reports")
    days = working_days(date(2017, 5, 2), date(2018, 2, 13))
    for firm, at in zip(checked, spread(len(checked), days, rng), strict=True):
        yield [
            item(
                "issue_checkup_report",
                identity("checkup", firm.n),
                at,
                EXPERT,
                enterprise_id=str(firm.id),
                hazards=10,
                colour_after=firm.end,
            )
        ]


def _hazards(sizes: Sizes, checked: list[Firm]) -> Iterator[list[Item]]:
    rng = dice("inspection", "hazards")
    days = working_days(date(2017, 4, 17), date(2018, 1, 26))
    for n, at in enumerate(spread(sizes.of(HAZARDS), days, rng)):
        yield _hazard(n, at, checked[n % len(checked)], rng)


def _hazard(n: int, found: datetime, firm: Firm, rng: random.Random) -> list[Item]:
    id_ = client_identity("hazard", n)
    major = n % 280 == 0
    notified = later(found, rng, (0.2, 2))
    planned = later(notified, rng, (1, 40))
    submitted = later(planned, rng, (20, 260))
    passed = later(submitted, rng, (4, 60))
    more = {"funds": "企业自筹", "contingency": "停用设备，专人值守"} if major else {}
    firm_person = f"firm-{firm.n}"
    reviewed = [item("pass_hazard_review", id_, passed, OFFICER)]
    if major:
        second = item("pass_hazard_review", id_, passed, SECOND_OFFICER)
        reviewed.append(second | {"key": f"{second['key']}/2"})
    return [
        item(
            "find_hazard",
            id_,
            found,
            EXPERT,
            enterprise_id=str(firm.id),
            level="MAJOR" if major else "GENERAL",
            domain=rng.choice(DOMAINS),
            description="抛光车间粉尘清理不到位，电机线路不防爆",
        ),
        item("notify_hazard", id_, notified, OFFICER),
        item(
            "plan_rectification",
            id_,
            planned,
            firm_person,
            measures="改进吸尘罩，更换防爆线路",
            responsible=synthetic_name(firm.n),
            deadline=(planned + timedelta(days=12)).date().isoformat(),
            **more,
        ),
        item("submit_rectification", id_, submitted, firm_person, rectification="已按方案整改完毕"),
        *reviewed,
        item("close_hazard", id_, passed + timedelta(hours=3), OFFICER),
    ]
