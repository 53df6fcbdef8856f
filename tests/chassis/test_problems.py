"""Every error is a problem+json with a stable code, in the caller's language."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from httpx import Response
from pydantic import AfterValidator, BaseModel, Field, ValidationError
from structlog.testing import capture_logs

from services.chassis.http.edge import MAX_BATCH_BODY, MAX_BODY, Edge
from services.chassis.http.problems import field_problems
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER
from tests.support.grid import BATCH, REPORT, REPORTS, creation
from tests.support.people import DISTRICT, RED_MEMBER
from tests.support.running import Running

JSON = {"Content-Type": "application/json"}


def capitals(text: str) -> str:
    if text != text.upper():
        raise ValueError(f"只用大写。Capitals only: {text}.")
    return text


class Fields(BaseModel):
    code: Annotated[str, AfterValidator(capitals)]
    area: Annotated[Decimal, Field(decimal_places=2)]
    kind: Literal["A"]


def is_problem(answer: Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"] == f"/problems/{code}"
    assert answer.headers["X-Request-Id"] == problem["request_id"]
    return problem


async def post(grid: Running, content: Any, path: str = REPORTS, **headers: str) -> Response:
    token = {INTERNAL_TOKEN_HEADER: grid.signer.sign(RED_MEMBER)}
    return await grid.client.post(path, content=content, headers=JSON | token | headers)


@pytest.mark.parametrize("path", ["/", "/v1/grid/nothing", "/v1/grid/reports/", "/docs"])
async def test_an_unknown_path_is_not_found(grid: Running, path: str) -> None:
    is_problem(await grid.call(DISTRICT, "GET", path), 404, "not_found")


async def test_an_unknown_method_is_told_the_known_ones(grid: Running) -> None:
    answer = await grid.call(DISTRICT, "DELETE", REPORTS)
    is_problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "HEAD, GET, POST"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        (
            "code",
            "{x}",
            ("只用大写。Capitals only: {x}.", "Value error, 只用大写。Capitals only: {x}."),
        ),
        (
            "area",
            "12.345",
            ("小数至多 2 位。", "Decimal input should have no more than 2 decimal places"),
        ),
        ("kind", "B", ("不在可选值之内。", "Input should be 'A'")),
    ],
)
def test_what_a_field_must_be_is_told_in_either_language(
    name: str, value: str, told: tuple[str, str]
) -> None:
    facts = {"code": "X", "area": "1", "kind": "A"} | {name: value}
    with pytest.raises(ValidationError) as caught:
        Fields.model_validate(facts)
    errors = caught.value.errors()
    assert [field_problems(errors, lang)[0].detail for lang in (0, 1)] == [*told]


LIMITS = pytest.mark.parametrize(
    ("path", "most"), [(REPORTS, MAX_BODY), (BATCH, MAX_BATCH_BODY)], ids=["usual", "batch"]
)


@LIMITS
async def test_a_body_that_is_too_large_by_its_length_is_refused(
    grid: Running, path: str, most: int
) -> None:
    is_problem(await post(grid, b"[" * (most + 1), path), 413, "content_too_large")
    assert (await post(grid, b"[" * most, path)).status_code == 400


@LIMITS
async def test_a_body_that_grows_too_large_is_refused(grid: Running, path: str, most: int) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for _ in range(most // 100_000 + 1):
            yield b"[" * 100_000

    is_problem(await post(grid, stream(), path), 413, "content_too_large")


async def test_a_list_of_mistakes_without_end_is_not_gone_through(grid: Running) -> None:
    """Each was told of: a body of 2 MB took a processor for a minute."""
    for wrong, told in ({"attachments": [0] * 5_000}, 4), ({f"f{n}": n for n in range(500)}, 100):
        answer = await post(grid, json.dumps(wrong).encode())
        assert (answer.status_code, len(answer.json()["errors"])) == (422, told)


async def test_a_full_batch_of_full_descriptions_is_taken(grid: Running) -> None:
    items = [creation(f"{n}", description="河" * 4000) for n in range(500)]
    answer = await post(grid, json.dumps({"items": items}), BATCH)
    assert len(answer.request.content) > 6 * MAX_BODY
    assert {r["outcome"] for r in answer.json()["results"]} == {"applied"}


@pytest.mark.parametrize("media", ["text/plain", "application/xml", ""])
async def test_only_json_is_read(grid: Running, media: str) -> None:
    answer = await post(grid, json.dumps(REPORT), **{"Content-Type": media})
    is_problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (REPORT | {"title": ""}, "/title", "string_too_short"),
        (REPORT | {"colour": "red"}, "/colour", "extra_forbidden"),
        (REPORT | {"a/b": 1}, "/a~1b", "extra_forbidden"),
        (REPORT | {"\ud800": 1}, "", "string_unicode"),
        (REPORT | {"area_code": "３３０７０３１０５"}, "/area_code", "string_pattern_mismatch"),
        (REPORT | {"title": "\ud800\ud800"}, "/title", "string_unicode"),
        ([], "", "model_attributes_type"),
    ],
)
async def test_a_wrong_field_is_pointed_at(
    grid: Running, body: Any, pointer: str, code: str
) -> None:
    problem = is_problem(await post(grid, json.dumps(body)), 422, "invalid_request")
    assert (problem["errors"][0]["pointer"], problem["errors"][0]["code"]) == (pointer, code)


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 100_000, b"9" * 5000])
async def test_what_is_not_json_is_refused(grid: Running, content: bytes) -> None:
    problem = is_problem(await post(grid, content), 400, "invalid_request")
    whole = {"pointer": "", "code": "json_invalid", "detail": "不是有效的 JSON。"}
    assert problem["errors"] == [whole]


async def test_a_parameter_is_pointed_at_with_its_place(grid: Running) -> None:
    answer = await grid.call(DISTRICT, "GET", REPORTS, limit=0)
    problem = is_problem(answer, 422, "invalid_request")
    assert problem["errors"][0]["pointer"] == "/query/limit"
    key = {"Idempotency-Key": "with a space"}
    problem = is_problem(
        await grid.call(RED_MEMBER, "POST", REPORTS, REPORT, key), 422, "invalid_request"
    )
    assert problem["errors"][0]["pointer"] == "/header/idempotency-key"


async def test_without_a_token_nobody_enters(grid: Running) -> None:
    answer = await grid.client.get(REPORTS)
    is_problem(answer, 401, answer.json()["code"])
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("wanted", "title", "language"),
    [
        ("", "未找到", "zh-CN"),
        ("en", "Not found", "en"),
        ("fr, en-GB;q=0.8, zh;q=0.5", "Not found", "en"),
        ("zh-TW, en", "未找到", "zh-CN"),
    ],
)
async def test_the_language_is_the_callers(
    grid: Running, wanted: str, title: str, language: str
) -> None:
    answer = await grid.call(DISTRICT, "GET", "/nothing", headers={"Accept-Language": wanted})
    assert (answer.json()["title"], answer.headers["Content-Language"]) == (title, language)


async def test_a_surprise_is_answered_with_an_id_and_without_a_trace(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = "张三"  # a name, so that the trace's source line does not hold it

    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError(written)

    monkeypatch.setattr(type(grid.runtime.unit), "run", fail)
    body = {"items": [creation("k")]}
    with capture_logs() as logged:
        answer = await grid.call(RED_MEMBER, "POST", BATCH, body)
    problem = is_problem(answer, 500, "internal_error")
    assert problem["request_id"] in problem["detail"]
    assert "RuntimeError" not in answer.text
    told = next(line for line in logged if line["event"] == "unexpected_failure")
    assert (told["request_id"], told["reason"]) == (problem["request_id"], "RuntimeError")
    assert "run_batch" in told["where"]
    assert written not in json.dumps(logged, ensure_ascii=False)


async def test_an_answer_that_has_begun_is_not_answered_again() -> None:
    sent: list[Any] = []

    async def app(_: Any, __: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    with pytest.raises(RuntimeError):
        await Edge(app)(scope, lambda: None, send)  # type: ignore[arg-type, return-value]
    assert [message["type"] for message in sent] == ["http.response.start"]
