"""Operations: the use cases of a service, each on one aggregate, synchronous and free of I/O.

    @operation(REPORTS, permission="report.accept", step=Step.ACCEPT, given=time_limits)
    def accept_report(report: Report, body: AcceptIn, given: Limits, call: Call) -> Done[Report]: ...

The decorator only writes down what the unit of work must know; what the operation does is what it says.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, Any, Generic, NamedTuple, TypeVar, get_type_hints
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, TextClause
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import DriverConnection
from services.chassis.identity.caller import Caller
from services.chassis.privacy.people import People
from services.chassis.privacy.roll import Roll
from services.contracts.event import Event
from services.templates import Template, template


class Clock(NamedTuple):
    """A deadline of a row, derived from the row's own fields (`row.clocks()`).

    `due_at` None: the calendar year is not known yet. `stopped_at`: met, or no longer owed.
    `fired_at`: the breach has been recorded as an event.
    """

    kind: str
    due_at: datetime | None
    stopped_at: datetime | None = None
    fired_at: datetime | None = None


Row = TypeVar("Row", bound=Any)


@dataclass(frozen=True)
class Noun(Generic[Row]):
    """One kind of aggregate: its row, who sees which (`visible` becomes part of every WHERE), and how one
    is shown to a caller (row, caller, allowed actions; its people, if it has any). Steps of a lifecycle are
    `in_order` of time; where a row gathers facts that do not wait for each other, the row itself says which must
    follow which. Who reads one that is `audited` (the class of its content: C3, C4) is told in the audit.
    `files`: an `attachments.declared.Files`, where its records have some."""

    name: str
    model: type[Row]
    visible: Callable[[Caller], ColumnElement[bool]]
    show: Callable[..., BaseModel]
    people: People | None = None
    in_order: bool = True
    audited: str | None = None
    files: Any = None
    operations: list["Operation"] = field(default_factory=list, compare=False, repr=False)

    def seen(self, caller: Caller) -> ColumnElement[bool] | TextClause:
        """`visible(caller)`, made once for all callers alike, for a WHERE that has this noun's own table."""
        if caller.is_job or caller.organisation == "":
            return self.visible(caller)
        organisation = caller.organisation is not None
        made = _template(self.visible, caller.roles, organisation, len(caller.areas))
        facts = caller.subject, caller.organisation or "", *caller.areas
        return made.filled(facts) if made else self.visible(caller)

    @property
    def overdue(self) -> "Operation | None":
        """The operation that records a passed deadline of this noun, if it has deadlines."""
        return next((operation for operation in self.operations if operation.overdue), None)

    @property
    def reschedule(self) -> "Operation | None":
        """The operation that sets a deadline once the calendar reaches that far."""
        return next((operation for operation in self.operations if operation.reschedules), None)


@lru_cache(1000)
def _template(
    visible: Callable[[Caller], ColumnElement[bool]],
    roles: frozenset[str],
    organisation: bool,
    areas: int,
) -> Template | None:
    def of(subject: str, body: str, *areas: str) -> ColumnElement[bool]:
        return visible(Caller(subject, roles, areas, body if organisation else None))

    return template(of, 2 + areas)


When = Annotated[
    AwareDatetime,
    Field(ge=datetime(1900, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)),
]


class Body(BaseModel):
    """Base of every operation's body. `on_behalf_of` is for imports: it needs the historical-import permission."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    occurred_at: When | None = Field(
        None, description="When it happened, with offset; now if absent."
    )
    on_behalf_of: str | None = Field(
        None, max_length=100, description="Subject whose act this was; for historical imports."
    )


class Creation(Body):
    """Base of a creation's body. `id`: a UUID made by the client, so that a retry is the same record."""

    id: UUID | None = Field(
        None, description="Made by the client (UUIDv7 advised, or v4), or absent."
    )


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, whose act it is (`subject`), when it happened (`at`) and when we learn of it. `people` seals
    whom it tells of. `number` is set for numbered creations; `awaited`: files that this run has declared for the
    record before."""

    caller: Caller
    subject: str
    at: datetime
    recorded_at: datetime
    id: UUID
    people: Roll
    late: bool = False
    import_batch_id: UUID | None = None
    number: str | None = None
    awaited: tuple[UUID, ...] = ()


class Done(NamedTuple, Generic[Row]):
    """The changed row and the event that says so."""

    row: Row
    event: Event


class Numbering(NamedTuple):
    """How a creation is numbered (domain numbers: prefix + township + day + sequence + check), by the area of
    its body's `area_code`, or by that which its operation's `located` finds."""

    prefix: str
    area_code: str
    day: date


Apply = Callable[[Any, Any, Any, Call], Done[Any] | None]


@dataclass(frozen=True)
class Operation:
    """Without `apply`, the decorator that declares one.

    `given` loads, once for all items of a run and under the rows' locks, what the operation must know besides
    its row; with `locks` it locks other rows until all is written. `located` finds the area that a number names
    where the body does not say it; an item that it does not find is not numbered, and its operation must refuse
    it. One that `puts` gets its row or None, and creates or changes it. An operation that returns None found
    nothing to do."""

    noun: Noun[Any]
    _: KW_ONLY
    permission: str
    creates: bool = False
    puts: bool = False
    step: Any = None
    given: Callable[[AsyncConnection, Sequence["Item"]], Awaitable[Any]] | None = None
    number: Callable[[Any, datetime], Numbering] | None = None
    located: "Located | None" = None
    locks: bool = False
    overdue: bool = False
    reschedules: bool = False
    apply: Apply = field(init=False)
    body: type[Body] = field(init=False)

    def __call__(self, apply: Apply) -> "Operation":
        declared = copy(self)
        declared.__dict__.update(apply=apply, body=get_type_hints(apply)["body"])
        self.noun.operations.append(declared)
        return declared

    @property
    def name(self) -> str:
        return self.apply.__name__

    @property
    def by_clock(self) -> bool:
        """Whether time alone asks for it: it is nobody's step."""
        return self.overdue or self.reschedules

    @property
    def offered(self) -> bool:
        """Whether callers may name it in a batch; tables are imported as a whole."""
        return not (self.puts or self.by_clock)

    @property
    def summary(self) -> str:
        return (inspect.getdoc(self.apply) or self.name).strip()


operation = Operation


@dataclass(frozen=True, slots=True)
class Item:
    """One wish: `operation` on aggregate `id`. `key` makes it repeatable; `if_match` conditional on one of
    these versions."""

    operation: Operation
    id: UUID
    body: Any
    key: str | None = None
    if_match: frozenset[int] | None = None


Key = tuple[str, str, str]
"""Under which an answer is kept: subject, operation, the caller's key."""


class Wish(NamedTuple):
    """An item, whose it is, and the trace (W3C) that it belongs to."""

    item: Item
    caller: Caller
    trace: str | None = None

    @property
    def key(self) -> Key | None:
        item = self.item
        return (self.caller.subject, item.operation.name, item.key) if item.key else None


Located = Callable[[DriverConnection, Sequence[Item]], Awaitable[Mapping[UUID, str]]]


def by_operation(items: Iterable[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.operation.name, []).append(item)
    return found
