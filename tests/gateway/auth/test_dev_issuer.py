import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from services.chassis.errors import Refusal
from services.chassis.identity.caller import Caller
from services.contracts.roles import ROLES
from services.gateway.auth.bearer import IssuerMissing, bearer_validator
from services.gateway.auth.dev_issuer import DevIssuer, DevIssuerRefused, dev_issuer, dev_router
from services.gateway.auth.personas import PERSONAS
from services.gateway.auth.settings import OidcSettings

ORIGIN = "http://127.0.0.1:8000"
WANTED = OidcSettings(dev_issuer=True)


def present() -> DevIssuer:
    found = dev_issuer(WANTED, "development", "127.0.0.1", 8000)
    assert found is not None
    return found


async def refused(request: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, Refusal)
    return JSONResponse({"code": refusal.code}, refusal.status)


def transport(issuer: DevIssuer, peer: str = "127.0.0.1") -> httpx.ASGITransport:
    app = FastAPI(exception_handlers={Refusal: refused})
    app.include_router(dev_router(issuer))
    return httpx.ASGITransport(app, client=(peer, 40_000))


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.mark.parametrize(
    ("environment", "host"),
    [
        ("production", "127.0.0.1"),
        ("staging", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("development", "0.0.0.0"),  # noqa: S104
        ("development", "::"),
        ("development", ""),
        ("development", "192.168.1.4"),
        ("development", "10.127.0.0"),
        ("development", "jinding.example"),
        ("development", "localhost.example"),
    ],
)
def test_the_development_issuer_refuses_to_exist_elsewhere(environment: str, host: str) -> None:
    with pytest.raises(DevIssuerRefused, match="may exist only") as end:
        dev_issuer(WANTED, environment, host, 8000)
    assert isinstance(end.value, SystemExit)
    assert dev_issuer(OidcSettings(), environment, host, 8000) is None


@pytest.mark.parametrize(
    ("host", "issuer"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/dev"),
        ("127.8.9.1", "http://127.8.9.1:8000/dev"),
        ("::1", "http://[::1]:8000/dev"),
        ("localhost", "http://localhost:8000/dev"),
    ],
)
def test_it_exists_on_loopback_in_development(host: str, issuer: str) -> None:
    found = dev_issuer(WANTED, "development", host, 8000)
    assert found is not None
    assert found.issuer == issuer


def test_two_issuers_at_once_are_refused() -> None:
    both = OidcSettings(dev_issuer=True, oidc_issuer="https://idp.example")
    with pytest.raises(DevIssuerRefused, match="either"):
        dev_issuer(both, "development", "127.0.0.1", 8000)


async def test_a_gateway_without_any_issuer_does_not_start(
    session: aiohttp.ClientSession,
) -> None:
    with pytest.raises(IssuerMissing):
        bearer_validator(OidcSettings(), None, session)


async def test_every_persona_gets_a_token_that_the_production_check_accepts(
    session: aiohttp.ClientSession,
) -> None:
    issuer = present()
    validator = bearer_validator(WANTED, issuer, session)
    async with httpx.AsyncClient(transport=transport(issuer), base_url=ORIGIN) as client:
        listed = (await client.get("/dev/personas")).json()["items"]
        assert [item["id"] for item in listed] == [persona.id for persona in PERSONAS]
        for persona in PERSONAS:
            answer = await client.post("/dev/token", json={"persona": persona.id})
            assert answer.headers["cache-control"] == "no-store"
            assert answer.json()["expires_in"] == 28_800
            caller = await validator.caller(f"Bearer {answer.json()['access_token']}")
            assert (caller.subject, caller.areas) == (persona.id, persona.areas)
            assert caller.organisation == persona.organisation
            assert caller.roles == set(persona.roles) <= ROLES.keys()


def test_personas_belong_to_the_district_as_it_is_delivered() -> None:
    folder = Path(__file__).parents[3] / "deploy/districts/jindong"
    areas, bodies = (
        {row["code"] for row in json.loads((folder / name).read_text(encoding="utf-8"))}
        for name in ("areas.json", "organisations.json")
    )
    assert {area for persona in PERSONAS for area in persona.areas} <= areas
    assert {persona.organisation for persona in PERSONAS} - {None} <= bodies


async def test_a_subject_of_ones_own_gets_what_it_names(session: aiohttp.ClientSession) -> None:
    issuer = present()
    validator = bearer_validator(WANTED, issuer, session)
    body = {"subject": "a1", "roles": ["grid_leader"], "areas": ["330703"], "org": "o1"}
    async with httpx.AsyncClient(transport=transport(issuer), base_url=ORIGIN) as client:
        token = (await client.post("/dev/token", json=body)).json()["access_token"]
    caller = await validator.caller(f"Bearer {token}")
    assert caller == Caller("a1", frozenset({"grid_leader"}), ("330703",), "o1", name="a1")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"persona": "nobody"},
        {"persona": "n" * 101},
        {"persona": "mediator", "subject": "a1"},
        {"subject": "svc:grid"},
        {"subject": "a1", "roles": ["job"]},
        {"subject": "a1", "roles": ["root"]},
        {"subject": "a1", "areas": [""]},
        {"subject": "a1", "password": "x"},
    ],
)
async def test_a_wrong_request_gets_no_token(body: dict[str, object]) -> None:
    async with httpx.AsyncClient(transport=transport(present()), base_url=ORIGIN) as client:
        answer = await client.post("/dev/token", json=body)
    assert (answer.status_code, "access_token" in answer.json()) == (422, False)


@pytest.mark.parametrize(
    ("peer", "origin"),
    [("10.0.0.9", ORIGIN), ("127.0.0.1", "http://rebound.example:8000")],
    ids=["another machine", "another name for this machine"],
)
async def test_only_this_machine_under_its_own_name_is_served(peer: str, origin: str) -> None:
    async with httpx.AsyncClient(transport=transport(present(), peer), base_url=origin) as client:
        for path in ("/dev/personas", "/dev/jwks", "/dev/.well-known/openid-configuration"):
            assert (await client.get(path)).status_code == 403
        answer = await client.post("/dev/token", json={"persona": "mediator"})
    assert answer.json() == {"code": "not_from_this_machine"}


async def test_discovery_and_keys_are_real_and_keep_the_private_part() -> None:
    async with httpx.AsyncClient(transport=transport(present()), base_url=ORIGIN) as client:
        found = (await client.get("/dev/.well-known/openid-configuration")).json()
        assert found["issuer"] == f"{ORIGIN}/dev"
        (key,) = (await client.get(found["jwks_uri"])).json()["keys"]
    assert key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}


async def test_a_key_file_keeps_tokens_good_over_a_restart(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    kept = OidcSettings(dev_issuer=True, dev_issuer_key_file=tmp_path / "dev.jwk")
    for settings, survives in ((kept, True), (WANTED, False)):
        before = dev_issuer(settings, "development", "127.0.0.1", 8000)
        after = dev_issuer(settings, "development", "127.0.0.1", 8000)
        assert before is not None
        assert after is not None
        assert (await before.key_set() == await after.key_set()) is survives
