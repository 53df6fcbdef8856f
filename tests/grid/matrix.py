"""What an operation, or a method of a row, makes of a row in a given state, tried in memory."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.chassis.errors import Refusal
from services.chassis.identity.caller import Caller
from services.chassis.operation import Body, Call, Done, Noun, Operation
from services.contracts.event import Event
from tests.support.people import DISTRICT

AT = datetime(2026, 3, 10, 2, tzinfo=UTC)
"""A morning, on which steps are tried."""


@dataclass(frozen=True)
class Told:
    """It was done: the status that is shown, and the event."""

    status: str
    event: type[Event]


NOTHING = None
"""There was nothing to do."""
Outcome = Told | type[Refusal] | None


def outcome(row: Any, act: Callable[[Any], Any]) -> Any:
    """What `act` makes of the row; or the kind of its refusal, which leaves the row as it was."""
    before = row and row.model_dump()
    try:
        return act(row)
    except Refusal as refusal:
        assert before == (row and row.model_dump())
        return type(refusal)


@dataclass(frozen=True)
class Try:
    """One way of taking a step: the operation, its body and what it would have loaded."""

    operation: Operation
    body: Body
    given: Any = None
    at: datetime = AT
    caller: Caller = field(default=DISTRICT)

    def on(self, row: Any) -> Outcome:
        id_ = UUID(int=99) if row is None else row.id
        subject = self.caller.subject
        call = Call(self.caller, subject, self.at, self.at, id_, None)  # type: ignore[arg-type]
        done = outcome(row, lambda row: self.operation.apply(row, self.body, self.given, call))
        return Told(done.row.shown_status, type(done.event)) if isinstance(done, Done) else done


def steps(noun: Noun[Any]) -> set[str]:
    """The operations on rows of the noun that are there."""
    return {operation.name for operation in noun.operations if not operation.creates}


def tried(ways: Iterable[Try]) -> set[str]:
    return {way.operation.name for way in ways}


Table = Mapping[Any, Mapping[str, Any]]
"""By status, the steps that lead on, and where to."""


def moved(row: Any, act: Callable[[Any], Any]) -> Any:
    """The status that the row and its event tell afterwards, or the kind of refusal."""
    event = outcome(row, act)
    if isinstance(event, type):
        return event
    assert event.status == row.status == row.snapshot().status
    return row.status
