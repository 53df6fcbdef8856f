from itertools import product

import pytest

from services.contracts.codes_privacy import RightKind
from services.grid.subject_requests.rules import (
    KINDS,
    STEPS,
    AnotherKindOfRequest,
    RequestStepNotAllowed,
    Status,
    Step,
    require_step,
)


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_a_step_is_taken_in_its_time_only(status: Status, step: Step) -> None:
    kind = next(iter(sorted(KINDS.get(step, set(RightKind)))))
    if (status, step) in STEPS:
        require_step(status, kind, step)
    else:
        with pytest.raises(RequestStepNotAllowed):
            require_step(status, kind, step)


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        (RightKind.ACCESS, Step.ERASE),
        (RightKind.CORRECTION, Step.ERASE),
        (RightKind.ERASURE, Step.COMPLETE),
    ],
)
def test_a_step_is_of_its_kind_only(kind: RightKind, step: Step) -> None:
    with pytest.raises(AnotherKindOfRequest):
        require_step(Status.VERIFIED, kind, step)


def test_nothing_follows_on_an_end() -> None:
    assert not {status for status, _ in STEPS} & {Status.DONE, Status.REFUSED}
