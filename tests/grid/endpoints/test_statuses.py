"""Every endpoint with what none of them takes: the refusal that its document tells, and nothing is changed."""

from collections.abc import Iterator
from typing import Any

from services.chassis.identity.caller import Caller
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER
from services.contracts.roles import ROLES
from tests.grid.endpoints.furnished import Furnished
from tests.grid.endpoints.surface import DOCUMENTED, WITH_ID, Endpoint, fitting, resolved
from tests.support.people import caller

EVERYBODY = Caller("everybody", frozenset(ROLES), ("330703",), "330703-enforcement")
JSON, TEXT = {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}
HUGE = {"Content-Length": "99999999"}
OTHER_VERSION = {"If-Match": '"999"'}
OWN = ("POST /v1/grid/imports", "POST /v1/grid/legal-holds")
"""The first answers with one's own batch; a hold needs more than its schema tells."""
Wish = tuple[int, str, dict[str, Any]]
"""The status that is due, where, and what is sent; with the token of who may do all, unless it is 401 or 403."""


def wishes(endpoint: Endpoint, ids: tuple[str, ...], taken: str | None) -> Iterator[Wish]:
    """`ids`: of the record that it names; `taken`: of one that another record of its kind could not have."""
    here, body = endpoint.at(*ids), fitting(endpoint)
    fits = {} if body is None else {"json": body}
    parameters = {p["name"]: p for p in endpoint.operation.get("parameters", ())}
    steps = "if-match" in parameters
    any_version = {"If-Match": "*", "Upload-Offset": "0"}
    yield 401, here, {}
    yield 422, f"{here}?no_such_parameter=1", {"headers": any_version, **fits}
    if others := sorted(ROLES.keys() - endpoint.roles):
        yield 403, here, {"who": caller(others[0]), "headers": any_version, **fits}
    yield 413, here, {"content": b"x", "headers": JSON | HUGE}
    yield 415, here, {"content": b"x", "headers": TEXT}
    if endpoint in WITH_ID:
        numbered = "event_id" in parameters
        there = endpoint.at("9") if numbered else endpoint.at()
        yield 404, there, {"headers": any_version, **fits}
    if endpoint.schema:
        yield 400, here, {"content": b"{", "headers": JSON | any_version}
    if steps:
        yield 428, here, fits
    if steps and ids:
        yield 412, here, {"headers": OTHER_VERSION, **fits}
    if (
        taken
        and endpoint.name not in OWN
        and endpoint.schema
        and "id" in resolved(endpoint.schema).get("properties", {})
    ):
        yield 409, here, {"json": body | {"id": taken}}


async def test_what_no_endpoint_takes_is_refused_as_its_document_tells(
    township: Furnished,
) -> None:
    before, found, met = await township.state(), {}, set[int]()
    for endpoint in DOCUMENTED:
        ids = township.ids.get(endpoint.record, ())
        (taken,) = township.ids.get(f"{endpoint.path.removeprefix('/v1/grid/')}/{{}}", (None,))
        for due, path, sent in wishes(endpoint, ids, taken):
            headers, who = sent.pop("headers", {}), sent.pop("who", EVERYBODY)
            if due != 401:
                headers |= {INTERNAL_TOKEN_HEADER: township.grid.signer.sign(who)}
            answer = await township.grid.client.request(
                endpoint.method, path, headers=headers, **sent
            )
            met.add(due)
            assert str(due) in endpoint.operation["responses"], endpoint.name
            if answer.status_code != due:
                found[endpoint.name, due] = answer.status_code, answer.text[:150]
    assert found == {}
    assert met == {400, 401, 403, 404, 409, 412, 413, 415, 422, 428}
    assert await township.state() == before
