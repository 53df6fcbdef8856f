"""2017 of help: more than 8,000 difficulties solved by red members. After it the founding article's own errand, for a
building permit at three windows, which does not count in 2017. Nobody in it has a real name."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from jinding.demo.plan import (
    District,
    Item,
    Sizes,
    Stage,
    dice,
    identity,
    item,
    later,
    spread,
    working_days,
)
from jinding.demo.synthetic import synthetic_mobile, synthetic_name

SOLVED, BOUND = 8_160, 8_000
UNSOLVED = 420
WHOLE_WAY = 100  # every so many errands goes to a window
PERMIT_DAY = date(2018, 2, 27)
PERMIT_GRID = "330703105291001"
WINDOWS = (
    ("330703-planning", "规划窗口"),
    ("330703-land-resources", "国土窗口"),
    ("330703-enforcement", "综合执法窗口"),
)
MATTERS = (
    ("DAILY_LIFE", "生活困难求助", 40),
    ("CERTIFICATE", "代开证明", 20),
    ("SOCIAL_SECURITY", "代缴社会保险", 16),
    ("MEDICAL_CARE", "代办医疗救助", 12),
    ("SUBSIDY", "代办补贴", 12),
)
UNSOLVED_ENDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("settle_errand", {"outcome": "ADVISED", "note": "已告知办理途径"}),
    ("withdraw_errand", {}),
    (
        "give_up_errand",
        {"reason": "NOT_ELIGIBLE", "route": "ADMINISTRATIVE_REVIEW", "note": "不符合政策条件"},
    ),
)


def stages(sizes: Sizes, district: District) -> list[Stage]:
    return [Stage("grid", [*_year(sizes, district), _permit()])]


def _year(sizes: Sizes, district: District) -> Iterator[list[Item]]:
    rng = dice("errands")
    days = working_days(date(2017, 1, 3), date(2017, 12, 8))
    solved = sizes.at_least(SOLVED, BOUND)
    ends = [True] * solved + [False] * sizes.of(UNSOLVED)
    rng.shuffle(ends)
    for n, (at, is_solved) in enumerate(zip(spread(len(ends), days, rng), ends, strict=True)):
        yield list(_life(n, at, rng.choice(district.grids), rng, is_solved))


def _life(n: int, at: datetime, grid: str, rng: random.Random, is_solved: bool) -> Iterator[Item]:
    id_, member = identity("errand", n), f"red-{grid}"
    matter, title, _ = rng.choices(MATTERS, [weight for *_, weight in MATTERS])[0]
    accepted = later(at, rng, (0.2, 20))
    done = later(accepted, rng, (1, 240))
    yield _submitted(id_, at, grid, member, matter, title, n)
    yield item("accept_errand", id_, accepted, member)
    trips = {"resident_trips": int(rng.random() < 0.2), "member_trips": rng.randrange(1, 4)}
    if not is_solved:
        name, body = UNSOLVED_ENDS[n % len(UNSOLVED_ENDS)]
        yield item(name, id_, done, member, **body, **trips if "outcome" in body else {})
    elif n % WHOLE_WAY == 0:
        yield from _at_windows(id_, accepted, done, member, WINDOWS[n % 3 :][:1], title, trips)
    else:
        told = {"outcome": "DIFFICULTY_RESOLVED", "note": "已上门帮助解决"}
        yield item("settle_errand", id_, done, member, **told, **trips)


def _submitted(
    id_: UUID, at: datetime, grid: str, member: str, matter: str, title: str, n: int
) -> Item:
    applicant = {"name": synthetic_name(n), "phone": synthetic_mobile(50_000_000 + n)}
    told = {"area_code": grid, "matter": matter, "title": title, "finder": "RED_MEMBER"}
    return item("submit_errand", id_, at, member, **told, applicant=applicant)


def _at_windows(
    id_: UUID,
    start: datetime,
    end: datetime,
    member: str,
    windows: tuple[tuple[str, str], ...],
    document: str,
    trips: dict[str, int],
) -> Iterator[Item]:
    """All windows at once, then what they granted is handed over."""
    yield item("authorise_errand", id_, start, member, signed="SIGNATURE")
    yield item("start_errand", id_, start, member)
    for department, window in windows:
        filed = {"department": department, "window": window, "matter": document}
        yield _of(item("file_errand", id_, start, member, **filed), department)
    for place in range(1, len(windows) + 1):
        told = {"window_no": place, "result": "GRANTED"}
        yield _of(item("answer_errand", id_, end, member, **told), place)
    yield item("obtain_errand", id_, end, member, document=document)
    yield item("deliver_errand", id_, end, member, signed="SIGNATURE", **trips)
    yield item("close_errand", id_, end, member)


def _permit() -> list[Item]:
    """2018-02-27: two originals and a copy are handed to the member; the resident stays at home."""
    id_, member = identity("errand", "permit"), f"red-{PERMIT_GRID}"
    morning = datetime.fromisoformat(f"{PERMIT_DAY}T08:30:00+08:00")
    evening = morning + timedelta(hours=8)
    papers = (("HOUSEHOLD_REGISTER", "ORIGINAL"), ("LAND_USE_CERTIFICATE", "ORIGINAL"))
    taken = [
        _of(item("take_paper", id_, morning, member, kind=kind, form=form), kind)
        for kind, form in (*papers, ("ID_CARD", "COPY"))
    ]
    back = [
        _of(item("return_paper", id_, evening, member, paper_no=n, signed="SIGNATURE"), n)
        for n in (1, 2)
    ]
    trips = {"resident_trips": 0, "member_trips": 3}
    document = "农民建房施工牌"
    authorised, *windows, closed = _at_windows(
        id_, morning, evening, member, WINDOWS, document, trips
    )
    title = "代办农民建房施工牌"
    return [
        _submitted(id_, morning, PERMIT_GRID, member, "BUILDING_PERMIT", title, 11_999),
        item("accept_errand", id_, morning, member),
        authorised,
        *taken,
        *windows,
        *back,
        closed,
    ]


def _of(told: Item, part: object) -> Item:
    """One of several such items of an errand: each has a key of its own."""
    return told | {"key": f"{told['key']}/{part}"}
