"""Each state of a visit task, and everything that reports, visits and time may bring about."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.chassis.deadlines.sweeper import Passed
from services.chassis.operation import Clock
from services.contracts.codes_grid import Category
from services.contracts.grid_people import VisitTaskSnapshot
from services.grid.duty.models import DutyRule
from services.grid.visit_tasks import operations
from services.grid.visit_tasks.models import VisitTask
from services.grid.visit_tasks.queries import VISIT_TASKS, Opening
from services.grid.visit_tasks.rules import Status
from services.grid.visit_tasks.schemas import SettleIn, TaskIn
from tests.grid.field import GRID
from tests.grid.matrix import AT, NOTHING, Outcome, Told, Try, steps, tried

HOUR = timedelta(hours=1)
DUE = AT + HOUR
RULE = DutyRule(
    valid_from=AT.date(), days_to_count=4, load_at_least=5, load_at_most=10, task_hours=24
)
HOME, ELSEWHERE = UUID(int=2), UUID(int=3)


def task(status: Status = Status.OPEN, **times: datetime) -> VisitTask:
    told: dict[str, Any] = {"id": UUID(int=1), "correlation_id": UUID(int=1), "area_code": GRID}
    told |= {"household_id": HOME, "report_id": UUID(int=4), "occasion": "A1", "status": status}
    told |= {"opened_at": AT - HOUR, "due_at": DUE, "occurred_at": AT - HOUR}
    return VisitTask(**told | times)


STATES: dict[str, Callable[[], VisitTask]] = {
    "open": task,
    "overdue": lambda: task(overdue_at=DUE),
    "done": lambda: task(Status.DONE, closed_at=AT),
    "done late": lambda: task(Status.DONE, closed_at=DUE + HOUR, overdue_at=DUE),
}
WAYS = {
    "settle": Try(operations.settle_visit_task, SettleIn(), {UUID(int=1): AT}),
    "settle no longer": Try(operations.settle_visit_task, SettleIn(), {}),
    "pass": Try(operations.record_visit_task_overdue, Passed(kind="visit"), at=DUE),
}
OPEN, DONE = (Told(status, VisitTaskSnapshot) for status in ("OPEN", "DONE"))
MATRIX: dict[tuple[str, str], Outcome] = {
    ("open", "settle"): DONE,
    ("open", "settle no longer"): NOTHING,
    ("open", "pass"): OPEN,
    ("overdue", "settle"): DONE,
    ("overdue", "settle no longer"): NOTHING,
    ("overdue", "pass"): NOTHING,
    ("done", "settle"): NOTHING,
    ("done", "settle no longer"): OPEN,
    ("done", "pass"): NOTHING,
    ("done late", "settle"): DONE,
    ("done late", "settle no longer"): OPEN,
    ("done late", "pass"): NOTHING,
}


@pytest.mark.parametrize(("state", "way"), list(product(STATES, WAYS)))
def test_what_becomes_of_a_task(state: str, way: str) -> None:
    assert WAYS[way].on(STATES[state]()) == MATRIX[state, way]


def test_everything_is_tried_in_every_state() -> None:
    assert tried(WAYS.values()) == steps(VISIT_TASKS)
    assert MATRIX.keys() == set(product(STATES, WAYS))
    assert {STATES[state]().status for state in STATES} == set(Status)


@pytest.mark.parametrize(
    ("state", "clock"),
    [
        ("open", Clock("visit", DUE)),
        ("overdue", Clock("visit", DUE, None, DUE)),
        ("done", Clock("visit", DUE, AT)),
        ("done late", Clock("visit", DUE, DUE + HOUR, DUE)),
    ],
)
def test_its_clock_runs_until_somebody_was_there(state: str, clock: Clock) -> None:
    assert STATES[state]().clocks() == [clock]


@pytest.mark.parametrize(
    ("category", "home", "outcome"),
    [
        (Category.DISPUTE, HOME, OPEN),
        (Category.TRAFFIC, HOME, NOTHING),
        (Category.DISPUTE, ELSEWHERE, NOTHING),
    ],
)
def test_only_an_occasion_at_a_linked_household_opens_one(
    category: Category, home: UUID, outcome: Outcome
) -> None:
    body = TaskIn(household_id=home, report_id=home, correlation_id=home, category=category)
    given = Opening({Category.DISPUTE: "A1"}, {HOME: GRID}, [RULE])
    assert Try(operations.open_visit_task, body, given).on(None) == outcome
