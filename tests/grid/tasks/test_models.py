"""Every step at every status of a part of a task; and when a task that comes again may be ended."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.contracts.codes_tasks import Period, TargetKind
from services.grid.tasks.models import TaskItem, TaskOrder
from services.grid.tasks.rules import (
    NotRecurring,
    RoundIssued,
    SeriesEnded,
    Status,
    Step,
    StepNotAllowed,
)
from tests.grid.field import GRID
from tests.grid.matrix import Table, moved

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
LATER, DUE = AT + timedelta(hours=1), AT + timedelta(days=7)
S = Status
LIFE: Table = {
    S.PENDING: {"read": S.READ},
    S.READ: {"start": S.DOING},
    S.DOING: {"submit": S.SUBMITTED},
    S.SUBMITTED: {"accept": S.ACCEPTED, "reject": S.REJECTED},
    S.REJECTED: {"start": S.DOING},
    S.ACCEPTED: {},
}
ACTS: dict[Step, Callable[[TaskItem], Any]] = {
    Step.READ: lambda i: i.read(at=LATER),
    Step.START: lambda i: i.start(at=LATER),
    Step.SUBMIT: lambda i: i.submit({"done": True}, by="member", at=LATER),
    Step.ACCEPT: lambda i: i.accept(at=LATER),
    Step.REJECT: lambda i: i.reject("不完整", at=LATER),
}
USUAL: dict[str, Any] = {
    "id": UUID(int=1),
    "correlation_id": UUID(int=1),
    "area_code": GRID,
    "occurred_at": AT,
}


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_a_part_takes_the_steps_of_its_life_and_no_others(status: Status, step: Step) -> None:
    item = TaskItem(
        **{**USUAL, "order_id": UUID(int=2), "place": 1, "title": "检查", "status": status},
        target_kind=TargetKind.GRID,
        given_at=AT,
        due_at=DUE,
        submitted_at=AT if status in (S.SUBMITTED, S.ACCEPTED) else None,
    )
    assert moved(item, ACTS[step]) == LIFE[status].get(step, StepNotAllowed)
    stopped = [clock.stopped_at is not None for clock in item.clocks()]
    assert stopped == [item.status in (S.SUBMITTED, S.ACCEPTED)]


@pytest.mark.parametrize(
    ("period", "ended", "repeated"),
    list(product((None, Period.WEEKLY), (False, True), (False, True))),
)
def test_a_series_is_ended_once_by_its_last_round(
    period: Period | None, ended: bool, repeated: bool
) -> None:
    order = TaskOrder(
        **{**USUAL, "admission_item": "FIRE", "title": "检查", "description": "", "targets": []},
        form=[],
        due_at=DUE,
        period=period,
        series=UUID(int=1),
        ended_at=AT if ended else None,
        repeated_at=AT if repeated else None,
        issued_by="office",
        issued_at=AT,
    )
    kind = NotRecurring if period is None else SeriesEnded if ended else RoundIssued
    if period and not ended and not repeated:
        order.check("end", "office")
    else:
        with pytest.raises(kind):
            order.check("end", "office")
    running = bool(period and not ended and not repeated)
    assert any(not (c.stopped_at or c.fired_at) for c in order.clocks()) is running
