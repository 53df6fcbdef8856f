from pathlib import Path

from pydantic import Field, field_validator

from services.chassis.settings import ServiceSettings
from services.gateway.agencies.addresses import PushSettings
from services.gateway.auth.settings import CommaSeparated, OidcSettings, split
from services.gateway.limits import RateLimitSettings


class GatewaySettings(ServiceSettings, OidcSettings, RateLimitSettings, PushSettings):
    """The gateway's environment: besides a service's, whose tokens it takes and where the services are."""

    model_config = ServiceSettings.model_config  # each base brings its own; the last would win

    internal_key_file: Path = Field(description="private key of the internal tokens")
    service_urls: dict[str, str] = Field(description='{"grid": "http://…", …}')
    cors_origins: CommaSeparated = Field((), description="https://app.example,… : exactly these")
    call_seconds: float = Field(15, description="deadline of a call to a service")
    batch_seconds: float = Field(60, description="deadline of a batch")
    body_seconds: float = Field(60, description="deadline of receiving a request's body")

    _split_origins = field_validator("cors_origins", mode="before")(split)
