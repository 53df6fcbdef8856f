"""What may follow what; what is on the list; what a form takes; when a task comes again."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.chassis.deadlines.calendar import SHANGHAI
from services.contracts.codes_tasks import Period
from services.grid.tasks.models import FormField, Target
from services.grid.tasks.rules import (
    STEPS,
    Admitted,
    AnswerDoesNotFit,
    AnswerMissing,
    AnswerUnknown,
    DueTooEarly,
    OffTheList,
    ReminderOutOfTime,
    Status,
    Step,
    StepNotAllowed,
    after,
    next_due,
    require_admitted,
    require_answers,
    require_times,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIST = [Admitted("FIRE", "330703", date(2026, 1, 1), date(2026, 7, 1))]
FORM = [
    FormField(code="found", label="发现", kind="NUMBER"),
    FormField(code="done", label="整改", kind="YES_NO"),
    FormField(code="day", label="日期", kind="DATE", required=False),
    FormField(code="how", label="方式", kind="CHOICE", choices=["A", "B"], required=False),
    FormField(code="note", label="说明", kind="TEXT", required=False),
]


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_a_step_is_taken_only_where_the_table_allows_it(status: Status, step: Step) -> None:
    if (status, step) in STEPS:
        assert after(status, step) is STEPS[status, step]
    else:
        with pytest.raises(StepNotAllowed, match=f"{step} a task that is {status}"):
            after(status, step)


def test_what_was_accepted_is_final_and_what_was_rejected_is_done_again() -> None:
    assert set(Status) - {status for status, _ in STEPS} == {Status.ACCEPTED}
    assert after(Status.REJECTED, Step.START) is Status.DOING


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 6, 30)])
@pytest.mark.parametrize("area", ["330703", "330703105", "330703105291001"])
def test_what_is_on_the_list_may_be_asked(area: str, day: date) -> None:
    require_admitted(LIST, "FIRE", area, day)


@pytest.mark.parametrize(
    ("code", "area", "day"),
    [
        ("FLOOD", "330703", date(2026, 3, 1)),
        ("FIRE", "330702", date(2026, 3, 1)),
        ("FIRE", "330703", date(2025, 12, 31)),
        ("FIRE", "330703", date(2026, 7, 1)),
    ],
)
def test_what_is_off_the_list_may_not(code: str, area: str, day: date) -> None:
    with pytest.raises(OffTheList):
        require_admitted(LIST, code, area, day)


def test_a_task_is_due_later_and_reminds_between() -> None:
    require_times(AT, AT + 2 * HOUR, AT + HOUR)
    with pytest.raises(DueTooEarly):
        require_times(AT, AT, None)
    for remind in (AT, AT + 2 * HOUR, AT - HOUR):
        with pytest.raises(ReminderOutOfTime):
            require_times(AT, AT + 2 * HOUR, remind)


@given(
    last=st.integers(0, 60_000).map(lambda hours: AT - hours * HOUR),
    period=st.sampled_from(Period),
    passed=st.integers(0, 400),
)
def test_a_next_round_is_the_first_that_is_not_over(
    last: datetime, period: Period, passed: int
) -> None:
    now = last + timedelta(days=passed)
    due = next_due(last, last, period, now)
    assert now < due <= now + timedelta(days=31)
    assert due.timetz() == last.timetz()
    if period is Period.WEEKLY:
        assert (due - last).days % 7 == 0


@given(
    first=st.integers(0, 60_000).map(lambda hours: AT - hours * HOUR),
    period=st.sampled_from(Period),
)
def test_rounds_stay_on_the_day_of_the_first(first: datetime, period: Period) -> None:
    """In China, where what is due early in the morning lies on the day before in UTC."""
    here, due = first.astimezone(SHANGHAI), first
    for later in range(1, 30):
        due = next_due(first, due, period, due)
        local = due.astimezone(SHANGHAI)
        assert local.timetz() == here.timetz()
        if period is Period.WEEKLY:
            assert due - first == timedelta(weeks=later)
        else:
            assert local.year * 12 + local.month == here.year * 12 + here.month + later
            assert local.day == min(here.day, monthrange(local.year, local.month)[1])


@pytest.mark.parametrize(
    ("answers", "refused", "pointer"),
    [
        ({"found": 2, "done": True}, None, None),
        ({"found": 2.5, "done": False, "day": "2026-03-01", "how": "A", "note": "x"}, None, None),
        ({"found": 2}, AnswerMissing, "/answers/done"),
        ({"found": True, "done": True}, AnswerDoesNotFit, "/answers/found"),
        ({"found": "2", "done": True}, AnswerDoesNotFit, "/answers/found"),
        ({"found": 2, "done": 1}, AnswerDoesNotFit, "/answers/done"),
        ({"found": 2, "done": True, "day": "2026-02-30"}, AnswerDoesNotFit, "/answers/day"),
        ({"found": 2, "done": True, "day": "20260301"}, AnswerDoesNotFit, "/answers/day"),
        ({"found": 2, "done": True, "how": "C"}, AnswerDoesNotFit, "/answers/how"),
        ({"found": 2, "done": True, "note": ""}, AnswerDoesNotFit, "/answers/note"),
        ({"found": 2, "done": True, "who": "x"}, AnswerUnknown, "/answers/who"),
    ],
)
def test_a_form_takes_what_it_asks(answers: dict[str, Any], refused: Any, pointer: Any) -> None:
    if refused is None:
        require_answers(FORM, answers)
    else:
        with pytest.raises(refused) as told:
            require_answers(FORM, answers)
        assert told.value.pointer == pointer


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "GRID", "area_code": "330703105"},
        {
            "kind": "GRID",
            "area_code": "330703105291001",
            "id": "019a3c5e-7b01-7c41-9d0e-5f2b8a6c0001",
        },
        {"kind": "MEMBER", "area_code": "330703105291001"},
    ],
)
def test_a_grid_is_its_area_and_others_have_an_id(facts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Target.model_validate(facts)


@pytest.mark.parametrize("facts", [{"kind": "CHOICE"}, {"kind": "TEXT", "choices": ["A"]}])
def test_choices_belong_to_a_choice(facts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FormField.model_validate({"code": "a", "label": "b"} | facts)
