"""The issuer's public keys, kept in memory, fetched rarely whatever callers send."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, RSAKey

from services.chassis.errors import Unavailable
from services.chassis.identity.refusals import TokenInvalid

Fetch = Callable[[], Awaitable[Mapping[str, Any]]]
"""Gets a key set document (RFC 7517), or raises anything."""

TTL_SECONDS = 300.0
COOLDOWN_SECONDS = 30.0
FIRST_RETRY_SECONDS = 2.0
MAX_STALE_SECONDS = 86_400.0
FETCH_SECONDS = 3.0
HURRY_SECONDS = 0.25
MAX_DOCUMENT_BYTES = 262_144
MAX_KEYS = 64

log = structlog.get_logger(__name__)


class IdentityProviderUnavailable(Unavailable):
    def __init__(self) -> None:
        super().__init__(
            "暂时无法取得身份提供方的公钥，请稍后重试。",
            "The identity provider's keys are out of reach just now; try again later.",
        )


class UnknownKey(TokenInvalid):
    def __init__(self) -> None:
        super().__init__("访问令牌的密钥未知。", "The token's key is not one of the issuer's.")


class JwksCache:
    """Keys by `kid`, fetched again after `TTL_SECONDS`.

    An unknown `kid` causes a fetch at most once in `COOLDOWN_SECONDS`, callers that need one share
    it, and while the issuer is down the keys known last hold for a day: where it hangs, a token whose
    key is known waits for it no longer than `HURRY_SECONDS`.
    """

    def __init__(self, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._keys: dict[str, Key] = {}
        self._fetched_at = self._missed_at = self._failed_at = float("-inf")
        self._flight: asyncio.Task[None] | None = None

    async def key(self, kid: str) -> Key:
        now = self._clock()
        fresh = now - self._fetched_at < TTL_SECONDS
        if not (fresh and kid in self._keys) and self._may_fetch(now, fresh):
            usable = kid in self._keys and now - self._fetched_at <= MAX_STALE_SECONDS
            await self._one_flight(now, fresh, HURRY_SECONDS if usable else None)
        if now - self._fetched_at > MAX_STALE_SECONDS:
            raise IdentityProviderUnavailable
        if kid not in self._keys:
            raise UnknownKey
        return self._keys[kid]

    def _may_fetch(self, now: float, fresh: bool) -> bool:
        if self._flight is not None:
            return True
        if fresh:
            return now - self._missed_at >= COOLDOWN_SECONDS
        pause = COOLDOWN_SECONDS if self._keys else FIRST_RETRY_SECONDS
        return now - self._failed_at >= pause

    async def _one_flight(self, now: float, fresh: bool, patience: float | None) -> None:
        if self._flight is None:
            if fresh:
                self._missed_at = now
            self._flight = asyncio.create_task(self._refresh())
        # `wait` cancels nothing: a caller who gives up must not end the fetch that others wait for.
        await asyncio.wait({self._flight}, timeout=patience)

    async def _refresh(self) -> None:
        try:
            found = dict(_usable(await self._fetch()))
            if not found:
                raise ValueError("the key set has no usable key")
        except Exception as error:  # whatever went wrong out there, the keys known last still hold
            self._failed_at = self._clock()
            log.warning("issuer_keys_not_fetched", error=type(error).__name__, reason=str(error))
        else:
            self._keys, self._fetched_at = found, self._clock()
        finally:
            self._flight = None


def _usable(document: Mapping[str, Any]) -> Iterator[tuple[str, Key]]:
    for member in list(document["keys"])[:MAX_KEYS]:
        try:
            key = JWKRegistry.import_key(member)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, ECKey | RSAKey) and key.kid and member.get("use", "sig") == "sig":
            yield key.kid, key


class IssuerKeys:
    """Fetches the key set of an OIDC issuer: discovery first, unless the address is given."""

    def __init__(
        self, session: aiohttp.ClientSession, issuer: str, jwks_url: str | None = None
    ) -> None:
        self._session, self._issuer, self._jwks_url = session, issuer, jwks_url

    async def __call__(self) -> Mapping[str, Any]:
        async with asyncio.timeout(FETCH_SECONDS):
            return await self._document(self._jwks_url or await self._discovered())

    async def _discovered(self) -> str:
        found = await self._document(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self._issuer:
            raise ValueError(f"discovery names another issuer: {found.get('issuer')!r}")
        return str(found["jwks_uri"])

    async def _document(self, url: str) -> Mapping[str, Any]:
        schemes = {"https"} if self._issuer.startswith("https:") else {"https", "http"}
        if urlsplit(url).scheme not in schemes:
            raise ValueError(f"{url} is not one of {sorted(schemes)}")
        async with self._session.get(url, allow_redirects=False) as response:
            if response.status != 200:
                raise ValueError(f"{url} answered {response.status}")
            return _parsed(await _bounded(response))


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(16_384):
        body += chunk
        if len(body) > MAX_DOCUMENT_BYTES:
            raise ValueError(f"{response.url} is larger than {MAX_DOCUMENT_BYTES} bytes")
    return bytes(body)


def _parsed(body: bytes) -> Mapping[str, Any]:
    document = json.loads(body)
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    return document
