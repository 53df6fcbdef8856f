import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc.jwk import OctKey

from services.chassis.errors import Unauthenticated
from services.gateway.auth.jwks import (
    MAX_DOCUMENT_BYTES,
    IdentityProviderUnavailable,
    IssuerKeys,
    JwksCache,
    UnknownKey,
)
from tests.gateway.auth.idp import Clock, Door, ec_key


async def accepted(door: Door, **header: Any) -> bool:
    try:
        await door.validator.caller(f"Bearer {door.idp.token(header)}")
    except Unauthenticated:
        return False
    return True


async def test_fifty_first_requests_share_one_fetch() -> None:
    door = Door()
    answers = await asyncio.gather(*(accepted(door) for _ in range(50)))
    assert (answers, door.idp.fetches) == ([True] * 50, 1)


@pytest.mark.parametrize("together", [True, False], ids=["together", "one after another"])
async def test_a_thousand_unknown_kids_cost_two_fetches_at_most(together: bool) -> None:
    door = Door()
    attempts = [accepted(door, kid=f"guess-{n}") for n in range(1000)]
    if together:
        answers = await asyncio.gather(*attempts)
    else:
        answers = [await attempt for attempt in attempts]
    assert answers == [False] * 1000
    assert door.idp.fetches == (1 if together else 2)
    assert await accepted(door)


async def test_a_rotated_key_is_accepted_after_the_cooldown() -> None:
    door = Door()
    assert await accepted(door)
    assert not await accepted(door, kid="guess")
    door.idp.keys = [ec_key("k2"), *door.idp.keys]
    door.clock.now += 29
    assert (await accepted(door), door.idp.fetches) == (False, 2)
    door.clock.now += 1
    assert (await accepted(door), door.idp.fetches) == (True, 3)
    assert await accepted(door)


async def test_a_rotated_key_is_accepted_at_once_when_nobody_was_guessing() -> None:
    door = Door()
    assert await accepted(door)
    door.idp.keys = [ec_key("k2")]
    assert (await accepted(door), door.idp.fetches) == (True, 2)


async def test_keys_are_fetched_again_after_five_minutes() -> None:
    idp_door = Door()
    cache = JwksCache(idp_door.idp.fetch, idp_door.clock)
    await cache.key("k1")
    idp_door.clock.now += 299
    await cache.key("k1")
    assert idp_door.idp.fetches == 1
    idp_door.idp.keys = [ec_key("k2")]
    idp_door.clock.now += 1
    with pytest.raises(UnknownKey):
        await cache.key("k1")
    assert idp_door.idp.fetches == 2


async def test_known_keys_hold_for_a_day_while_the_provider_is_down() -> None:
    door = Door()
    cache = JwksCache(door.idp.fetch, door.clock)
    await cache.key("k1")
    door.idp.down = True
    for _ in range(10):
        door.clock.now += 300
        await cache.key("k1")
        await cache.key("k1")
    assert door.idp.fetches == 11
    door.clock.now += 86_400
    with pytest.raises(IdentityProviderUnavailable):
        await cache.key("k1")


async def test_nobody_with_a_known_key_waits_for_a_provider_that_hangs() -> None:
    door, hung = Door(), asyncio.Event()

    async def fetch() -> Mapping[str, Any]:
        if door.idp.fetches:
            await hung.wait()
        return await door.idp.fetch()

    cache = JwksCache(fetch, door.clock)
    await cache.key("k1")
    door.clock.now += 301
    async with asyncio.timeout(2):
        keys = await asyncio.gather(*(cache.key("k1") for _ in range(20)))
    assert {key.kid for key in keys} == {"k1"}
    stranger = asyncio.create_task(cache.key("k2"))
    door.idp.keys = [ec_key("k2")]
    hung.set()
    assert (await stranger).kid == "k2"
    assert door.idp.fetches == 2


async def test_a_provider_that_starts_late_is_asked_again_soon() -> None:
    door = Door()
    cache = JwksCache(door.idp.fetch, door.clock)
    door.idp.down = True
    for _ in range(5):
        with pytest.raises(IdentityProviderUnavailable):
            await cache.key("k1")
    assert door.idp.fetches == 1
    door.idp.down = False
    door.clock.now += 2
    await cache.key("k1")
    assert door.idp.fetches == 2


async def test_a_caller_who_gives_up_does_not_end_the_fetch_of_the_others() -> None:
    answer: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()

    async def fetch() -> Mapping[str, Any]:
        return await answer

    cache = JwksCache(fetch, Clock())
    first, second = (asyncio.create_task(cache.key("k1")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    answer.set_result({"keys": [ec_key("k1").as_dict(private=False)]})
    assert (await second).kid == "k1"
    assert first.cancelled()


async def test_keys_that_cannot_sign_for_an_issuer_are_passed_over() -> None:
    secret = OctKey.import_key("s" * 32, {"kid": "oct"}).as_dict(private=True)
    encryption = {**ec_key("enc").as_dict(private=False), "use": "enc"}
    members = [secret, encryption, {"kty": "AKP", "kid": "pq"}, {"kty": "EC", "kid": "torn"}, 7]

    async def fetch() -> Mapping[str, Any]:
        return {"keys": [*members, ec_key("good").as_dict(private=False)]}

    cache = JwksCache(fetch, Clock())
    assert (await cache.key("good")).kid == "good"
    for kid in ("oct", "enc", "pq", "torn"):
        with pytest.raises(UnknownKey):
            await cache.key(kid)


class Site:
    """A provider behind HTTP whose answers a test chooses."""

    def __init__(self) -> None:
        self.answers: dict[str, web.Response] = {}
        self.asked: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        return self.answers.get(request.path, web.Response(status=404))


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def site() -> AsyncIterator[tuple[Site, str]]:
    found = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", found.answer)
    async with TestServer(app) as server:
        yield found, str(server.make_url("")).rstrip("/")


def document(**members: object) -> web.Response:
    return web.Response(text=json.dumps(members))


DISCOVERY = "/.well-known/openid-configuration"


async def test_keys_are_found_by_discovery(
    site: tuple[Site, str], session: aiohttp.ClientSession
) -> None:
    found, url = site
    found.answers[DISCOVERY] = document(issuer=url, jwks_uri=f"{url}/jwks")
    found.answers["/jwks"] = document(keys=[])
    assert await IssuerKeys(session, url)() == {"keys": []}
    assert found.asked == [DISCOVERY, "/jwks"]


async def test_an_address_given_needs_no_discovery(
    site: tuple[Site, str], session: aiohttp.ClientSession
) -> None:
    found, url = site
    found.answers["/jwks"] = document(keys=[])
    assert await IssuerKeys(session, "http://idp", f"{url}/jwks")() == {"keys": []}
    assert found.asked == ["/jwks"]


async def test_a_redirect_another_issuer_or_a_flood_is_not_followed(
    site: tuple[Site, str], session: aiohttp.ClientSession
) -> None:
    found, url = site
    moved = web.Response(status=302, headers={"Location": f"{url}/jwks"})
    for answer, reason in (
        (moved, "answered 302"),
        (document(issuer="https://evil.example", jwks_uri=f"{url}/jwks"), "another issuer"),
        (document(issuer=url, jwks_uri="file:///etc/passwd"), "is not one of"),
        (web.Response(body=b" " * (MAX_DOCUMENT_BYTES + 1)), "larger than"),
        (web.Response(text="[]"), "not a JSON object"),
    ):
        found.answers[DISCOVERY] = answer
        with pytest.raises(ValueError, match=reason):
            await IssuerKeys(session, url)()
    assert "/jwks" not in found.asked


async def test_an_https_issuer_cannot_name_keys_behind_http(
    session: aiohttp.ClientSession,
) -> None:
    with pytest.raises(ValueError, match="is not one of"):
        await IssuerKeys(session, "https://idp.example", "http://idp.example/jwks")()
