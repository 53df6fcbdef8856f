"""The events' documents, served as committed to whoever has a token."""

import json
from typing import Any

import pytest

from services.contracts.registry import by_type
from services.contracts.roles import ROLES
from services.gateway.reference.documents import FOLDER
from tests.gateway.district import DISTRICT, District

PATH = "/v1/events/asyncapi.yaml"
SCHEMAS = "/v1/events/schemas"
CLOSED = f"{SCHEMAS}/jinding.grid.report.closed.v1"


async def ask(jindong: District, path: str, known: str) -> Any:
    token = await jindong.system.token("agency", areas=[DISTRICT])
    return await jindong.system.call(token, "GET", path, headers={"If-None-Match": known})


@pytest.mark.parametrize("role", ROLES)
async def test_whoever_has_a_role_reads_the_document(jindong: District, role: str) -> None:
    answer = await jindong.get(PATH, role)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/yaml"
    assert answer.content == FOLDER.joinpath("asyncapi.yaml").read_bytes()


async def test_every_schema_is_served(jindong: District) -> None:
    for type_ in ("headers", *by_type()):
        answer = await jindong.get(f"{SCHEMAS}/{type_}", "agency")
        assert answer.headers["Content-Type"] == "application/schema+json"
        assert answer.json()["$id"] == f"urn:jinding:event:{type_}"


@pytest.mark.parametrize("path", [PATH, CLOSED])
async def test_a_document_that_is_at_hand_is_not_sent_again(jindong: District, path: str) -> None:
    first = await jindong.get(path)
    etag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    for known in (etag, f'"other", W/{etag}', "*"):
        again = await ask(jindong, path, known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == etag
    assert (await ask(jindong, path, '"other"')).content == first.content


@pytest.mark.parametrize(
    "type_",
    ["jinding.grid.report.closed.v2", "jinding.grid.report.closed.v1.json", "..%2Fasyncapi", "%00"],
)
async def test_an_unknown_type_has_no_schema(jindong: District, type_: str) -> None:
    answer = await jindong.get(f"{SCHEMAS}/{type_}")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", [PATH, CLOSED])
async def test_nobody_reads_them_without_a_token(jindong: District, path: str) -> None:
    answer = await jindong.system.client.get(path)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_parameter_that_is_not_declared_is_refused(jindong: District) -> None:
    answer = await jindong.get(PATH, version="2")
    assert answer.status_code == 422
    assert json.loads(answer.content)["errors"][0]["pointer"] == "/query/version"
