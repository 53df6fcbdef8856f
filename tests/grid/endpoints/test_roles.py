"""Every role at every endpoint, as the policy's table has it; whoever is refused has changed nothing."""

import pytest

from services.contracts.roles import ROLES
from services.grid.main import DEFINITION
from services.grid.policy import POLICY
from tests.grid.endpoints.furnished import Furnished
from tests.grid.endpoints.surface import (
    ENDPOINTS,
    Endpoint,
    ask,
    fitting,
    of_operation,
)
from tests.support.grid import batch, refusal
from tests.support.people import caller

pytestmark = pytest.mark.proof

REFUSED = (403, "permission_missing")


async def test_a_role_that_the_table_does_not_name_is_refused_and_changes_nothing(
    township: Furnished,
) -> None:
    """Though the record is there, and the body fits."""
    before, found = await township.state(), {}
    for endpoint in ENDPOINTS:
        ids, body = township.ids.get(endpoint.record, ()), fitting(endpoint)
        for role in ROLES.keys() - endpoint.roles:
            answer = await ask(township.grid, caller(role), endpoint, *ids, body=body)
            if not answer.is_error or refusal(answer) != REFUSED:
                found[endpoint.name, role] = answer.status_code
    assert found == {}
    assert await township.state() == before


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
async def test_a_role_that_the_table_names_may_try(township: Furnished, endpoint: Endpoint) -> None:
    for role in endpoint.roles:
        answer = await ask(township.grid, caller(role), endpoint, no_such_filter="1")
        assert refusal(answer) == (422, "unknown_parameter", "/query/no_such_filter"), role


async def test_a_batch_asks_for_the_permission_of_each_of_its_items(township: Furnished) -> None:
    before = await kept(township)
    offered = {n: o for n, o in DEFINITION.operations.items() if o.offered and of_operation(n)}
    assert len(offered) > 90
    for role in POLICY["batch.run"]:
        items = []
        for name, operation in offered.items():
            endpoint = of_operation(name)
            if endpoint and role not in POLICY[operation.permission]:
                (id, *_) = township.ids.get(endpoint.record, (None,))
                items.append({"operation": name, "key": name, "body": fitting(endpoint), "id": id})
        results = await batch(township.grid, caller(role), *items)
        codes = {item["operation"]: told["code"] for item, told in zip(items, results, strict=True)}
        assert set(codes.values()) == {"permission_missing"}, (role, codes)
    assert await kept(township) == before


async def kept(township: Furnished) -> dict[str, str]:
    """What devices are told of their items is all that a batch may leave."""
    state = await township.state()
    return state | {"parked_item": ""}
