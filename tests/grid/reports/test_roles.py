"""Each role at each step: the policy decides, before anything is looked up."""

from uuid import uuid4

import pytest

from services.chassis.operation import Operation
from services.contracts.roles import ROLES
from services.grid.policy import POLICY
from services.grid.reports.lifecycle import Step
from services.grid.reports.queries import REPORTS as NOUN
from tests.support.grid import REPORTS, SAYING, refusal
from tests.support.people import caller
from tests.support.running import Running

STEPS = [
    operation
    for operation in NOUN.operations
    if operation.step and operation.permission != "report.resolve_by_case"
]


@pytest.mark.parametrize("operation", STEPS, ids=lambda operation: operation.name)
async def test_a_step_is_for_the_roles_of_its_permission(
    grid: Running, operation: Operation
) -> None:
    name = operation.step.replace("_", "-")
    path, body = f"{REPORTS}/{uuid4()}/{name}", SAYING.get(name, {})
    for role in ROLES:
        answer = await grid.call(caller(role), "POST", path, body, {"If-Match": '"1"'})
        may = role in POLICY[operation.permission]
        assert refusal(answer) == ((404, "not_found") if may else (403, "permission_missing")), role


def test_every_step_of_the_lifecycle_has_an_operation() -> None:
    steps = {operation.step for operation in NOUN.operations if operation.step}
    assert steps == set(Step) - {Step.WITHDRAW}
