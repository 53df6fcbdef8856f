"""From an `Authorization` header to a caller: the only door from outside."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import aiohttp
from joserfc.errors import ClaimError, ExpiredTokenError
from joserfc.jwk import Key
from joserfc.jwt import JWTClaimsRegistry

from services.chassis.identity.caller import Caller
from services.chassis.identity.jose import kid_of, opened, verified_payload
from services.chassis.identity.refusals import TokenExpired, TokenInvalid, TokenMissing
from services.gateway.auth.claims import caller_of
from services.gateway.auth.dev_issuer import DevIssuer
from services.gateway.auth.jwks import IssuerKeys, JwksCache
from services.gateway.auth.settings import OidcSettings

REMEMBERED_SECONDS = 60.0
REMEMBERED_TOKENS = 4_096


class KeySource(Protocol):
    async def key(self, kid: str) -> Key: ...


class IssuerMissing(SystemExit):
    def __init__(self) -> None:
        super().__init__("未设置 OIDC_ISSUER，网关无法启动。 / OIDC_ISSUER is not set; no start.")


class BearerValidator:
    """Accepts tokens of one issuer for our audience.

    A token that was accepted is remembered for a minute, never past its `exp`.
    """

    def __init__(
        self,
        settings: OidcSettings,
        issuer: str,
        keys: KeySource,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings, self._issuer, self._keys, self._clock = settings, issuer, keys, clock
        self._remembered: dict[bytes, tuple[float, Caller]] = {}

    async def caller(self, authorization: str | None, request_id: str = "") -> Caller:
        """`TokenMissing`, `TokenInvalid` or `TokenExpired` (401) for anything but a good token;
        `IdentityProviderUnavailable` (503) while no key of the issuer has ever been seen."""
        token = _token(authorization)
        digest = hashlib.sha256(token.encode()).digest()
        until, caller = self._remembered.get(digest, (0.0, None))
        if caller is None or until <= self._clock():
            caller = await self._checked(token, digest)
        return replace(caller, request_id=request_id)

    async def _checked(self, token: str, digest: bytes) -> Caller:
        algorithms = self._settings.oidc_algorithms
        parts = opened(token, algorithms, self._settings.oidc_token_types)
        key = await self._keys.key(kid_of(parts))
        claims = self._claims(verified_payload(parts, key, algorithms))
        caller = caller_of(claims, self._settings)
        self._remember(digest, caller, min(claims["exp"], self._clock() + REMEMBERED_SECONDS))
        return caller

    def _claims(self, payload: bytes) -> dict[str, Any]:
        try:
            claims = json.loads(payload)
            if not isinstance(claims, dict):
                raise TypeError("not an object")
            self._rules().validate(claims)
        except ExpiredTokenError as error:
            raise TokenExpired from error
        except ClaimError as error:
            raise _wrong_claim(error.claim) from error
        except (ValueError, TypeError, RecursionError) as error:
            raise TokenInvalid("访问令牌内容有误。", "The token's content is malformed.") from error
        # Keycloak marks its ID and refresh tokens here; their header says JWT like any other.
        if claims.get("typ", "Bearer") not in ("Bearer", "at+jwt"):
            raise _wrong_claim("typ")
        return claims

    def _rules(self) -> JWTClaimsRegistry:
        return JWTClaimsRegistry(
            now=int(self._clock()),
            leeway=self._settings.oidc_leeway_seconds,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._settings.oidc_audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    def _remember(self, digest: bytes, caller: Caller, until: float) -> None:
        while len(self._remembered) >= REMEMBERED_TOKENS:
            self._remembered.pop(next(iter(self._remembered)))
        self._remembered[digest] = until, caller


def bearer_validator(
    settings: OidcSettings, dev: DevIssuer | None, session: aiohttp.ClientSession
) -> BearerValidator:
    """The validator of this process: of the development issuer's tokens where there is one."""
    if dev is not None:
        return BearerValidator(settings, dev.issuer, JwksCache(dev.key_set))
    if not settings.oidc_issuer:
        raise IssuerMissing
    keys = IssuerKeys(session, settings.oidc_issuer, settings.oidc_jwks_url)
    return BearerValidator(settings, settings.oidc_issuer, JwksCache(keys))


def _token(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    if not scheme:
        raise TokenMissing
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenInvalid("只接受 Bearer 访问令牌。", "Only bearer tokens are accepted.")
    return token.strip()


def _wrong_claim(claim: str) -> TokenInvalid:
    return TokenInvalid(
        f"访问令牌的“{claim}”缺失或不符。", f"The token's {claim!r} is missing or not ours."
    )
