"""The red members, the households linked with each, and the weeks in which all of them are visited."""

import os
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from jinding.demo.plan import District, Item, Sizes, Stage, dice, identity, item
from jinding.demo.synthetic import synthetic_mobile, synthetic_name
from services.chassis.deadlines.calendar import SHANGHAI
from services.grid.duty.rules import week_of

MEMBERS, MORE_THAN = 10_030, 10_000
HOUSEHOLDS_OF = (5, 6, 5, 6, 6)
"""In turn: 5.6 households a member, as in Yafan (婺城) in 2015."""
APPOINTED = datetime.fromisoformat("2016-07-01T09:00:00+08:00")
LINKED = datetime.fromisoformat("2016-12-01T09:00:00+08:00")
WEEK = timedelta(days=7)
YEAR = [date(2017, 1, 2) + n * WEEK for n in range(52)]
FIRST_WEEK = date(2017, 3, 20)
TAGS = ((), (), (), (), ("AWAY",), ("B1",), ("B3",), ("RENTED",))
BY_PHONE = "AWAY"


def weeks() -> list[date]:
    """The Mondays of the weeks that are visited: `VISIT_WEEKS` of the year's, from the first on and round again."""
    count, first = int(os.environ.get("VISIT_WEEKS") or 1), YEAR.index(FIRST_WEEK)
    return [*YEAR[first:], *YEAR[:first]][: max(1, count)]


def branch_of(grid: str) -> str:
    return f"{grid[:12]}-branch"


def branches(district: District) -> list[dict[str, Any]]:
    """A party branch in each village."""
    villages = sorted({grid[:12] for grid in district.grids})
    return [
        {
            "code": f"{village}-branch",
            "name": f"示范党支部 {village}",
            "kind": "PARTY_BRANCH",
            "area_code": village,
            "valid_from": "2000-12-31",
        }
        for village in villages
    ]


def stages(sizes: Sizes, district: District) -> list[Stage]:
    """Members first, then their households, then the visits."""
    members = list(_members(sizes, district))
    return [
        Stage("grid", [[_member(*told)] for told in members]),
        Stage("grid", [[_household(*home)] for home in _homes(members)]),
        Stage("grid", [[visit] for visit in _visits(members)]),
    ]


def to_be_counted(district: District) -> list[dict[str, str]]:
    """The weeks, by township."""
    return [
        {"area_code": township, "week": week_of(monday)}
        for monday in weeks()
        for township in district.townships
    ]


Told = tuple[int, str, int]
"""A member: the how manieth, of which grid, the how manieth there."""


def _members(sizes: Sizes, district: District) -> Iterator[Told]:
    for n in range(sizes.at_least(MEMBERS, MORE_THAN)):
        place, grid = divmod(n, len(district.grids))
        yield n, district.grids[grid], place


def _account(grid: str, place: int) -> str:
    return f"red-{grid}-{place}"


def _member(n: int, grid: str, place: int) -> Item:
    is_party_member = n % 5 != 0
    return item(
        "register_member",
        _id(n),
        APPOINTED,
        f"office-{grid[:9]}",
        area_code=grid,
        identity={"name": synthetic_name(n), "phone": synthetic_mobile(20_000 + n)},
        account=_account(grid, place),
        kind="RED",
        is_party_member=is_party_member,
        branch=branch_of(grid) if is_party_member else None,
        grids=[grid],
    )


def _id(n: int) -> UUID:
    return identity("red", n)


Home = tuple[int, str, int, tuple[str, ...]]
"""A household: whose it is, in which grid, the how manieth of theirs, and its tags."""


def _homes(members: list[Told]) -> Iterator[Home]:
    for n, grid, _ in members:
        for k in range(HOUSEHOLDS_OF[n % len(HOUSEHOLDS_OF)]):
            yield n, grid, k, TAGS[(n + k) % len(TAGS)]


def _household(n: int, grid: str, k: int, tags: tuple[str, ...]) -> Item:
    number = 6 * n + k
    head = {
        "name": synthetic_name(number % 12_000),
        "phone": synthetic_mobile(40_000 + number),
        "address": f"示范村{number}号",
    }
    return item(
        "register_household",
        identity("home", n, k),
        LINKED,
        f"office-{grid[:9]}",
        area_code=grid,
        household_no=f"H{number}",
        head=head,
        member_count=1 + number % 6,
        tags=list(tags),
        member_id=str(_id(n)),
    )


def _visits(members: list[Told]) -> Iterator[Item]:
    """Each household once a week, on a day and at an hour of its own; by telephone where it is away."""
    for monday in weeks():
        rng = dice("visits", monday)
        for n, grid, k, tags in _homes(members):
            at = datetime.combine(monday, time(8), SHANGHAI)
            at += timedelta(days=rng.randrange(7), minutes=rng.randrange(12 * 60))
            yield item(
                "record_visit",
                identity("visit", monday, n, k),
                at,
                _account(grid, members[n][2]),
                household_id=str(identity("home", n, k)),
                mode="PHONE" if BY_PHONE in tags else "IN_PERSON",
                occasions=[tag for tag in tags if tag.startswith("B")],
            )
