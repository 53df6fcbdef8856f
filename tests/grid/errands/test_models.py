"""Every step at every status of an errand, with all that the step needs besides."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.chassis.errors import Refusal
from services.contracts.codes_errands import (
    Authoriser,
    ErrandOutcome,
    ErrandRoute,
    ImpossibleReason,
    MatterKind,
    PaperForm,
    PaperType,
    SignedBy,
    WindowResult,
)
from services.contracts.codes_grid import Finder
from services.grid.errands.models import Errand
from services.grid.errands.papers import Authorisation, NoRoom, Paper, Trips, Window
from services.grid.errands.rules import (
    AlreadyAuthorised,
    AuthorisationMissing,
    OriginalNotReturned,
    PaperUnknown,
    Status,
    Step,
    StepNotAllowed,
)
from services.grid.errands.windows import WindowsOpen, WindowUnknown
from tests.grid.field import GRID
from tests.grid.matrix import Table, moved

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
SIGNED, TRIPS = SignedBy.SIGNATURE, Trips(resident_trips=0, member_trips=1)
GRANTED = Authorisation(by=Authoriser.APPLICANT, signed=SIGNED, recorded_by="runner", at=AT)
S = Status
ENDS = {"withdraw": S.WITHDRAWN, "give_up": S.IMPOSSIBLE}
AT_WORK = {"settle": S.CLOSED, **ENDS}
LIFE: Table = {
    S.SUBMITTED: {"accept": S.ACCEPTED, **ENDS},
    S.ACCEPTED: {
        "authorise": S.AUTHORISED,
        "start": S.IN_PROGRESS,
        **AT_WORK,
        **dict.fromkeys(("take_paper", "return_paper"), S.ACCEPTED),
    },
    S.AUTHORISED: {
        "start": S.IN_PROGRESS,
        **AT_WORK,
        **dict.fromkeys(("take_paper", "return_paper"), S.AUTHORISED),
    },
    S.IN_PROGRESS: {
        "obtain": S.OBTAINED,
        **AT_WORK,
        **dict.fromkeys(
            ("authorise", "file", "answer", "take_paper", "return_paper"), S.IN_PROGRESS
        ),
    },
    S.OBTAINED: {"deliver": S.DELIVERED, "return_paper": S.OBTAINED},
    S.DELIVERED: {"close": S.CLOSED, "return_paper": S.DELIVERED},
    **{end: {} for end in (S.CLOSED, S.WITHDRAWN, S.IMPOSSIBLE)},
}


def paper(form: PaperForm = PaperForm.ORIGINAL) -> Paper:
    return Paper(kind=PaperType.ID_CARD, form=form, received_at=AT, received_by="runner")


def window(result: WindowResult | None = None) -> Window:
    return Window(department="d", window="w", matter="m", submitted_at=AT, result=result)


NEEDS: dict[Step, dict[str, Any]] = {
    Step.AUTHORISE: {"authorisation": None},
    Step.ANSWER: {"windows": [window()]},
    Step.OBTAIN: {"windows": [window(WindowResult.GRANTED)]},
    Step.RETURN_PAPER: {"papers": [paper()]},
}
"""What the errand must hold so that nothing but its status forbids the step."""
GIVE_UP = ImpossibleReason.NOT_ELIGIBLE, ErrandRoute.ADMINISTRATIVE_REVIEW, "不符合条件", LATER
ACTS: dict[Step, Callable[[Errand], Any]] = {
    Step.ACCEPT: lambda e: e.accept(LATER, by="runner", at=LATER),
    Step.AUTHORISE: lambda e: e.authorise(
        Authoriser.APPLICANT, SIGNED, recorded_by="runner", at=LATER
    ),
    Step.START: lambda e: e.start(at=LATER),
    Step.FILE: lambda e: e.file("d", "w", "m", at=LATER),
    Step.ANSWER: lambda e: e.answer(1, WindowResult.GRANTED, "", at=LATER),
    Step.TAKE_PAPER: lambda e: e.take(paper(), at=LATER),
    Step.RETURN_PAPER: lambda e: e.give_back(1, SIGNED, at=LATER),
    Step.OBTAIN: lambda e: e.obtain("施工牌", at=LATER),
    Step.DELIVER: lambda e: e.deliver(SIGNED, TRIPS, at=LATER),
    Step.CLOSE: lambda e: e.close(LATER, at=LATER),
    Step.SETTLE: lambda e: e.settle(
        ErrandOutcome.DIFFICULTY_RESOLVED, "已解决", TRIPS, LATER, LATER
    ),
    Step.WITHDRAW: lambda e: e.withdraw(LATER, at=LATER),
    Step.GIVE_UP: lambda e: e.give_up(*GIVE_UP, LATER),
}


def make_errand(status: Status = S.IN_PROGRESS, **facts: Any) -> Errand:
    return Errand(
        **{
            "id": UUID(int=1),
            "correlation_id": UUID(int=1),
            "number": "HR1",
            "status": status,
            "area_code": GRID,
            "matter": MatterKind.SUBSIDY,
            "finder": Finder.RED_MEMBER,
            "title": "代办",
            "description": "",
            "applicant": UUID(int=2),
            "submitted_by": "runner",
            "authorisation": GRANTED,
            "submitted_at": AT,
            "occurred_at": AT,
            **facts,
        }
    )


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_an_errand_takes_the_steps_of_its_life_and_no_others(status: Status, step: Step) -> None:
    errand = make_errand(status, **NEEDS.get(step, {}))
    assert moved(errand, ACTS[step]) == LIFE[status].get(step, StepNotAllowed)


@pytest.mark.parametrize(
    ("step", "facts", "refused"),
    [
        (Step.AUTHORISE, {}, AlreadyAuthorised),
        (Step.FILE, {"authorisation": None}, AuthorisationMissing),
        (Step.TAKE_PAPER, {"authorisation": None}, AuthorisationMissing),
        (Step.ANSWER, {}, WindowUnknown),
        (Step.ANSWER, {"windows": [window(WindowResult.REFUSED)]}, WindowUnknown),
        *((step, {"windows": [window()]}, WindowsOpen) for step in (Step.OBTAIN, Step.SETTLE)),
        (Step.RETURN_PAPER, {}, PaperUnknown),
        *(
            (end, {"papers": [paper()]}, OriginalNotReturned)
            for end in (Step.SETTLE, Step.WITHDRAW)
        ),
        (Step.GIVE_UP, {"papers": [paper()]}, OriginalNotReturned),
    ],
)
def test_what_else_forbids_a_step_leaves_the_errand_as_it_was(
    step: Step, facts: dict[str, Any], refused: type[Refusal]
) -> None:
    assert moved(make_errand(**facts), ACTS[step]) is refused


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("result", [None, *WindowResult])
def test_an_errand_is_settled_from_work_where_no_department_is_left_waiting(
    status: Status, result: WindowResult | None
) -> None:
    errand = make_errand(status, windows=[window(WindowResult.GRANTED), window(result)])
    expected = LIFE[status].get("settle", StepNotAllowed)
    if expected is S.CLOSED and result is None:
        expected = WindowsOpen
    assert moved(errand, ACTS[Step.SETTLE]) == expected


@pytest.mark.parametrize("end", [Step.WITHDRAW, Step.GIVE_UP])
def test_what_is_given_up_waits_for_nobody(end: Step) -> None:
    assert moved(make_errand(windows=[window()]), ACTS[end]) == LIFE[S.IN_PROGRESS][end]


def test_a_copy_needs_no_authorisation_and_is_purged_after_the_end() -> None:
    errand = make_errand(authorisation=None)
    errand.take(paper(PaperForm.COPY), at=LATER)
    errand.withdraw(LATER + timedelta(days=30), at=LATER)
    assert errand.purge_due_at == LATER + timedelta(days=30)


def test_what_could_not_be_named_any_more_is_not_taken() -> None:
    errand = make_errand(papers=[paper()] * 98, windows=[window()] * 98)
    errand.take(paper(), at=LATER)
    errand.file("d", "w", "m", at=LATER)
    with pytest.raises(NoRoom):
        errand.take(paper(), at=LATER)
    with pytest.raises(NoRoom):
        errand.file("d", "w", "m", at=LATER)
    errand.give_back(99, SIGNED, at=LATER)
