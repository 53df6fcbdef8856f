"""Bodies with more mistakes than are told, in every place that holds more than one value: an answer tells a hundred of them."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.identity.caller import Caller
from services.contracts.roles import ROLES
from services.grid.main import DEFINITION
from tests.grid.endpoints.surface import DOCUMENTED, Endpoint, resolved
from tests.support.grid import batch
from tests.support.people import DISTRICT
from tests.support.running import Running

MANY, TOLD = 150, 100
KEYS = {f"k{n}": 0 for n in range(MANY)}
JUNK: tuple[Any, ...] = (KEYS, [{}] * MANY, [0] * MANY, [KEYS])
OFFERED = sorted(name for name, each in DEFINITION.operations.items() if each.offered)
TABLES = [
    each for each in DOCUMENTED if "rows" in resolved(each.schema or {}).get("properties", {})
]
EVERYBODY = Caller("everybody", frozenset(ROLES), ("330703",), "330703-enforcement")
Put = Callable[[Any], Any]
"""Makes a body of what is put in one of its places."""


def field(name: str, put: Put) -> Put:
    return lambda junk: put({name: junk})


def places(schema: dict[str, Any], known: dict[str, Any], put: Put) -> Iterator[Put]:
    """Where a body holds lists and dictionaries."""
    if "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from places(each, known, put)
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    if schema.get("type") in ("array", "object"):
        yield put
    if items := schema.get("items"):
        yield from places(items, known, lambda junk: put([junk]))
    for name, of in schema.get("properties", {}).items():
        yield from places(of, known, field(name, put))


def bodies(operation: str) -> Iterator[dict[str, Any]]:
    schema = DEFINITION.operations[operation].body.model_json_schema()
    for put in places(schema, schema.get("$defs", {}), lambda junk: junk):
        yield from (body for junk in JUNK if isinstance(body := put(junk), dict))


@pytest.mark.parametrize("operation", OFFERED)
async def test_an_item_of_a_batch_tells_some_of_its_mistakes(grid: Running, operation: str) -> None:
    items = [
        {"operation": operation, "id": str(uuid4()), "key": f"{operation}-{n}", "body": body}
        for n, body in enumerate(bodies(operation))
    ]
    assert items
    for result in await batch(grid, DISTRICT, *items):
        errors = result.get("errors", [])
        assert (result["outcome"], len(errors) <= TOLD) == ("rejected", True)
        assert all(error["pointer"].startswith("/body/") for error in errors)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_so_does_a_whole_table(grid: Running, table: Endpoint) -> None:
    for rows in JUNK[1:]:
        answer = await grid.call(EVERYBODY, table.method, table.path, {"rows": rows})
        errors = answer.json()["errors"]
        assert (answer.status_code, 0 < len(errors) <= TOLD) == (422, True)


def test_there_are_places_for_them() -> None:
    """Else the tests above would send nothing."""
    told = {name: sum(1 for _ in bodies(name)) for name in OFFERED}
    assert (len(OFFERED) > 50, len(TABLES) > 5) == (True, True)
    assert min(told["create_report"], told["issue_task_order"], told["submit_errand"]) > 8
