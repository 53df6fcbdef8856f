"""What no app asks for, in every query parameter and cursor that the grid takes: an answer or a refusal, never a surprise."""

import base64
import json
from collections.abc import Iterator

import pytest

from services.chassis.identity.caller import Caller
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER
from services.contracts.roles import ROLES
from tests.grid.endpoints.furnished import Furnished
from tests.grid.endpoints.surface import DOCUMENTED, WITH_ID, Document, Endpoint, resolved
from tests.support.grid import refusal

pytestmark = pytest.mark.proof
EVERYBODY = Caller("everybody", frozenset(ROLES), ("330703",), "330703-enforcement")
ASKED = [endpoint for endpoint in DOCUMENTED if endpoint.query]
TEXTS = {"nul": "a%00b", "not UTF-8": "%FF", "surrogate": "%ED%A0%80", "long": "a" * 60_000}
WRONG = {
    "integer": ("NaN", "1e400", str(2**63), "-1", "9" * 4_000, "1.5", "0x10"),
    "number": ("NaN", "Infinity", "1e400"),
    "boolean": ("maybe", "2"),
    "uuid": ("0191d7a0", "{0191d7a0}", "0" * 33),
    "date": ("9999-12-32", "2026-02-30", "0000-01-01", "10000-01-01"),
    "date-time": ("2026-03-02T09:00:00", "2026-03-02T25:00:00Z", "0000-01-01T00:00:00Z"),
}
EXTREME = {
    "date": ("9999-12-31", "0001-01-01"),
    "date-time": ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00%2B23:59"),
    "integer": (str(2**31), str(-(2**31))),
}
"""What may be asked for, and found nothing."""
PLACES = (
    ["9999-12-31T23:59:59-23:59", "0191d7a0-0000-7000-8000-0000000000ff"],
    ["0001-01-01T00:00:00+23:59", "0191d7a0-0000-7000-8000-0000000000ff"],
    ["2026-03-02", "no id"],
    [1, 2],
    ["2026-03-02T09:00:00Z"],
    {"a": 1},
    None,
)
CURSORS = [base64.urlsafe_b64encode(json.dumps(place).encode()).decode() for place in PLACES]
CURSORS += ["", "%00", "====", "bm90IGpzb24=", "a", "%F0%9F%98%80"]
NEEDED = {"week": "2026-W40", "month": "2026-09"}
ODD = ("0191d7a0", "%00", "..%2F..%2Fx", "0191d7a0-0000-7000-8000-00000000000g", "a" * 10_000)


def asked(name: str, schema: Document) -> Iterator[tuple[str, bool]]:
    """Values as they stand in a URL, and whether one must be refused."""
    schema = resolved(schema)
    schema = resolved(schema["items"]) if schema.get("type") == "array" else schema
    kind = schema.get("format") or schema.get("type", "")
    yield from ((value, True) for value in WRONG.get(kind, ()))
    yield from ((value, False) for value in EXTREME.get(kind, ()))
    yield from ((value, kind != "string") for value in TEXTS.values())
    yield from ((value, False) for value in (CURSORS if name in ("after", "since") else ()))


async def get(township: Furnished, endpoint: Endpoint, target: str) -> tuple[int, str]:
    told = {INTERNAL_TOKEN_HEADER: township.grid.signer.sign(EVERYBODY)}
    answer = await township.grid.client.request(endpoint.method, target, headers=told)
    if answer.is_error:
        status, _, *places = refusal(answer)
        return status, " ".join(places)
    return answer.status_code, ""


@pytest.mark.parametrize("endpoint", ASKED, ids=lambda endpoint: endpoint.name)
async def test_every_parameter_is_answered_or_refused_by_name(
    township: Furnished, endpoint: Endpoint
) -> None:
    found = {}
    path = endpoint.at(*township.ids.get(endpoint.record, ()))
    for name, schema in endpoint.query.items():
        for value, wrong in asked(name, schema):
            rest = "".join(
                f"&{n}={NEEDED[n]}" for n in NEEDED.keys() & endpoint.query.keys() - {name}
            )
            status, places = await get(township, endpoint, f"{path}?{name}={value}{rest}")
            named = f"/query/{name}" in places or status == 404
            if not (status == 200 and not wrong) and not (400 <= status < 500 and named):
                found[name, value[:40]] = status, places
    assert found == {}


@pytest.mark.parametrize("endpoint", WITH_ID, ids=lambda endpoint: endpoint.name)
async def test_an_odd_id_is_refused(township: Furnished, endpoint: Endpoint) -> None:
    for odd in ODD:
        status, _ = await get(township, endpoint, endpoint.at(odd))
        assert status in (400, 404, 422), odd
