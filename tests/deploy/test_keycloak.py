"""What Keycloak's realm promises: tokens that the gateway reads. No Keycloak is needed."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from services.chassis.identity.caller import Caller
from services.chassis.identity.refusals import TokenInvalid
from services.contracts.roles import ROLES
from services.gateway.auth.settings import OidcSettings
from tests.gateway.auth.idp import Door

REALM: dict[str, Any] = json.loads(Path("deploy/keycloak/realm.json").read_text())
[CLIENT] = REALM["clients"]
USER: dict[str, Any] = {
    "sub": "0197f9a4-6c0e-7000-8000-000000000001",
    "name": "张三",
    "roles": ["mediator", "default-roles-jinding"],
    "attributes": {"areas": ["330703002", "330703101"], "org": ["330703002-mediation-committee"]},
}


def claims(user: dict[str, Any]) -> dict[str, Any]:
    """What the client's mappers put into an access token of this user."""
    told: dict[str, Any] = {}
    for mapper in CLIENT["protocolMappers"]:
        config = mapper["config"]
        assert config["access.token.claim"] == "true"
        match mapper["protocolMapper"]:
            case "oidc-sub-mapper":
                told["sub"] = user["sub"]
            case "oidc-full-name-mapper":
                told["name"] = user["name"]
            case "oidc-audience-mapper":
                told["aud"] = ["account", config["included.custom.audience"]]
            case "oidc-usermodel-realm-role-mapper":
                told[config["claim.name"]] = many(config, user["roles"])
            case "oidc-usermodel-attribute-mapper":
                found = user["attributes"].get(config["user.attribute"])
                if found:
                    told[config["claim.name"]] = many(config, found)
    return told


def many(config: dict[str, str], values: list[str]) -> Any:
    return values if config.get("multivalued") == "true" else values[0]


async def test_the_gateway_reads_what_the_mappers_tell() -> None:
    door = Door()
    header = {"typ": "JWT"}  # as Keycloak marks its access tokens
    token = door.idp.token(header, typ="Bearer", azp=CLIENT["clientId"], **claims(USER))
    assert await door.validator.caller(f"Bearer {token}") == Caller(
        subject=USER["sub"],
        roles=frozenset({"mediator"}),
        areas=("330703002", "330703101"),
        organisation="330703002-mediation-committee",
        name="张三",
        client="jinding-web",
    )


async def test_a_user_without_areas_sees_none() -> None:
    door = Door()
    token = door.idp.token(**{"areas": None, **claims({**USER, "attributes": {}})})
    assert (await door.validator.caller(f"Bearer {token}")).areas == ()


async def test_an_id_token_of_the_realm_is_no_key() -> None:
    door = Door()
    token = door.idp.token({"typ": "JWT"}, typ="ID", **claims(USER))
    with pytest.raises(TokenInvalid):
        await door.validator.caller(f"Bearer {token}")


def test_the_realm_has_our_roles_and_signs_as_we_accept() -> None:
    assert [role["name"] for role in REALM["roles"]["realm"]] == [*ROLES]
    assert REALM["defaultSignatureAlgorithm"] in OidcSettings().oidc_algorithms


def test_scope_is_given_by_an_administrator_and_only_as_levels_of_area() -> None:
    [provider] = REALM["components"]["org.keycloak.userprofile.UserProfileProvider"]
    [profile] = provider["config"]["kc.user.profile.config"]
    known = {each["name"]: each for each in json.loads(profile)["attributes"]}
    assert {"areas", "org"} <= set(known)  # what is not declared Keycloak drops
    assert all(known[name]["permissions"]["edit"] == ["admin"] for name in ("areas", "org"))
    pattern = known["areas"]["validations"]["pattern"]["pattern"]
    levels = [n for n in range(1, 17) if re.fullmatch(pattern, "3" * n)]
    assert levels == [2, 4, 6, 9, 12, 15]
    assert json.loads(profile).get("unmanagedAttributePolicy") is None


def test_the_realm_holds_no_secret_and_lets_nobody_register() -> None:
    text = json.dumps(REALM)
    assert not re.search(r'"(secret|credentials|users|privateKey)"', text)
    assert REALM["registrationAllowed"] is False
    assert (CLIENT["publicClient"], CLIENT["directAccessGrantsEnabled"]) == (True, False)
    assert CLIENT["attributes"]["pkce.code.challenge.method"] == "S256"
    hosts = {re.sub(r"^http://([^/]+)/.*", r"\1", uri) for uri in CLIENT["redirectUris"]}
    assert hosts == {"localhost", "127.0.0.1"}


@pytest.mark.parametrize(
    ("settings", "issuer", "keys"),
    [
        ([], "http://localhost:8180", "http://keycloak:8080"),
        (["KEYCLOAK_PORT=9180"], "http://localhost:9180", "http://keycloak:8080"),
        (["COMPOSE_PROFILES=edge", "EDGE_HOST=j.example"], "https://j.example", None),
        (
            ["COMPOSE_PROFILES=edge", "EDGE_HOST=j.example", "EDGE_PORT=8443"],
            "https://j.example:8443",
            "https://j.example",
        ),
    ],
)
def test_the_issuer_is_where_browsers_find_it(
    settings: list[str], issuer: str, keys: str | None
) -> None:
    known = variables("IDP=keycloak", *settings)
    assert known["OIDC_ISSUER"] == f"{issuer}/realms/jinding"
    certs = "/realms/jinding/protocol/openid-connect/certs"
    assert known["OIDC_JWKS_URL"] == (keys or issuer) + certs
    assert "idp" in known["COMPOSE_PROFILES"].split(",")
    assert "--idp" in known["SECRETS"].split()
    assert ("--edge-host" in known["SECRETS"].split()) == ("edge" in known["COMPOSE_PROFILES"])


def test_without_it_nothing_of_keycloak_is_told() -> None:
    known = variables()
    assert not {"OIDC_ISSUER", "COMPOSE_PROFILES"} & known.keys()
    assert known["SECRETS"] == ""


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (["IDP=dex"], "only IDP=keycloak; or name your own by OIDC_ISSUER"),
        (["COMPOSE_PROFILES=edge"], "the public name of the TLS proxy"),
    ],
)
def test_what_is_missing_is_named(settings: list[str], reason: str) -> None:
    done = made(*settings)
    assert done.returncode != 0
    assert reason in done.stderr


def variables(*settings: str) -> dict[str, str]:
    """What `make` knows, as it is told."""
    told = re.findall(r"^([A-Z_]+) :?= (.*)$", made(*settings).stdout, re.M)
    return dict(told)


def made(*settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--dry-run", "--print-data-base", "help", *settings],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
