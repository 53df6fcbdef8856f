"""Who comes in as an agency, and for how long."""

from datetime import timedelta
from pathlib import Path
from time import time
from typing import Any

import pytest

from services.gateway.agencies.scope import Scope
from services.gateway.auth.bearer import BearerValidator
from services.gateway.auth.jwks import JwksCache
from services.gateway.auth.settings import OidcSettings
from tests.gateway.agencies.feeding import FIRE, WHOLE, Fed, feeding, fits, histories, named, told
from tests.gateway.auth.idp import ISSUER, Idp
from tests.support.postgres import FreshDatabases

INVALID = (401, "token_invalid", "")
AREAS = Scope(("jinding.grid.area.v1",))


def issued(fed: Fed, **claims: Any) -> str:
    """A token of an issuer whose tokens the gateway takes from now on."""
    idp = Idp()
    keys = JwksCache(idp.fetch)
    held = fed.system.apps["gateway"].state.gateway
    held.validator = BearerValidator(OidcSettings(), ISSUER, keys)
    now = int(time())
    return idp.token(None, **{"iat": now, "exp": now + 600, "roles": ["agency"]} | claims)


async def test_each_agency_reads_its_own(fed: Fed) -> None:
    facts = histories(2)
    fire, areas = await fed.agency("fire-brigade", FIRE), await fed.agency("land", AREAS)
    await fed.happen(facts)
    assert told((await fire.read())[0]) == named([f for f in facts if fits(f, FIRE, facts)])
    assert (await areas.read())[0] == []
    _, cursor = await areas.read()
    assert await fire.refused(after=cursor) == (409, "snapshot_needed", "/query/after")


@pytest.mark.parametrize("key", ["jd_", "jd_x", "jd_fire-brigade_short", "jd_É", "jd_a_b_c"])
async def test_what_is_no_key_opens_nothing(fed: Fed, key: str) -> None:
    answer = await fed.system.client.get(
        "/v1/events", headers={b"Authorization": b"Bearer " + key.encode()}
    )
    assert (answer.status_code, answer.json()["code"]) == INVALID[:2]


async def test_a_key_with_another_agencys_name_or_another_secret_opens_nothing(fed: Fed) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    land = await fed.agency("land", AREAS)
    for key in (
        fire.key.replace("fire-brigade", "land"),
        land.key.replace("land", "fire-brigade"),
        fire.key[:-1] + ("A" if fire.key[-1] != "A" else "B"),
    ):
        fire.key = key
        assert await fire.refused() == INVALID


@pytest.mark.parametrize("path", ["/asyncapi.yaml", "/schemas/jinding.grid.report.closed.v1"])
async def test_a_key_opens_the_events_documents_until_it_is_revoked(fed: Fed, path: str) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    answer = await fire.get(path)
    assert answer.status_code == 200
    assert answer.headers["RateLimit-Policy"] == '"read";q=1000000;w=60'
    assert await fire.refused(path, version="2") == (422, "unknown_parameter", "/query/version")
    await fed.partners.revoke("fire-brigade", "终止")
    assert await fire.refused(path) == INVALID


async def test_a_key_opens_the_events_and_nothing_else(fed: Fed) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    for path in ("/v1/me", "/v1/dead-letters", "/v1/grid/reports", "/v1/areas/330703/dashboard"):
        assert (await fed.system.call(fire.key, "GET", path)).status_code == 401
    assert (await fire.get()).headers["RateLimit-Policy"] == '"read";q=1000000;w=60'


async def test_only_the_digest_of_a_key_is_kept(fed: Fed) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    assert len(fire.key) == len("jd_fire-brigade_") + 43
    [(row,)] = await fed.archive.fetch("select to_jsonb(k)::text from agency_key k")
    assert fire.key.rsplit("_", 1)[1] not in row


async def test_an_expired_key_is_told_apart(fed: Fed) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    await fed.archive.fetch("update agency_key set expires_at = now() returning 1")
    assert await fire.refused() == (401, "token_expired", "")


async def test_a_rotated_key_goes_on_for_the_overlap(fed: Fed) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    old, fire.key = (
        fire.key,
        (await fed.partners.key("fire-brigade", overlap=timedelta(hours=1))).key,
    )
    for key in (old, fire.key):
        fire.key = key
        assert (await fire.get()).status_code == 200
    await fed.partners.key("fire-brigade", overlap=timedelta())
    for key in (old, fire.key):
        fire.key = key
        assert await fire.refused() == (401, "token_expired", "")


async def test_what_is_revoked_ends_at_once(fed: Fed) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    assert (await fire.get()).status_code == 200
    await fed.partners.revoke("fire-brigade", "协议终止")
    assert await fire.refused() == INVALID
    fire.key = (await fed.partners.key("fire-brigade")).key
    assert await fire.refused() == (403, "nothing_granted", "")


async def test_a_grant_ends_when_its_time_is_over(fed: Fed) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    await fed.partners.narrow("fire-brigade", FIRE, "先收窄")
    await fed.partners.grant("fire-brigade", AREAS, "短期", timedelta(microseconds=1))
    assert (await fire.refused(types="jinding.grid.area.changed.v1"))[1] == "outside_grant"


async def test_a_client_of_the_issuer_reads_as_its_agency(fed: Fed) -> None:
    facts = histories(2)
    await fed.agency("fire-brigade", FIRE, client="fire-client")
    await fed.happen(facts)
    fed.key = issued(fed, sub="service-account-1", client_id="fire-client")
    assert told((await fed.read())[0]) == named([f for f in facts if fits(f, FIRE, facts)])
    fed.key = issued(fed, azp="fire-client")
    assert (await fed.get()).status_code == 200
    await fed.partners.revoke("fire-brigade", "协议终止")
    assert await fed.refused() == (403, "not_an_agency", "")


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"client_id": "other-client"}, "not_an_agency"),
        ({"client_id": "other-client", "azp": "fire-client"}, "not_an_agency"),
        ({}, "not_an_agency"),
        ({"client_id": ""}, "not_an_agency"),
        ({"client_id": "fire-client", "roles": ["district_operator"]}, "permission_missing"),
    ],
)
async def test_other_clients_and_people_are_refused(
    fed: Fed, claims: dict[str, Any], code: str
) -> None:
    await fed.agency("fire-brigade", FIRE, client="fire-client")
    await fed.agency("land", AREAS)
    fed.key = issued(fed, **claims)
    for path in ("", "/snapshot"):
        assert (await fed.refused(path, type="jinding.grid.report.snapshot.v1"))[:2] == (403, code)


async def test_an_agency_is_held_to_its_limit(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    async with feeding(fresh_database, tmp_path, rate_limit_read=2) as fed:
        fire, land = await fed.agency("fire-brigade", WHOLE), await fed.agency("land", AREAS)
        for _ in range(2):
            assert (await fire.get()).status_code == 200
        assert await fire.refused() == (429, "limit_reached", "")
        assert (await land.get()).status_code == 200
