"""Nobody of the next township can tell what there is from what there is not, by any path with an id."""

from typing import Any
from uuid import uuid4

import pytest

from services.grid.main import DEFINITION
from services.grid.policy import POLICY
from tests.grid.endpoints.furnished import UNDIVIDED, Furnished, neighbour
from tests.grid.endpoints.surface import WITH_ID, Endpoint, ask, fitting, of_operation, told
from tests.support.grid import batch

DIVIDED = [endpoint for endpoint in WITH_ID if endpoint.record not in UNDIVIDED]
STALE = {"If-Match": '"99"'}
BATCHED = {
    operation.name: (operation, endpoint)
    for operation in DEFINITION.operations.values()
    if operation.offered and (endpoint := of_operation(operation.name)) in DIVIDED
}


def test_there_is_one_of_everything_that_has_an_address(township: Furnished) -> None:
    assert {endpoint.record for endpoint in DIVIDED} - township.ids.keys() == set()
    assert len(DIVIDED) > 100


@pytest.mark.parametrize("endpoint", DIVIDED, ids=lambda endpoint: endpoint.name)
async def test_those_who_may_most_are_told_of_nothing(
    township: Furnished, endpoint: Endpoint
) -> None:
    """Neither by a version that would be stale, nor by a person whom the record has not."""
    who, ids, body = neighbour(*endpoint.roles), township.ids[endpoint.record], fitting(endpoint)
    nothing = told(await ask(township.grid, who, endpoint, body=body))
    assert nothing[0] == 404, nothing
    for tried in dict.fromkeys((ids, ids[:1])):
        for headers in ({}, STALE):
            answer = await ask(township.grid, who, endpoint, *tried, body=body, headers=headers)
            assert told(answer) == nothing


READS = [endpoint for endpoint in DIVIDED if endpoint.method == "GET"]


@pytest.mark.parametrize("endpoint", READS, ids=lambda endpoint: endpoint.name)
async def test_no_role_reads_there(township: Furnished, endpoint: Endpoint) -> None:
    for role in endpoint.roles:
        nothing = told(await ask(township.grid, neighbour(role), endpoint))
        found = await ask(township.grid, neighbour(role), endpoint, *township.ids[endpoint.record])
        assert (nothing[0], told(found)) == (404, nothing), role


async def test_no_role_does_anything_there_in_a_batch(township: Furnished) -> None:
    """Every step at once: what is there ends as what is not there, to the letter."""
    assert len(BATCHED) > 70
    nowhere = {record: str(uuid4()) for record in township.ids}
    for role in POLICY["batch.run"]:
        items: list[list[dict[str, Any]]] = [[], []]
        for name, (operation, endpoint) in BATCHED.items():
            if role in POLICY[operation.permission]:
                for n, id in enumerate(
                    (township.ids[endpoint.record][0], nowhere[endpoint.record])
                ):
                    facts = {"operation": name, "key": f"{n}-{name}", "body": fitting(endpoint)}
                    items[n].append(facts | {"id": id})
        if items[0]:
            here, nothing = [await batch(township.grid, neighbour(role), *each) for each in items]
            assert [each | {"parked": None} for each in here] == [
                each | {"parked": None} for each in nothing
            ], role
            assert {each["code"] for each in here} == {"not_found"}, role
