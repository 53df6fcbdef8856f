from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url

Service = Literal["grid", "disputes", "inspection", "training", "gateway"]


class ServiceSettings(BaseSettings):
    """What every service reads from its environment (or `.env`); nothing is read at import.

    Addresses are those of the process's own interfaces. Files hold keys, never the environment.
    """

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    environment: Literal["development", "production"] = "production"
    host: str = "127.0.0.1"
    port: int = 8000
    metrics_port: int | None = None

    database_url: SecretStr = Field(
        description="postgresql+asyncpg://…, this service's own database"
    )
    database_password_file: Path | None = Field(None, description="if the URL holds none")
    database_pool: int = Field(8, ge=2)

    event_log: Literal["embedded", "kafka"] = "embedded"
    event_log_url: SecretStr | None = Field(None, description="database of the embedded log")
    kafka_bootstrap: str | None = None
    kafka_replication: int = Field(1, ge=1, description="of the topics that are created")
    kafka_user: str | None = Field(None, description="by SCRAM-SHA-512; plaintext if none is named")
    kafka_security: Literal["sasl_ssl", "sasl_plaintext"] = "sasl_ssl"
    kafka_password_file: Path | None = None
    kafka_ca_file: Path | None = Field(None, description="if the brokers' CA is not a public one")

    otel_exporter_otlp_endpoint: str | None = Field(
        None, description="a collector of traces, http://…:4318; nothing is traced without it"
    )

    internal_jwks_file: Path = Field(description="public keys of the gateway's internal tokens")

    run_relay: bool = True
    run_consumers: bool = True
    run_upkeep: bool = Field(True, description="deadlines, and deleting what is kept long enough")
    sweep_seconds: float = 1.0
    answer_days: int = Field(30, ge=7, description="how long an answer is kept for its key")

    @model_validator(mode="after")
    def _with_password(self) -> Self:
        try:
            url = with_password(self.database_url.get_secret_value(), self.database_password_file)
        except OSError as error:
            raise ValueError(f"database_password_file: {error}") from error
        self.database_url = SecretStr(url)
        return self


def with_password(url: str, file: Path | None) -> str:
    """`url` with the password in `file`, if one is named."""
    if file is None:
        return url
    return make_url(url).set(password=file.read_text().strip()).render_as_string(False)
