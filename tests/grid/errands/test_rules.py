"""What may follow what; who is a child; which papers are out."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.codes_errands import (
    Authoriser,
    PaperForm,
    PaperType,
    SignedBy,
    WindowResult,
)
from services.grid.errands.papers import Paper, Window
from services.grid.errands.rules import (
    STEPS,
    AgeContradicted,
    GuardianDecides,
    NobodysGuardian,
    OriginalNotReturned,
    Status,
    Step,
    StepNotAllowed,
    after,
    is_under_14,
    require_authoriser,
    require_papers_back,
)
from services.grid.errands.windows import (
    NothingGranted,
    WindowsOpen,
    require_answered,
    require_granted,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_a_step_is_taken_only_where_the_table_allows_it(status: Status, step: Step) -> None:
    if (status, step) in STEPS:
        assert after(status, step) is STEPS[status, step]
    else:
        with pytest.raises(StepNotAllowed, match=f"{step} an errand that is {status}"):
            after(status, step)


def test_nothing_follows_on_an_end() -> None:
    ends = {Status.CLOSED, Status.WITHDRAWN, Status.IMPOSSIBLE}
    assert not {status for status, _ in STEPS} & ends
    assert set(Status) - {status for status, _ in STEPS} == ends


@pytest.mark.parametrize(
    ("born", "day", "child"),
    [
        ("20120302", date(2026, 3, 1), True),
        ("20120302", date(2026, 3, 2), False),
        ("20120229", date(2026, 2, 28), True),
        ("20120229", date(2026, 3, 1), False),
        ("19000101", date(2026, 3, 1), False),
        ("20260301", date(2026, 3, 1), True),
    ],
)
def test_a_child_is_known_by_the_number(born: str, day: date, child: bool) -> None:
    assert is_under_14(f"330703{born}0010", False, day) is child


def test_what_is_said_of_the_age_does_not_contradict_the_number() -> None:
    day = date(2026, 3, 2)
    assert is_under_14("330703201203030010", True, day)
    with pytest.raises(AgeContradicted):
        is_under_14("330703201203020010", True, day)


@pytest.mark.parametrize("said", [True, False])
def test_without_a_number_it_is_as_was_said(said: bool) -> None:
    assert is_under_14(None, said, date(2026, 3, 1)) is said


def test_the_guardian_of_a_child_authorises_and_nobody_elses() -> None:
    require_authoriser(Authoriser.GUARDIAN, under_14=True, has_guardian=True)
    require_authoriser(Authoriser.APPLICANT, under_14=False, has_guardian=False)
    with pytest.raises(GuardianDecides):
        require_authoriser(Authoriser.APPLICANT, under_14=True, has_guardian=True)
    with pytest.raises(NobodysGuardian):
        require_authoriser(Authoriser.GUARDIAN, under_14=False, has_guardian=False)


papers = st.builds(
    Paper,
    kind=st.sampled_from(PaperType),
    form=st.sampled_from(PaperForm),
    received_at=st.just(AT),
    received_by=st.just("runner"),
    returned_at=st.sampled_from([None, AT]),
    signed=st.sampled_from([None, *SignedBy]),
)


@given(st.lists(papers, max_size=4))
def test_what_is_out_is_named_and_copies_never_are(held: Sequence[Paper]) -> None:
    out = [
        str(n)
        for n, paper in enumerate(held, 1)
        if paper.form is PaperForm.ORIGINAL and (paper.returned_at is None or paper.signed is None)
    ]
    if out:
        with pytest.raises(OriginalNotReturned, match=f"paper {', '.join(out)}\\."):
            require_papers_back(held)
    else:
        require_papers_back(held)


def window(result: WindowResult | None) -> Window:
    return Window(department="d", window="w", matter="m", submitted_at=AT, result=result)


@pytest.mark.parametrize(
    ("results", "refused"),
    [
        ([WindowResult.GRANTED], None),
        ([WindowResult.NOT_NEEDED, WindowResult.GRANTED], None),
        ([WindowResult.GRANTED, None], WindowsOpen),
        ([WindowResult.REFUSED], NothingGranted),
        ([WindowResult.NOT_NEEDED], NothingGranted),
        ([], NothingGranted),
    ],
)
def test_something_is_obtained_once_all_have_answered(
    results: list[WindowResult | None], refused: type[Exception] | None
) -> None:
    windows = [window(result) for result in results]
    if refused is None:
        require_granted(windows)
    else:
        with pytest.raises(refused):
            require_granted(windows)


results = st.lists(st.sampled_from([None, *WindowResult]), max_size=5)


@given(results)
def test_departments_that_have_not_answered_are_named_and_no_others(
    told: Sequence[WindowResult | None],
) -> None:
    windows = [window(result) for result in told]
    waiting = [f"{n} (d)" for n, result in enumerate(told, 1) if result is None]
    if waiting:
        with pytest.raises(WindowsOpen) as refused:
            require_answered(windows)
        assert refused.value.en == f"These windows have not answered yet: {', '.join(waiting)}."
    else:
        require_answered(windows)
