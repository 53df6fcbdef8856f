import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from services.chassis.errors import Unauthenticated
from services.chassis.identity.caller import Caller
from services.chassis.identity.refusals import TokenExpired, TokenInvalid, TokenMissing
from tests.gateway.auth.idp import ISSUER, START, Door, Idp, ec_key, payload

GOOD = Caller("a1", frozenset({"mediator"}), ("330703002",), request_id="req-1")


def encoded(part: object) -> str:
    return encoded_bytes(json.dumps(part).encode())


def encoded_bytes(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def unsigned(algorithm: str) -> Callable[[Idp], str]:
    header = {"alg": algorithm, "typ": "at+jwt", "kid": "k1"}
    return lambda idp: f"{encoded(header)}.{encoded(payload())}."


def signed_with_the_public_key(idp: Idp) -> str:
    head = f"{encoded({'alg': 'HS256', 'typ': 'at+jwt', 'kid': 'k1'})}.{encoded(payload())}"
    secret = idp.keys[0].as_pem(private=False)
    mac = hmac.digest(secret, head.encode(), hashlib.sha256)
    return f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def foreign(**header: Any) -> Callable[[Idp], str]:
    theirs = ec_key("k1")
    fields = {"alg": "ES256", "typ": "at+jwt", "kid": "k1", **header}
    if "jwk" in header:
        fields["jwk"] = theirs.as_dict(private=False)
    return lambda idp: jwt.encode(fields, payload(), theirs)


def good_but(header: dict[str, Any] | None = None, **claims: Any) -> Callable[[Idp], str]:
    return lambda idp: idp.token(header, **claims)


BAD: dict[str, Callable[[Idp], str]] = {
    "algorithm none": unsigned("none"),
    "algorithm None": unsigned("None"),
    "algorithm ES256 without a signature": unsigned("ES256"),
    "HS256 with the public PEM": signed_with_the_public_key,
    "RS256 named for an EC key": unsigned("RS256"),
    "foreign key, our kid": foreign(),
    "foreign key in the jwk header": foreign(jwk=True),
    "foreign key behind jku": foreign(jku="https://evil.example/jwks"),
    "foreign key behind x5u": foreign(x5u="https://evil.example/cert"),
    "unknown kid": good_but({"kid": "k9"}),
    "no kid": good_but({"kid": None}),
    "ID token type": good_but({"typ": "id+jwt"}),
    "our internal type": good_but({"typ": "txntoken+jwt"}),
    "no type": good_but({"typ": ""}),
    "Keycloak's ID token": good_but({"typ": "JWT"}, typ="ID"),
    "other audience": good_but(aud="account"),
    "no audience": good_but(aud=None),
    "other issuer": good_but(iss="https://idp.example/realms/other"),
    "issuer with a slash more": good_but(iss=ISSUER + "/"),
    "no issuer": good_but(iss=None),
    "expired": good_but(exp=int(START) - 31),
    "no expiry": good_but(exp=None),
    "expiry in words": good_but(exp="tomorrow"),
    "future nbf": good_but(nbf=int(START) + 31),
    "future iat": good_but(iat=int(START) + 31),
    "no subject": good_but(sub=None),
    "empty subject": good_but(sub=""),
    "subject a number": good_but(sub=7),
    "subject of a job": good_but(sub="svc:disputes"),
    "subject of a job in capitals": good_but(sub="SVC:disputes"),
    "role of a job": good_but(roles=["mediator", "job"]),
    "roles an object": good_but(roles={"mediator": True}),
    "area empty": good_but(areas=[""]),
    "area of five digits": good_but(areas=["33070"]),
    "area with a wildcard": good_but(areas=["330703%"]),
    "areas without end": good_but(areas=["330703"] + [f"{n:012}" for n in range(200)]),
    "organisation with a line break": good_but(org="a\nb"),
    "header nested without end": lambda idp: f"{encoded_bytes(b'[' * 3000)}.e30.AAAA",
    "claims nested without end": lambda idp: idp.signed(b"[" * 5000),
    "subject that is no text": lambda idp: idp.signed(json.dumps(payload(sub="\ud800")).encode()),
    "subject without end": good_but(sub="a" * 256),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
async def test_a_bad_token_is_refused_where_its_good_twin_passes(bad: Callable[[Idp], str]) -> None:
    door = Door()
    assert await door.validator.caller(f"Bearer {door.idp.token()}", "req-1") == GOOD
    with pytest.raises(Unauthenticated) as refused:
        await door.validator.caller(f"Bearer {bad(door.idp)}", "req-1")
    assert refused.value.zh
    assert refused.value.en


@pytest.mark.parametrize(
    ("header", "refusal"),
    [
        (None, TokenMissing),
        ("", TokenMissing),
        ("Bearer", TokenInvalid),
        ("Basic YTpi", TokenInvalid),
        ("Bearer x", TokenInvalid),
        ("Bearer a.b.c.d.e", TokenInvalid),
    ],
)
async def test_a_header_without_a_token_is_refused(
    header: str | None, refusal: type[Unauthenticated]
) -> None:
    with pytest.raises(refusal):
        await Door().validator.caller(header)


async def test_clocks_may_differ_by_the_leeway() -> None:
    door = Door()
    now = int(START)
    for claim, at in (("nbf", now + 30), ("iat", now + 30), ("exp", now - 29)):
        token = door.idp.token(None, **{claim: at})
        assert (await door.validator.caller(f"bearer {token}")).subject == "a1"
    with pytest.raises(TokenExpired):
        await door.validator.caller(f"Bearer {door.idp.token(exp=now - 30)}")


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt", "JWT"])
async def test_access_token_types_are_accepted_in_any_spelling(typ: str) -> None:
    door = Door()
    assert (await door.validator.caller(f"Bearer {door.idp.token({'typ': typ})}")).subject == "a1"


async def test_accepted_types_and_algorithms_come_from_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OIDC_TOKEN_TYPES", "AT+JWT")
    monkeypatch.setenv("OIDC_ALGORITHMS", "RS256, PS256")
    door = Door()
    door.idp.keys = [RSAKey.generate_key(2048, {"kid": "r1", "use": "sig"})]
    for algorithm in ("RS256", "PS256"):
        token = door.idp.token({"alg": algorithm})
        assert (await door.validator.caller(f"Bearer {token}")).subject == "a1"
    for header in ({"alg": "RS512"}, {"alg": "RS256", "typ": "JWT"}):
        with pytest.raises(TokenInvalid):
            await door.validator.caller(f"Bearer {door.idp.token(header)}")


@pytest.mark.parametrize("algorithms", ["HS256", "none", "ES256,HS256", ""])
def test_a_symmetric_algorithm_cannot_be_configured(algorithms: str) -> None:
    with pytest.raises(ValueError, match="only ES256"):
        Door(oidc_algorithms=algorithms)


async def test_claims_are_found_by_name_or_by_path() -> None:
    door = Door(
        oidc_roles_claim="realm_access.roles",
        oidc_areas_claim="https://jindong.example/areas",
        oidc_organisation_claim="org.code",
    )
    token = door.idp.token(
        None,
        realm_access={"roles": ["offline_access", "grid_leader"]},
        org={"code": "330703-JW"},
        name="王五",
        **{"https://jindong.example/areas": "330703002 330703101 330703002"},
    )
    assert await door.validator.caller(f"Bearer {token}") == Caller(
        "a1", frozenset({"grid_leader"}), ("330703002", "330703101"), "330703-JW", name="王五"
    )


async def test_a_subject_without_roles_and_areas_may_nothing_but_is_known() -> None:
    door = Door()
    token = door.idp.token(roles=None, areas=None)
    assert await door.validator.caller(f"Bearer {token}") == Caller("a1")


async def test_a_remembered_token_does_not_outlive_its_expiry() -> None:
    door = Door(oidc_leeway_seconds=0)
    header = f"Bearer {door.idp.token(exp=int(START) + 10)}"
    assert (await door.validator.caller(header, "req-1")).request_id == "req-1"
    door.clock.now += 9
    assert (await door.validator.caller(header, "req-2")).request_id == "req-2"
    door.clock.now += 1
    with pytest.raises(TokenExpired):
        await door.validator.caller(header)


async def test_a_remembered_token_is_checked_again_after_a_minute() -> None:
    door = Door()
    header = f"Bearer {door.idp.token()}"
    await door.validator.caller(header)
    door.idp.keys = [ec_key("k2")]
    door.clock.now += 301
    with pytest.raises(TokenInvalid):
        await door.validator.caller(header)
