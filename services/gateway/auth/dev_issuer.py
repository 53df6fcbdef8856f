"""The development issuer: real discovery, keys and tokens, so that nothing is ever switched off.

It exists only where the environment is `development` and the process listens on loopback alone, and
answers only requests that come from this machine to a loopback name.
"""

import time
import uuid
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from joserfc import jwt
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.chassis.errors import Forbidden, Invalid
from services.chassis.identity.keys import load_or_create_private_key, new_key
from services.contracts.labels import Label
from services.contracts.roles import ROLES
from services.gateway.auth.claims import is_area_code, is_job_subject
from services.gateway.auth.personas import PERSONAS, Persona
from services.gateway.auth.settings import OidcSettings

LIFETIME_SECONDS = 8 * 3600


class DevIssuerRefused(SystemExit):
    """Ends the process at start-up with the reason, zh and en."""


class NotFromThisMachine(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "开发身份签发仅限本机访问。", "The development issuer serves this machine only."
        )


class UnknownPersona(Invalid):
    def __init__(self, persona: str) -> None:
        super().__init__(
            f"没有名为“{persona}”的演示身份。",
            f"There is no persona {persona!r}.",
            pointer="/persona",
        )


class TokenIn(BaseModel):
    """Either the id of a persona, or a subject of one's own."""

    model_config = ConfigDict(extra="forbid")

    persona: str | None = Field(None, max_length=100, pattern="^[!-~]+$")
    subject: str | None = Field(None, min_length=1, max_length=100, pattern="^[!-~]+$")
    roles: list[str] = Field(default=[], max_length=len(ROLES))
    areas: list[str] = Field(default=[], max_length=50)
    org: str | None = Field(None, max_length=100)

    @model_validator(mode="after")
    def _one_of_both(self) -> "TokenIn":
        if (self.persona is None) == (self.subject is None):
            raise ValueError("give either persona or subject")
        if is_job_subject(self.subject or ""):
            raise ValueError("subjects of jobs are not for people")
        if unknown := sorted(set(self.roles) - ROLES.keys()):
            raise ValueError(f"unknown roles: {', '.join(unknown)}")
        if not all(is_area_code(area) for area in self.areas):
            raise ValueError("an area code has 2, 4, 6, 9, 12 or 15 digits")
        return self


class TokenOut(BaseModel):
    access_token: str
    token_type: str = "Bearer"  # noqa: S105
    expires_in: int = LIFETIME_SECONDS


class DevIssuer:
    def __init__(self, issuer: str, audience: str, key_file: Path | None = None) -> None:
        self.issuer, self._audience = issuer, audience
        self._key = load_or_create_private_key(key_file) if key_file else new_key()

    async def key_set(self) -> Mapping[str, Any]:
        """The public keys; a `Fetch` for the key cache, so that nothing calls itself over HTTP."""
        return {"keys": [self._key.as_dict(private=False, use="sig", alg="ES256")]}

    def token(self, who: Persona, now: float | None = None) -> str:
        issued = int(time.time() if now is None else now)
        claims = {
            "iss": self.issuer,
            "aud": self._audience,
            "iat": issued,
            "exp": issued + LIFETIME_SECONDS,
            "jti": str(uuid.uuid4()),
            "sub": who.id,
            "roles": list(who.roles),
            "areas": list(who.areas),
            "name": who.label.zh,
            **({"org": who.organisation} if who.organisation else {}),
        }
        header = {"alg": "ES256", "typ": "at+jwt", "kid": self._key.kid}
        return jwt.encode(header, claims, self._key)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks",
            "token_endpoint": f"{self.issuer}/token",
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        }


def dev_issuer(settings: OidcSettings, environment: str, host: str, port: int) -> DevIssuer | None:
    """The development issuer if the settings ask for it and the place allows it."""
    if not settings.dev_issuer:
        return None
    refuse_unless_development(environment, host)
    if settings.oidc_issuer:
        raise DevIssuerRefused(
            "DEV_ISSUER 与 OIDC_ISSUER 只能设置其一。 / Set either DEV_ISSUER or OIDC_ISSUER."
        )
    name = f"[{host}]" if ":" in host else host
    return DevIssuer(
        f"http://{name}:{port}/dev", settings.oidc_audience, settings.dev_issuer_key_file
    )


def refuse_unless_development(environment: str, host: str) -> None:
    """End the start-up unless this is development and `host` is a loopback address."""
    if environment != "development" or not is_loopback(host):
        raise DevIssuerRefused(
            f"开发身份签发只能在 development 环境的本机回环地址上启用"
            f"（当前：{environment}，{host}）。 / The development issuer may exist only in the "
            f"development environment on a loopback address (now: {environment}, {host})."
        )


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def from_this_machine(request: Request) -> None:
    """A page elsewhere could point a name of its own at 127.0.0.1; such a `Host` is refused."""
    peer = request.client.host if request.client else ""
    if not (is_loopback(peer) and is_loopback(request.url.hostname or "")):
        raise NotFromThisMachine


def who(body: TokenIn) -> Persona:
    if body.subject is not None:
        label = Label(body.subject, body.subject)
        return Persona(body.subject, label, tuple(body.roles), tuple(body.areas), body.org)
    for persona in PERSONAS:
        if persona.id == body.persona:
            return persona
    raise UnknownPersona(str(body.persona))


def persona_out(persona: Persona) -> dict[str, Any]:
    return {
        "id": persona.id,
        "label": persona.label._asdict(),
        "roles": [{"code": role, "label": ROLES[role]._asdict()} for role in persona.roles],
        "areas": persona.areas,
        "org": persona.organisation,
    }


def dev_router(issuer: DevIssuer) -> APIRouter:
    """Routes under `/dev`. Left out of the API document: no deployment has them."""
    router = APIRouter(
        prefix="/dev", include_in_schema=False, dependencies=[Depends(from_this_machine)]
    )

    @router.get("/.well-known/openid-configuration")
    async def get_discovery() -> dict[str, Any]:
        return issuer.discovery()

    @router.get("/jwks")
    async def get_keys() -> Mapping[str, Any]:
        return await issuer.key_set()

    @router.get("/personas")
    async def list_personas() -> dict[str, list[dict[str, Any]]]:
        return {"items": [persona_out(persona) for persona in PERSONAS]}

    @router.post("/token")
    async def issue_token(body: TokenIn, response: Response) -> TokenOut:
        response.headers["Cache-Control"] = "no-store"
        return TokenOut(access_token=issuer.token(who(body)))

    return router
