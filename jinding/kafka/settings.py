import ssl
from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from jinding.passwords import secret


class KafkaSettings(BaseSettings):
    """How the commands reach Kafka as its administrator, a user that is in its JAAS file (PLAIN)."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    kafka_bootstrap: str = Field(description="of the internal listener")
    kafka_replication: int = Field(1, ge=1, description="of the topics that are created")
    kafka_security: Literal["sasl_ssl", "sasl_plaintext"] = "sasl_ssl"
    kafka_ca_file: Path | None = Field(None, description="if the brokers' CA is not a public one")
    kafka_admin_user: str = "admin"
    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-512"] = Field(
        "PLAIN", description="how that user is known; `backup`, which only looks, by SCRAM"
    )
    kafka_admin_password_file: Path
    kafka_passwords: Path = Field(
        Path("/run/secrets"), description="folder of `kafka_grid` …, the services' passwords"
    )
    agency_bytes_per_second: int = Field(1_000_000, gt=0, description="what an agency may read")

    def client_options(self) -> dict[str, Any]:
        """For aiokafka and kafka-python alike."""
        secured: dict[str, Any] = {}
        if self.kafka_security == "sasl_ssl":
            secured["ssl_context"] = ssl.create_default_context(cafile=self.kafka_ca_file)
        return {
            **secured,
            "bootstrap_servers": self.kafka_bootstrap.split(","),
            "security_protocol": self.kafka_security.upper(),
            "sasl_mechanism": self.kafka_mechanism,
            "sasl_plain_username": self.kafka_admin_user,
            "sasl_plain_password": secret(self.kafka_admin_password_file),
        }
