"""2017 of the red grid members: 12,329 reports, 4,120 of them disputes."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
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

REPORTS, DISPUTES = 12_329, 4_120
LATE_SHARE = 0.06
WAYS = {"usual": 88, "self-handled": 4, "reworked": 4, "escalated": 2, "extended": 2}
"""How reports go, in percent."""
EVALUATED, SATISFIED = 0.08, 0.9
MATTERS = (
    ("ENVIRONMENT", "垃圾未分类投放", 30),
    ("FIRE_SAFETY", "楼道堆物堵塞消防通道", 18),
    ("ILLEGAL_BUILDING", "疑似违章搭建", 14),
    ("LIVELIHOOD", "路灯不亮需要维修", 14),
    ("PUBLIC_SECURITY", "出租房治安隐患", 8),
    ("TRAFFIC", "路面破损影响通行", 8),
    ("FIREWORKS", "劝阻燃放烟花爆竹", 4),
    ("PUBLIC_OPINION", "收集群众意见建议", 4),
)


def referred(sizes: Sizes, district: District) -> list[tuple[UUID, datetime, datetime, str]]:
    """(report, filed, accepted, grid) of each dispute."""
    rng = dice("grid", "disputes")
    days = working_days(date(2017, 1, 3), date(2017, 12, 8))
    found = []
    for n, filed in enumerate(spread(sizes.of(DISPUTES), days, rng)):
        accepted = later(filed, rng, (0.3, 6))
        found.append(
            (identity("report", "dispute", n), filed, accepted, rng.choice(district.grids))
        )
    return found


def stages(sizes: Sizes, district: District) -> list[Stage]:
    disputes = referred(sizes, district)
    return [
        Stage("grid", [_filed(*dispute) for dispute in disputes]),
        Stage("grid", list(_handled(sizes, district))),
    ]


def last_stage(ends: dict[UUID, datetime], sizes: Sizes, district: District) -> Stage:
    """The reports whose case has ended (`ends`) are verified and closed; patient: grid must hear of it."""
    lives = [
        _verified(report, ends[report], grid[:9])
        for report, _, _, grid in referred(sizes, district)
    ]
    return Stage("grid", lives, patient=True)


def _filed(id_: UUID, filed: datetime, accepted: datetime, grid: str) -> list[Item]:
    member, office = f"red-{grid}", f"office-{grid[:9]}"
    return [
        _created(id_, filed, grid, member, "DISPUTE", "邻里矛盾纠纷"),
        item("accept_report", id_, accepted, office),
    ]


def _created(id_: UUID, at: datetime, grid: str, member: str, category: str, title: str) -> Item:
    return item(
        "create_report",
        id_,
        at,
        member,
        area_code=grid,
        category=category,
        title=title,
        finder="RED_MEMBER",
    )


def _handled(sizes: Sizes, district: District) -> Iterator[list[Item]]:
    rng, ways = dice("grid", "handled"), dice("grid", "ways")
    days = working_days(date(2017, 1, 3), date(2017, 12, 29))
    count = sizes.of(REPORTS) - sizes.of(DISPUTES)
    weights = [weight for *_, weight in MATTERS]
    for n, filed in enumerate(spread(count, days, rng)):
        grid = rng.choice(district.grids)
        category, title, _ = rng.choices(MATTERS, weights)[0]
        slow = rng.random() < LATE_SHARE
        id_, pace = identity("report", n), rng.random()
        (way,) = ways.choices([*WAYS], [*WAYS.values()])
        created = _created(id_, filed, grid, f"red-{grid}", category, title)
        life = [created, *_life(id_, filed, grid, way, slow, pace)]
        if ways.random() < EVALUATED:
            life.append(_evaluated(life[-1], grid, satisfied=ways.random() < SATISFIED))
        yield life


def _life(
    id_: UUID, filed: datetime, grid: str, way: str, slow: bool, pace: float
) -> Iterator[Item]:
    office, handler = f"office-{grid[:9]}", f"handler-{grid[:9]}"
    accepted = filed + timedelta(hours=0.5 + 6 * pace)
    started = accepted + timedelta(hours=1 + 20 * pace)
    resolved = started + (timedelta(days=16) if slow else timedelta(hours=4 + 90 * pace))
    verified = resolved + timedelta(hours=2 + 20 * pace)
    if way == "self-handled":
        yield item("self_handle_report", id_, accepted, f"member-{grid}", opinion="已当场处置")
        return
    yield item("accept_report", id_, accepted, office)
    if way == "escalated":
        yield item("escalate_report", id_, accepted, office, reason="须区级部门协调")
        yield item("take_up_report", id_, accepted, "district-centre")
    yield item("assign_report", id_, accepted, office, organisation=f"{grid[:9]}-office")
    yield item("start_report", id_, started, handler)
    if way == "extended":
        told = {"reason": "须现场勘察", "allowance": "3wd"}
        yield item("request_report_extension", id_, started, handler, **told)
        yield item("grant_report_extension", id_, started, office)
    if way == "reworked":
        early = started + (resolved - started) / 2
        yield item("resolve_report", id_, early, handler, opinion="已初步处置")
        yield item("rework_report", id_, early, f"leader-{grid[:9]}", reason="现场未清理完")
    last = item("resolve_report", id_, resolved, handler, opinion="已现场处置完毕")
    yield last | {"key": f"{last['key']}/last"} if way == "reworked" else last
    yield from _verified(id_, verified, grid[:9])


def _evaluated(last: Item, grid: str, *, satisfied: bool) -> Item:
    """The day after it was closed."""
    at = datetime.fromisoformat(last["body"]["occurred_at"]) + timedelta(days=1)
    told = {"satisfied": satisfied, "score": 5 if satisfied else 2}
    return item("evaluate_report", UUID(last["id"]), at, f"red-{grid}", **told)


def _verified(id_: UUID, at: datetime, township: str) -> list[Item]:
    leader, office = f"leader-{township}", f"office-{township}"
    return [
        item("verify_report", id_, at + timedelta(hours=1), leader),
        item("close_report", id_, at + timedelta(hours=2), office),
    ]
