"""Which links count for a week or a month, and what became of each, as the database tells it in one statement."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Text,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.chassis.deadlines.calendar import day_start
from services.grid.duty.models import DutyRule
from services.grid.duty.rules import WEEK, DutyRuleMissing
from services.grid.households.models import Household, HouseholdTag
from services.grid.links.models import HouseholdLink
from services.grid.visits.models import Visit


def of_week(
    monday: date, known: Sequence[DutyRule], *which: ColumnElement[bool], few: bool = False
) -> FromClause:
    """The links that count for a week, each with whose it is, and what became of it (`rules.weekly`). `few` of them:
    then it is quicker to look at their visits alone."""
    link, other = HouseholdLink, aliased(HouseholdLink)
    first = func.timezone("Asia/Shanghai", func.min(col(Visit.visited_at)))
    told = cast(first, Date).label("first_on")
    met = _met(monday, monday + WEEK, told, *(which if few else ()))
    same = col(other.tie_id) == col(link.tie_id), _begun(other, monday)
    together = select(func.sum(_days(other, monday))).where(*same).scalar_subquery()
    then = and_(
        col(other.since_on) <= met.c.first_on,
        func.coalesce(col(other.until_on) > met.c.first_on, True),
    )
    longest = _days(other, monday).desc(), col(other.since_on).desc()
    whose = select(col(other.id)).where(*same).order_by(then.desc(), *longest).limit(1)
    all_week = and_(
        col(link.since_on) <= monday,
        or_(col(link.until_on).is_(None), col(link.until_on) >= monday + WEEK),
    )
    counts = or_(
        all_week,
        and_(together >= _asked(monday, known), whose.scalar_subquery() == col(link.id)),
    )
    return (
        select(
            *_keys(),
            met.c.tie_id.is_not(None).label("done"),
            func.coalesce(met.c.late, False).label("late"),
        )
        .select_from(link)
        .outerjoin(met, met.c.tie_id == col(link.tie_id))
        .where(_begun(link, monday), counts, *which)
        .subquery("counted")
    )


def _met(
    first: date, next_: date, told: ColumnElement[Any], *which: ColumnElement[bool]
) -> FromClause:
    """The links that were visited from `first` until `next_`, whoever held them, and whether only late entries say so;
    of each what is `told` of its visits."""
    link = aliased(HouseholdLink)
    of = select(col(HouseholdLink.tie_id)).where(*which)
    return (
        select(col(link.tie_id), told, func.bool_and(col(Visit.late_entry)).label("late"))
        .join(link, col(link.id) == col(Visit.link_id))
        .where(
            col(Visit.is_fulfilling),
            col(Visit.visited_at) >= day_start(first),
            col(Visit.visited_at) < day_start(next_),
            col(link.tie_id).in_(of) if which else true(),
        )
        .group_by(col(link.tie_id))
        .subquery("met")
    )


def _begun(link: Any, monday: date) -> ColumnElement[bool]:
    """In force in the week, at least on a part of a day."""
    return and_(
        col(link.since_on) < monday + WEEK,
        or_(col(link.until_on).is_(None), col(link.until_on) > monday),
    )


def _days(link: Any, monday: date) -> ColumnElement[Any]:
    """On how many days of the week."""
    over = func.least(func.coalesce(col(link.until_on), monday + WEEK), monday + WEEK)
    return cast(over, Date) - cast(func.greatest(col(link.since_on), monday), Date)


def _asked(monday: date, known: Sequence[DutyRule]) -> ColumnElement[int]:
    """From how many days on a link counts."""
    in_order = sorted(
        (r for r in known if r.valid_from <= monday),
        key=lambda r: (len(r.area_code), r.valid_from),
        reverse=True,
    )
    if not in_order:
        raise DutyRuleMissing
    inside = col(HouseholdLink.area_code)
    return case(*((func.starts_with(inside, r.area_code), r.days_to_count) for r in in_order))


def of_month(first: date, next_: date, *which: ColumnElement[bool]) -> FromClause:
    """The links of households of which one visit more is owed each month (B1 to B4), of whoever holds them at its end,
    and what became of each: some week of the month has a second visit."""
    link, at = HouseholdLink, func.timezone("Asia/Shanghai", col(Visit.visited_at))
    owed = select(col(HouseholdTag.code)).where(col(HouseholdTag.extra_monthly))
    tagged = select(col(Household.id)).where(
        func.jsonb_exists_any(col(Household.tags), func.array(owed.scalar_subquery()))
    )
    second = func.count() > func.count(func.distinct(func.date_trunc("week", at)))
    met, other = _met(first, next_, second.label("done")), aliased(link)
    began = select(func.min(col(other.since_on))).where(col(other.tie_id) == col(link.tie_id))
    return (
        select(
            *_keys(),
            func.coalesce(met.c.done, False).label("done"),
            func.coalesce(met.c.late, False).label("late"),
        )
        .select_from(link)
        .outerjoin(met, met.c.tie_id == col(link.tie_id))
        .where(
            col(link.since_on) < next_,
            or_(col(link.until_on).is_(None), col(link.until_on) >= next_),
            began.scalar_subquery() <= first,
            col(link.household_id).in_(tagged),
            *which,
        )
        .subquery("counted")
    )


def _keys() -> list[Any]:
    link = HouseholdLink
    return [
        cast(col(link.member_id), Text).label("member"),
        func.left(col(link.area_code), 15).label("grid"),
        func.left(col(link.area_code), 9).label("township"),
    ]


def counts_of(counted: FromClause) -> list[Any]:
    return [
        func.count().label("due"),
        func.count().filter(counted.c.done).label("done"),
        func.count().filter(and_(counted.c.done, counted.c.late)).label("late"),
    ]
