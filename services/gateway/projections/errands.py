"""The grid service's figures of help: errands taken up, difficulties solved, how long that took, how often residents
had to go."""

from collections.abc import Iterator

from services.contracts import grid_errands
from services.contracts.codes_errands import SOLVED
from services.contracts.grid_errands import ErrandSnapshot
from services.gateway.projections.cards import (
    Entry,
    Projection,
    by_clock,
    day_of,
    due_day,
)

OFF = {"WITHDRAWN", "IMPOSSIBLE"}
"""What owes nothing any more."""


def apply(card: ErrandSnapshot | None, event: grid_errands.ErrandFact) -> ErrandSnapshot:
    match event:
        case ErrandSnapshot():
            return event
        case grid_errands.ErrandOverdue():
            return by_clock(card, event, overdue_at=event.occurred_at)
        case grid_errands.ErrandDeadlineSet():
            return by_clock(card, event, promised_by=event.promised_by)
        case grid_errands.ErrandCopiesPurged():
            return by_clock(card, event)
    raise ValueError(f"no such event of an errand: {event.type}")


def entries(card: ErrandSnapshot) -> Iterator[Entry]:
    """A difficulty is solved once its errand is closed, and by a solution; to be asked for help solves nothing."""
    area, submitted = card.area_code, day_of(card.submitted_at)
    yield Entry("errands_submitted", area, submitted, dimension=card.finder)
    if card.closed_at and card.outcome in SOLVED:
        day = day_of(card.closed_at)
        yield Entry("help_solved", area, day, dimension=card.finder)
        yield Entry("errand_days", area, day, dimension=str((day - submitted).days))
        if card.resident_trips == 0:
            yield Entry("errands_without_trips", area, day)
    if card.promised_by and card.status not in OFF:
        due, done = due_day(card.promised_by), card.delivered_at or card.closed_at
        yield Entry("errands_promised", area, due)
        if done and done <= card.promised_by:
            yield Entry("errands_kept", area, due)


PROJECTIONS = (Projection("grid", "errand", ErrandSnapshot, apply, entries),)
