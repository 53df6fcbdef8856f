"""An identity provider and a clock that tests move by hand."""

import asyncio
from collections.abc import Mapping
from typing import Any

from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey

from services.gateway.auth.bearer import BearerValidator
from services.gateway.auth.jwks import JwksCache
from services.gateway.auth.settings import OidcSettings

ISSUER = "https://idp.example/realms/jindong"
START = 1_800_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


def ec_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid})


class Idp:
    """Signs with its first key, publishes all, counts the fetches and can be down."""

    def __init__(self) -> None:
        self.keys: list[ECKey | RSAKey] = [ec_key("k1")]
        self.fetches = 0
        self.down = False

    async def fetch(self) -> Mapping[str, Any]:
        self.fetches += 1
        await asyncio.sleep(0)
        if self.down:
            raise ConnectionError("down")
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    def token(self, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """A good token but for what is given; a claim that is None is left out."""
        key = self.keys[0]
        fields = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid, **(header or {})}
        return jwt.encode(
            {name: value for name, value in fields.items() if value is not None},
            payload(**claims),
            key,
            algorithms=["ES256", "ES384", "RS256", "PS256", "RS512"],
        )

    def signed(self, content: bytes) -> str:
        """A token with a good header and signature, whatever its content."""
        key = self.keys[0]
        return jws.serialize_compact(
            {"alg": "ES256", "typ": "at+jwt", "kid": key.kid}, content, key
        )


def payload(**claims: Any) -> dict[str, Any]:
    good = {
        "iss": ISSUER,
        "aud": ["account", "jinding"],
        "sub": "a1",
        "iat": int(START),
        "exp": int(START) + 3600,
        "roles": ["mediator"],
        "areas": ["330703002"],
    }
    return {name: value for name, value in {**good, **claims}.items() if value is not None}


class Door:
    """A gateway's validator before that provider, on one clock."""

    def __init__(self, **settings: Any) -> None:
        self.idp, self.clock = Idp(), Clock()
        self.validator = BearerValidator(
            OidcSettings(**settings), ISSUER, JwksCache(self.idp.fetch, self.clock), self.clock
        )
