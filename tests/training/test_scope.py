"""Who reads by area reads there only; whoever has no area reads nothing by it."""

from dataclasses import replace

import pytest
from sqlmodel import col

from services.contracts import roles
from services.training.scope import by_area
from services.training.trainees.models import Trainee
from tests.support.people import caller
from tests.support.running import Running
from tests.training.calls import (
    ATTENDANCES,
    CERTIFICATES,
    READER,
    SESSIONS,
    TRAINEES,
    issued,
)

NOWHERE, ODD = replace(READER, areas=()), replace(READER, areas=("%",))


async def test_a_role_without_areas_sees_nothing(training: Running) -> None:
    await issued(training)
    for path in (SESSIONS, TRAINEES, ATTENDANCES, CERTIFICATES):
        for reader, found in ((READER, 1), (NOWHERE, 0), (ODD, 0)):
            answer = await training.call(reader, "GET", path)
            assert len(answer.json()["items"]) == found


@pytest.mark.parametrize("role", [roles.RESIDENT, roles.ENTERPRISE_CONTACT, roles.MEDIATOR])
def test_the_area_of_who_has_no_part_in_training_shows_nothing(role: str) -> None:
    assert str(by_area(col(Trainee.area_code), caller(role))) == "false"
