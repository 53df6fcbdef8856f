"""Some weeks of 2025 with members, their households and visits, as items of batches."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from services.chassis.deadlines.calendar import SHANGHAI
from services.grid.duty.rules import week_of

FIRST, COUNT = date(2025, 2, 3), 3
MEMBERS, HOUSEHOLDS = 12, 4


def weeks(townships: Sequence[str]) -> list[dict[str, str]]:
    mondays = [FIRST + timedelta(days=7 * n) for n in range(COUNT)]
    return [{"area_code": t, "week": week_of(m)} for t in townships for m in mondays]


def visiting(random: Random, grids: Sequence[str]) -> list[list[dict[str, Any]]]:
    """Members, some of whom leave; households, some of whose links end; visits, some of them voided; a handover.
    Each batch follows the one before."""
    of = [random.choice(grids) for _ in range(MEMBERS)]
    return [
        [_member(random, n, grid) for n, grid in enumerate(of)],
        [_home(random, n, k, grid) for n, grid in enumerate(of) for k in range(HOUSEHOLDS)],
        [
            visit
            for n in range(MEMBERS)
            for k in range(HOUSEHOLDS)
            for visit in _visits(random, n, k)
        ],
        [
            _item(
                "hand_over_links",
                69_000,
                _at(FIRST + timedelta(days=30)),
                from_member=_id(0),
                to_member=_id(1),
            )
        ],
        [_item("dismiss_member", 60_000, _at(FIRST + timedelta(days=40)))],
    ]


def _id(n: int) -> str:
    return str(UUID(int=60_000 + n))


def _at(day: date, hour: int = 9) -> str:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI).isoformat()


def _item(operation: str, number: int, at: str, **body: Any) -> dict[str, Any]:
    id_ = str(UUID(int=number))
    told = {"operation": operation, "id": id_, "key": f"{operation}/{id_}"}
    return told | {"body": {"occurred_at": at, **body}}


def _member(random: Random, n: int, grid: str) -> dict[str, Any]:
    is_party_member = random.random() < 0.5
    return _item(
        "register_member",
        60_000 + n,
        _at(FIRST - timedelta(days=random.randrange(40, 80))),
        area_code=random.choice([grid, grid[:12]]),
        identity={"name": "朱跃建", "phone": "15400000001"},
        account=f"visiting-{n}",
        kind=random.choice(["RED", "RED", "FULL_TIME"]),
        is_party_member=is_party_member,
        branch=random.choice([None, "330703-enforcement"]) if is_party_member else None,
        grids=[grid],
    )


def _home(random: Random, n: int, k: int, grid: str) -> dict[str, Any]:
    return _item(
        "register_household",
        61_000 + HOUSEHOLDS * n + k,
        _at(FIRST - timedelta(days=random.randrange(-8, 20))),
        area_code=grid,
        head={"name": "朱锡牛"},
        tags=random.choice([[], ["AWAY"]]),
        member_id=None if (n + k) % 9 == 8 else _id(n),
        is_primary=random.random() < 0.9,
    )


def _visits(random: Random, n: int, k: int) -> Iterator[dict[str, Any]]:
    household = str(UUID(int=61_000 + HOUSEHOLDS * n + k))
    if (n + k) % 9 == 8:
        return
    for number in range(random.randrange(4)):
        day = FIRST + timedelta(days=random.randrange(9, 7 * COUNT))
        id_ = 62_000 + 100 * n + 10 * k + number
        yield _item(
            "record_visit",
            id_,
            _at(day, random.randrange(24)),
            on_behalf_of=f"visiting-{n}",
            household_id=household,
            mode=random.choice(["IN_PERSON", "PHONE", "NOT_MET"]),
        )
        if random.random() < 0.2:
            yield _item("void_visit", id_, _at(day + timedelta(days=1)), reason="误录")
