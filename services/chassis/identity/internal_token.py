"""The only way in which a service learns who is calling: a token that the gateway signs for one
request (named after draft-ietf-oauth-transaction-tokens) and that dies within a minute."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import structlog
from joserfc import jwt
from joserfc.jwk import ECKey
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from services.chassis.identity.caller import Caller
from services.chassis.identity.jose import kid_of, opened, verified_payload
from services.chassis.identity.keys import KeyFileUnusable, load_private_key, load_public_keys
from services.chassis.identity.refusals import TokenExpired, TokenInvalid

INTERNAL_TOKEN_HEADER = "Txn-Token"  # noqa: S105
LIFETIME_SECONDS = 60
MAX_SUBJECT = 255
CLOCK_SKEW_SECONDS = 2

log = structlog.get_logger(__name__)

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
    """Accepts what the keys in `jwks_file` have signed.

    The file is read again when it changes; while it is missing or broken, the last good keys hold.
    """

    def __init__(self, jwks_file: Path, clock: Callable[[], float] = time.time) -> None:
        self._file, self._clock = jwks_file, clock
        self._seen = self._state()
        self._keys: dict[str, ECKey] = load_public_keys(jwks_file)

    def verify(self, token: str) -> Caller:
        """The caller, or `TokenInvalid` / `TokenExpired`."""
        self._reload_if_changed()
        parts = opened(token, _ALGORITHMS, (_TYPE,))
        key = self._keys.get(kid_of(parts))
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

    def _reload_if_changed(self) -> None:
        state = self._state()
        if state is None or state == self._seen:
            return
        self._seen = state
        try:
            self._keys = load_public_keys(self._file)
        except KeyFileUnusable as unusable:
            log.warning("internal_keys_unusable", reason=str(unusable))

    def _state(self) -> tuple[int, int, int] | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size


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
