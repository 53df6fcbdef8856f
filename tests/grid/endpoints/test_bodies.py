"""What no app sends, in every field of every body that the grid takes: a refusal that names it, and nothing is kept."""

import json
from collections.abc import AsyncIterator, Iterator

import pytest

from services.chassis.identity.caller import Caller
from services.contracts.roles import ROLES
from services.grid.main import DEFINITION
from tests.grid.endpoints.furnished import Furnished
from tests.grid.endpoints.surface import (
    DOCUMENTED,
    Document,
    Endpoint,
    fits,
    fitting,
    plain,
    resolved,
    send,
)

pytestmark = pytest.mark.proof
EVERYBODY = Caller("everybody", frozenset(ROLES), ("330703",), "330703-enforcement")
HOLE = "a-hole-to-be-filled"
TAKING = [endpoint for endpoint in DOCUMENTED if endpoint.schema]
LONG = f'"{"a" * 1_000_000}"'
MANY = f"[{'0,' * 900_000}0]"
DEEP = "[" * 5_000 + "]" * 5_000
HIDDEN = {"nul": r'"a\u0000b"', "turned": r'"ab\u202Ecd"', "unseen": r'"\u200b\u200b\u200b\u200b"'}
TEXTS = HIDDEN | {"surrogate": r'"\ud800"', "long": LONG}
TIMES = {
    "year 9999": '"9999-12-31T23:59:59-23:59"',
    "year 1": '"0001-01-01T00:00:00+23:59"',
    "the last second": '"9999-12-31T23:59:59Z"',
    "the first second": '"0001-01-01T00:00:00Z"',
    "no offset": '"2026-03-02T09:00:00"',
}
DAYS = {"year 9999": '"9999-12-31"', "year 1": '"0001-01-01"', "no day": '"2026-02-30"'}
IDS = {"short": '"0191d7a0"', "odd": '"{0191d7a0-0000-7000-8000-00000000000g}"'}
NUMBERS = {
    "nan": "NaN",
    "infinite": "-Infinity",
    "huge": "1e400",
    "beyond 64 bits": str(2**63),
    "long": "9" * 4_000,
}
ANY = {"deep": DEEP, "deep object": '{"a":' * 5_000 + "1" + "}" * 5_000}
HEAVY = (LONG, MANY, *ANY.values())
WHOLE = {
    "not UTF-8": b'{"title":"\xff"}',
    "deeper": b"[" * 100_000,
    "half": b'{"title":',
    "nothing": b"",
    "many": MANY.encode(),
    "null": b"null",
    "text": b'"a"',
    **{f"text: {kind}": text.encode() for kind, text in TEXTS.items()},
    **{f"number: {kind}": number.encode() for kind, number in NUMBERS.items()},
}
OTHER_MEDIA = ("text/plain", "application/xml", "application/x-www-form-urlencoded", "*/*", "json")
UNNAMED = {404, 413}
"""Where no body was read, or what it is about is looked for first."""
OPERATIONS = DEFINITION.operations.keys()


def poisons(schema: Document) -> dict[str, str]:
    """What must not do harm in the place of a value of this kind, as JSON."""
    match schema.get("type"), schema.get("format"):
        case (("integer" | "number"), _):
            return NUMBERS | ANY
        case "array", _:
            return {"many": MANY} | ANY
        case _, "uuid":
            return IDS | TEXTS
        case _, "date-time":
            return TIMES | TEXTS
        case _, "date":
            return DAYS | TEXTS
        case "string", _:
            return TEXTS
    return ANY


def holes(schema: Document, value: object) -> Iterator[tuple[str, Document, object]]:
    """Every field within, by its pointer, with what it takes and a whole that has a hole in its place."""
    schema = resolved(schema)
    yield "", schema, HOLE
    if schema.get("type") == "array":
        for place, of, whole in holes(schema["items"], plain(schema["items"])):
            yield f"/0{place}", of, [whole]
    for name, of in schema.get("properties", {}).items():
        given = value if isinstance(value, dict) else {}
        for place, field, whole in holes(of, given.get(name, plain(of, name))):
            yield f"/{name}{place}", field, given | {name: whole}


def of_records(endpoint: Endpoint) -> bool:
    """Whether its body becomes part of a record, where text must show what it says."""
    return endpoint.operation["operationId"] in OPERATIONS


def poisoned(endpoint: Endpoint, sent: set[str]) -> Iterator[tuple[str, str, str]]:
    """Bodies that fit but for one field, with its pointer and what is wrong. What is heavy is sent once to each kind."""
    for place, schema, whole in holes(endpoint.schema or {}, fitting(endpoint)):
        body = json.dumps(whole, ensure_ascii=False)
        for kind, poison in poisons(schema).items():
            field = f"{kind} {place.rpartition('/')[2]} {json.dumps(schema, sort_keys=True)}"
            if poison not in HEAVY or field not in sent:
                sent.add(field)
                if kind in ("turned", "unseen") and not of_records(endpoint):
                    continue
                yield place, kind, body.replace(f'"{HOLE}"', poison)


SENT: set[str] = set()


@pytest.fixture(scope="module", autouse=True)
async def nothing_is_kept(township: Furnished) -> AsyncIterator[None]:
    before = await township.state()
    yield
    assert await township.state() == before


@pytest.mark.parametrize("endpoint", TAKING, ids=lambda endpoint: endpoint.name)
async def test_every_poison_is_refused_by_name(township: Furnished, endpoint: Endpoint) -> None:
    found = {}
    for place, kind, body in poisoned(endpoint, SENT):
        answer = await send(township.grid, EVERYBODY, endpoint, body.encode())
        status = answer.status_code
        clear = answer.headers["Content-Type"] == "application/problem+json"
        unnamed = UNNAMED if of_records(endpoint) else UNNAMED | {422}
        named = status in unnamed or any(
            (place or "/").startswith(told["pointer"]) or told["pointer"].startswith(place)
            for told in (answer.json()["errors"] if clear else ())
        )
        in_its_place = status == 200 and '"rejected"' in answer.text  # as items of a batch are
        if not (400 <= status < 500 and clear and named) and not in_its_place:
            found[place, kind] = (status, answer.text[:300])
    assert found == {}


@pytest.mark.parametrize("endpoint", TAKING, ids=lambda endpoint: endpoint.name)
async def test_what_is_no_body_at_all_is_refused(township: Furnished, endpoint: Endpoint) -> None:
    found = {}
    tries = [(name, body, "application/json") for name, body in WHOLE.items()]
    tries += [(media, b"{}", media) for media in OTHER_MEDIA]
    for name, body, media in tries:
        answer = await send(township.grid, EVERYBODY, endpoint, body, media)
        clear = answer.headers["Content-Type"] == "application/problem+json"
        wrong_media = (answer.status_code == 415) == (media in OTHER_MEDIA)
        if not (400 <= answer.status_code < 500 and clear and wrong_media):
            found[name] = (answer.status_code, answer.text[:300])
    assert found == {}


@pytest.mark.parametrize("endpoint", TAKING, ids=lambda endpoint: endpoint.name)
def test_what_is_poisoned_would_fit_without(endpoint: Endpoint) -> None:
    """Else it might be refused for another reason."""
    assert fits(endpoint, fitting(endpoint)) == []


def test_there_is_poison_for_every_kind_of_field() -> None:
    """Else the tests above would send nothing."""
    sent = {f"{p}: {kind}" for each in TAKING for p, kind, _ in poisoned(each, set())}
    wanted = {"/occurred_at: year 9999", "/title: nul", "/area_m2: deep", "/quantity: nan"}
    assert (
        wanted | {"/parties/0/name: turned", "/identity/name: unseen", "/items/0/id: odd"} <= sent
    )
    assert {each.method for each in TAKING} == {"POST", "PUT"}
    assert len(TAKING) > 90
