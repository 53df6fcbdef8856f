from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

CommaSeparated = Annotated[tuple[str, ...], NoDecode]


def split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


class OidcSettings(BaseSettings):
    """Whose bearer tokens the gateway accepts. Part of the gateway's settings.

    A claim may be named by a path (`realm_access.roles`); a claim of that very name goes first.
    """

    oidc_issuer: str | None = Field(None, description="`iss` of the tokens, exactly as it is sent")
    oidc_audience: str = "jinding"
    oidc_jwks_url: str | None = Field(None, description="instead of what discovery says")
    oidc_algorithms: CommaSeparated = ("ES256", "RS256", "PS256")
    oidc_token_types: CommaSeparated = ("at+jwt", "jwt")
    oidc_leeway_seconds: int = Field(30, ge=0, le=120)
    oidc_roles_claim: str = "roles"
    oidc_areas_claim: str = "areas"
    oidc_organisation_claim: str = "org"
    oidc_name_claim: str = "name"
    oidc_client_claims: CommaSeparated = Field(
        ("client_id", "azp"), description="the first that a token has names its client"
    )

    dev_issuer: bool = Field(False, description="development and loopback only")
    dev_issuer_key_file: Path | None = Field(None, description="unset: a new key at every start")

    _split = field_validator(
        "oidc_algorithms", "oidc_token_types", "oidc_client_claims", mode="before"
    )(split)

    @field_validator("oidc_algorithms")
    @classmethod
    def _only_asymmetric(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or not set(value) <= {"ES256", "RS256", "PS256"}:
            raise ValueError("only ES256, RS256 and PS256 are accepted")
        return value

    @field_validator("oidc_token_types")
    @classmethod
    def _lower(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(kind.lower() for kind in value)
