"""Every step at every status of a demolition."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.chassis.errors import Refusal
from services.contracts.codes_outreach import DemolitionMode, OwnerType, Structure
from services.grid.demolitions.models import Demolition
from services.grid.demolitions.rules import (
    ConfirmedByRecorder,
    PhotosMissing,
    Status,
    Step,
    StepNotAllowed,
)
from tests.grid.field import GRID
from tests.grid.matrix import Table, moved

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
BEFORE, AFTER, OTHER = (UUID(int=n) for n in (11, 12, 13))
S = Status
LIFE: Table = {
    S.RECORDED: {"add_photos": S.RECORDED, "confirm": S.CONFIRMED, "void": S.VOIDED},
    S.CONFIRMED: {"void": S.VOIDED},
    S.VOIDED: {},
}
ACTS: dict[Step, Callable[[Demolition], Any]] = {
    Step.ADD_PHOTOS: lambda d: d.add_photos([OTHER], [], at=AT),
    Step.CONFIRM: lambda d: d.confirm({BEFORE, AFTER}, by="office", at=AT),
    Step.VOID: lambda d: d.void("误录", at=AT),
}


def make_demolition(status: Status = S.RECORDED, **facts: Any) -> Demolition:
    return Demolition(
        **{
            "id": UUID(int=1),
            "correlation_id": UUID(int=1),
            "status": status,
            "area_code": GRID,
            "place": "村口",
            "structure": Structure.FRAME,
            "owner_type": OwnerType.INDIVIDUAL,
            "area_m2": Decimal("86.55"),
            "mode": DemolitionMode.SELF,
            "demolished_on": date(2026, 3, 1),
            "recorded_by": "member",
            "occurred_at": AT,
            "photos_before": [BEFORE],
            "photos_after": [AFTER],
            **facts,
        }
    )


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_a_demolition_takes_the_steps_of_its_life_and_no_others(status: Status, step: Step) -> None:
    assert moved(make_demolition(status), ACTS[step]) == LIFE[status].get(step, StepNotAllowed)


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"recorded_by": "office"}, ConfirmedByRecorder),
        ({"photos_before": []}, PhotosMissing),
        ({"photos_after": []}, PhotosMissing),
        ({"photos_before": [OTHER]}, PhotosMissing),
        ({"photos_after": [OTHER]}, PhotosMissing),
    ],
)
def test_what_else_forbids_a_confirmation_leaves_it_as_it_was(
    facts: dict[str, Any], refused: type[Refusal]
) -> None:
    assert moved(make_demolition(**facts), ACTS[Step.CONFIRM]) is refused


def test_a_confirmation_says_who_and_when() -> None:
    demolition = make_demolition(photos_before=[BEFORE, OTHER])
    event = demolition.confirm({BEFORE, AFTER}, by="office", at=AT)
    assert (demolition.confirmed_by, event.confirmed_at) == ("office", AT)
