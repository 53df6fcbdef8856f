"""What a report adds to the indicators of handling (§1.13) besides the dashboards' figures. Pure."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate, repeat, takewhile

from services.contracts.codes_gateway import Exclusion
from services.contracts.codes_grid import CloseKind, Finder, Urgency
from services.contracts.grid import ReportSnapshot
from services.gateway.projections.cards import Entry, day_of, due_day

IS_URGENT = {Urgency.EMERGENCY, Urgency.URGENT}
LONGEST = 10**9


def _next(step: int, _: None) -> int:
    return max(step + 1, step * 105 // 100)


STEPS = tuple(takewhile(lambda step: step < LONGEST, accumulate(repeat(None), _next, initial=0)))
"""Whole minutes, each at most 5 % above the one before."""


def rounded_up(minutes: int) -> int:
    """To the next step, which is at most 5 % more. Order is kept, so every percentile of what was rounded is that of
    what was not, rounded."""
    return STEPS[min(bisect_left(STEPS, minutes), len(STEPS) - 1)]


def entries(card: ReportSnapshot) -> Iterator[Entry]:
    """Of one that counts. The dimension of what is `excluded` is why. Who found a sensitive one is nobody's to know."""
    reported = day_of(card.reported_at)
    if card.finder is Finder.GRID_MEMBER and not card.told_apart:
        yield Entry("reports_of_grid_members", card.area_code, reported)
    yield from _places(card)
    yield from _acceptance(card)
    yield from _closing(card)
    yield from _handling(card)


def _places(card: ReportSnapshot) -> Iterator[Entry]:
    for noun, id_ in (("household", card.household_id), ("enterprise", card.enterprise_id)):
        if id_:
            place = f"{noun}/{id_}"
            yield Entry("reports_of_place", card.area_code, day_of(card.reported_at), 1, place)


def _acceptance(card: ReportSnapshot) -> Iterator[Entry]:
    area, reported = card.area_code, day_of(card.reported_at)
    if reason := _not_owed(card):
        yield Entry("acceptance_excluded", area, reported, dimension=reason)
    else:
        yield Entry("acceptance_owed", area, reported)
        if card.accepted_at:
            yield Entry("acceptance_given", area, reported)
    if card.accepted_at:
        accepted = day_of(card.accepted_at)
        if card.accept_due_at is None:
            reason = Exclusion.NO_DEADLINE
            yield Entry("acceptance_undated", area, accepted, dimension=reason)
            return
        yield Entry("acceptance_dated", area, accepted)
        if is_in_time(card, "accept", card.accepted_at):
            yield Entry("acceptance_in_time", area, accepted)


def is_in_time(card: ReportSnapshot, clock: str, at: datetime) -> bool:
    """Whether what stops the clock was done by its deadline, and was told before the breach went on record: the server
    decides deadlines, nobody who says afterwards when it was."""
    due: datetime | None = getattr(card, f"{clock}_due_at")
    return due is not None and at <= due and getattr(card, f"{clock}_overdue_at") is None


def _not_owed(card: ReportSnapshot) -> Exclusion | None:
    """One whose time to be accepted has run out is owed it, whatever state it is in."""
    if card.cancelled_at:
        return Exclusion.CANCELLED
    if card.accepted_at:
        return None
    if card.close_kind is CloseKind.SELF:
        return Exclusion.SELF_HANDLED
    if card.accept_overdue_at:
        return None
    return Exclusion.RETURNED if card.status == "RETURNED" else Exclusion.WITHIN_LIMIT


def _closing(card: ReportSnapshot) -> Iterator[Entry]:
    """Of the cohort that is due on a day. What is open there counts as much as what was closed."""
    area, urgent = card.area_code, card.urgency in IS_URGENT
    if card.closed_at and card.evaluated_at:
        yield Entry("reports_closed_evaluated", area, day_of(card.closed_at))
    if urgent:
        for span in card.suspensions:
            yield Entry("urgent_suspended", area, day_of(span.started_at))
            if span.ended_at:
                yield Entry("urgent_suspended", area, day_of(span.ended_at), -1)
    if card.resolve_due_at is None or card.status == "SUSPENDED":
        return
    due, kinds = due_day(card.resolve_due_at), ("reports", "urgent") if urgent else ("reports",)
    for kind in kinds:
        if card.cancelled_at:
            yield Entry(f"{kind}_due_excluded", area, due, dimension=Exclusion.CANCELLED)
            continue
        if kind == "urgent":
            yield Entry("urgent_due", area, due)
        if card.closed_at:
            yield Entry(f"{kind}_due_closed", area, due)
            if kind == "urgent" and is_in_time(card, "resolve", card.closed_at):
                yield Entry("urgent_due_closed_on_time", area, due)


def _handling(card: ReportSnapshot) -> Iterator[Entry]:
    if not card.resolved_at or card.cancelled_at:
        return
    area, resolved = card.area_code, day_of(card.resolved_at)
    if card.handling_minutes is not None:
        step = str(rounded_up(card.handling_minutes))
        yield Entry("handling_minutes", area, resolved, dimension=step)
    else:
        reason = Exclusion.NOT_TOLD if card.accepted_at else Exclusion.NEVER_ACCEPTED
        yield Entry("handling_excluded", area, resolved, dimension=reason)
