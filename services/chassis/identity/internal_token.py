"""The only way in which a service learns who is calling: a token that the gateway signs for one
request (named after draft-ietf-oauth-transaction-tokens) and that dies within a minute."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from joserfc import jwt
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from services.chassis.identity.caller import Caller
from services.chassis.identity.jose import kid_of, opened, verified_payload
from services.chassis.identity.keys import KeyFileUnusable, load_private_key, load_public_keys
from services.chassis.identity.refusals import TokenExpired, TokenInvalid
from services.followed import Followed

INTERNAL_TOKEN_HEADER = "Txn-Token"  # noqa: S105
LIFETIME_SECONDS = 60
MAX_SUBJECT = 255
CLOCK_SKEW_SECONDS = 2

_TYPE = "txntoken+jwt"
_ALGORITHMS = ("ES256",)


class Signer:
    """Signs with the private key in `key_file`, which is read once."""

    def __init__(self, key_file: Path) -> None:
        self._key = load_private_key(key_file)
        self._header = {"alg": "ES256", "typ": _TYPE, "kid": self._key.kid}

    def sign(self, caller: Caller, now: float | None = None) -> str:
        issued = int(time.time() if now is None else now)
        claims = _Claims(
            iss="jinding-gateway",
            aud="jinding",
            iat=issued,
            exp=issued + LIFETIME_SECONDS,
            sub=caller.subject,
            roles=sorted(caller.roles),
            areas=list(caller.areas),
            org=caller.organisation,
            name=caller.name,
            txn=caller.request_id,
            emergency=list(caller.emergency),
        )
        return jwt.encode(self._header, claims.model_dump(exclude_defaults=True), self._key)


class Verifier:
    """Accepts what the keys in `jwks_file`, as it is by now, have signed."""

    def __init__(self, jwks_file: Path, clock: Callable[[], float] = time.time) -> None:
        told = load_public_keys, KeyFileUnusable, "internal_keys_unusable"
        self._keys, self._clock = Followed(jwks_file, *told), clock

    def verify(self, token: str) -> Caller:
        """The caller, or `TokenInvalid` / `TokenExpired`."""
        parts = opened(token, _ALGORITHMS, (_TYPE,))
        key = self._keys.now.get(kid_of(parts))
        if key is None:
            raise TokenInvalid("内部令牌的密钥未知。", "The internal token's key is unknown.")
        claims = _claims(verified_payload(parts, key, _ALGORITHMS))
        _check_times(claims, self._clock())
        return Caller(
            subject=claims.sub,
            roles=frozenset(claims.roles),
            areas=tuple(claims.areas),
            organisation=claims.org,
            request_id=claims.txn,
            name=claims.name,
            emergency=tuple(claims.emergency),
        )


class _Claims(BaseModel):
    model_config = ConfigDict(strict=True)

    iss: Literal["jinding-gateway"]
    aud: Literal["jinding"]
    iat: int
    exp: int
    sub: Annotated[str, StringConstraints(min_length=1, max_length=MAX_SUBJECT)]
    roles: list[str]
    areas: list[str]
    org: str | None = None
    name: str = ""
    txn: str = ""
    emergency: list[str] = []


def _claims(payload: bytes) -> _Claims:
    try:
        return _Claims.model_validate_json(payload)
    except ValidationError as error:
        claim = ".".join(str(part) for part in error.errors()[0]["loc"]) or "payload"
        raise TokenInvalid(
            f"内部令牌的“{claim}”缺失或有误。",
            f"The internal token's {claim!r} is missing or wrong.",
        ) from error


def _check_times(claims: _Claims, now: float) -> None:
    if claims.exp <= now:
        raise TokenExpired
    if claims.iat > now + CLOCK_SKEW_SECONDS:
        raise TokenInvalid("内部令牌的签发时间在将来。", "The internal token is not valid yet.")
    if claims.exp - claims.iat > LIFETIME_SECONDS:
        raise TokenInvalid("内部令牌的有效期过长。", "The internal token lives too long.")
