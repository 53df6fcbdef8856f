"""What no app sends, in every body that the grid takes: a clear refusal, never a surprise."""

import json
import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from httpx import Response

from services.chassis.identity.caller import Caller
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER
from services.contracts.roles import ROLES
from tests.grid.endpoints.surface import DOCUMENT, Document, plain, resolved
from tests.support.running import Running

EVERYBODY = Caller("everybody", frozenset(ROLES), ("330703",), "330703-enforcement")
HOLE = "a-hole-to-be-filled"
LONG = f'"{"a" * 1_000_000}"'
DEEP = "[" * 5_000 + "]" * 5_000
TEXTS = {"nul": r'"a\u0000b"', "surrogate": r'"\ud800"', "long": LONG}
TIMES = {"year 9999": '"9999-12-31T23:59:59Z"', "year 1": '"0001-01-01T00:00:00+14:00"'}
DAYS = {"year 9999": '"9999-12-31"', "year 1": '"0001-01-01"', "no day": '"2026-02-30"'}
NUMBERS = {"nan": "NaN", "infinite": "-Infinity", "huge": "1e999", "long": "9" * 4_000}
ANY = {"deep": DEEP, "deep object": '{"a":' * 5_000 + "1" + "}" * 5_000}


def bodies() -> dict[str, Document]:
    """The schema of every body, by path."""
    return {
        path: item["post"]["requestBody"]["content"]["application/json"]["schema"]
        for path, item in DOCUMENT["paths"].items()
        if "requestBody" in item.get("post", {})
    }


def poisons(schema: Document) -> dict[str, str]:
    """What must not do harm in the place of a value of this kind, as JSON."""
    schema = resolved(schema)
    match schema.get("type"), schema.get("format"):
        case (("integer" | "number"), _):
            return NUMBERS | ANY
        case _, "date-time":
            return TIMES | TEXTS
        case _, "date":
            return DAYS | TEXTS
        case "string", _:
            return TEXTS
    return ANY


def poisoned(schema: Document) -> Iterator[tuple[str, str]]:
    """Bodies that fit but for one field, each with its name."""
    schema = resolved(schema)
    for name, of in schema.get("properties", {}).items():
        body = json.dumps(plain(schema) | {name: HOLE}, ensure_ascii=False)
        for kind, poison in poisons(of).items():
            yield f"{name}: {kind}", body.replace(f'"{HOLE}"', poison)
    yield from ((f"body: {kind}", poison) for kind, poison in (TEXTS | NUMBERS | ANY).items())


async def send(grid: Running, path: str, body: str) -> Response:
    headers = {INTERNAL_TOKEN_HEADER: grid.signer.sign(EVERYBODY), "If-Match": "*"}
    there = re.sub(r"\{[^}]+}", str(uuid4()), path)
    content = {"content": body, "headers": headers | {"Content-Type": "application/json"}}
    return await grid.client.post(there, **content)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", sorted(bodies()))
async def test_every_poison_is_refused_clearly(grid: Running, path: str) -> None:
    found = {}
    for name, body in poisoned(bodies()[path]):
        answer = await send(grid, path, body)
        clear = answer.headers["Content-Type"] == "application/problem+json"
        if not (400 <= answer.status_code < 500 and clear):
            found[name] = (answer.status_code, answer.text[:300])
    assert found == {}


def test_there_is_poison_for_every_kind_of_field() -> None:
    """Else the test above would send nothing."""
    sent = {name for schema in bodies().values() for name, _ in poisoned(schema)}
    assert {"occurred_at: year 9999", "title: nul", "area_m2: deep", "quantity: nan"} <= sent
    assert len(bodies()) > 30


@pytest.mark.parametrize("path", ["/v1/grid/reports", "/v1/grid/patrols", "/v1/grid/demolitions"])
async def test_what_is_poisoned_would_fit_without(grid: Running, path: str) -> None:
    """Else it might be refused for another reason."""
    answer = await send(grid, path, json.dumps(plain(bodies()[path])))
    assert answer.status_code in (201, 422), answer.text
    fits = answer.status_code == 201 or answer.json()["code"] != "invalid_request"
    assert fits, answer.text
