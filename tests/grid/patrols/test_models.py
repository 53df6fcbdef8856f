"""Every step at every status of a patrol."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.grid.patrols.models import Patrol
from services.grid.patrols.rules import Status, Step, StepNotAllowed
from tests.grid.field import GRID
from tests.grid.matrix import Table, moved

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
S = Status
LIFE: Table = {
    S.RUNNING: {"finish": S.FINISHED, "void": S.VOIDED},
    S.FINISHED: {"void": S.VOIDED},
    S.VOIDED: {},
}
ACTS: dict[Step, Callable[[Patrol], Any]] = {
    Step.FINISH: lambda p: p.finish("一切正常", None, at=LATER),
    Step.VOID: lambda p: p.void("误录", at=LATER),
}


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_a_patrol_takes_the_steps_of_its_life_and_no_others(status: Status, step: Step) -> None:
    patrol = Patrol(
        id=UUID(int=1),
        correlation_id=UUID(int=1),
        area_code=GRID,
        status=status,
        participants=["a", "b"],
        started_at=AT,
        occurred_at=AT,
        ended_at=None if status is S.RUNNING else LATER,
        recorded_by="a",
    )
    assert moved(patrol, ACTS[step]) == LIFE[status].get(step, StepNotAllowed)
    assert (patrol.ended_at is None) is (status is S.RUNNING and step is not Step.FINISH)
