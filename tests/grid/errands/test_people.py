"""Who sees the people of an errand in the clear, and who may be a guardian."""

import pytest

from services.contracts import roles
from tests.grid.errands.asking import (
    ERRAND,
    GRID,
    LIVES,
    NUMBER,
    PATH,
    RUNNER,
    shown,
    step,
    submitted,
)
from tests.grid.field import post
from tests.grid.people import FULL_TIME, NEIGHBOUR, VILLAGE
from tests.support.grid import refusal
from tests.support.people import DISTRICT, TOWNSHIP, caller
from tests.support.running import Running

GUARDIAN = {"name": "朱家长", "phone": "15400000002"}
RUNNER_TOO = caller(roles.PART_TIME_GRID_MEMBER, GRID, subject="runner-2")


@pytest.mark.parametrize("status", ["SUBMITTED", "ACCEPTED", "CLOSED"])
async def test_a_clear_number_is_told_to_no_neighbour(grid: Running, status: str) -> None:
    receipt = await submitted(grid)
    for name in LIVES[status]:
        receipt = await step(grid, receipt, name, who=RUNNER_TOO)
    applicant = (await shown(grid, receipt))["applicant"]
    path = f"/v1/grid/errands/{receipt['id']}/people/{applicant}/reveal"
    body = {"purpose": "电话告知办理进度", "fields": ["phone", "resident_id"]}
    near = {RUNNER, TOWNSHIP, DISTRICT, VILLAGE} | ({RUNNER_TOO} if LIVES[status] else set())
    for who in (RUNNER, RUNNER_TOO, NEIGHBOUR, FULL_TIME, VILLAGE, TOWNSHIP, DISTRICT):
        answer = await grid.call(who, "POST", path, body)
        if who in near:
            assert answer.json()["resident_id"] == NUMBER, who
        else:
            assert refusal(answer) == (403, "not_in_charge"), who
    told = await grid.fetch(
        "select subject from audit where object_id = $1 and action = 'REVEALED'", receipt["id"]
    )
    assert {row["subject"] for row in told} == {who.subject for who in near}


@pytest.mark.parametrize(
    ("number", "old_enough"), [("330703199001010011", True), ("330703201701010012", False)]
)
async def test_a_guardian_is_grown_up(grid: Running, number: str, old_enough: bool) -> None:
    guardian = GUARDIAN | {"resident_id": number}
    child = {"applicant": {"name": "朱小孩"}, "under_14": True, "guardian": guardian}
    answer = await post(grid, RUNNER, PATH, **ERRAND | child)
    if old_enough:
        assert answer.status_code == 201, answer.text
    else:
        assert refusal(answer) == (422, "guardian_too_young", "/guardian/resident_id")
