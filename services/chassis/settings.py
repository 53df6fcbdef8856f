from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.chassis.attachments.settings import AttachmentSettings

Service = Literal["grid", "disputes", "inspection", "training", "gateway"]


class ServiceSettings(AttachmentSettings):
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
    database_pool: int = Field(8, ge=2)

    event_log: Literal["embedded", "kafka"] = "embedded"
    event_log_url: SecretStr | None = Field(None, description="database of the embedded log")
    kafka_bootstrap: str | None = None
    kafka_replication: int = Field(1, ge=1, description="of the topics that are created")
    kafka_user: str | None = Field(None, description="by SCRAM-SHA-512; plaintext if none is named")
    kafka_security: Literal["sasl_ssl", "sasl_plaintext"] = "sasl_ssl"
    kafka_password_file: Path | None = None
    kafka_ca_file: Path | None = Field(None, description="if the brokers' CA is not a public one")

    otel_exporter_otlp_endpoint: str | None = Field(None, description="where traces are sent")

    internal_jwks_file: Path = Field(description="public keys of the gateway's internal tokens")

    keyring_file: Path | None = Field(
        None, description="master keys of personal data, and those of the audit"
    )

    run_relay: bool = True
    run_consumers: bool = True
    run_upkeep: bool = Field(
        True, description="deadlines, exports, deleting what is kept long enough"
    )
    sweep_seconds: float = 1.0
    exports_folder: Path = Field(Path(".jinding/exports"), description="of all replicas together")
    export_rows: int = Field(2_000_000, ge=1, description="of one export at most")
    exports_at_once: int = Field(3, ge=1, description="of one caller")
    answer_days: int = Field(30, ge=7, description="how long an answer is kept for its key")
