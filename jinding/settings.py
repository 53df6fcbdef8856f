from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

HOST = "127.0.0.1"
METRICS_OFFSET = 1000


class Settings(BaseSettings):
    """What `jinding` reads from the environment or `.env`: `DATA_FOLDER`, `GATEWAY_PORT`, …"""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    data_folder: Path = Path(".jinding")
    gateway_port: int = 8000
    grid_port: int = 8101
    disputes_port: int = 8102
    inspection_port: int = 8103
    training_port: int = 8104

    event_log: Literal["embedded", "kafka"] = "embedded"
    kafka_bootstrap: str | None = None
    kafka_external: str | None = Field(None, description="host:port of agencies, as they are told")
    kafka_ca_file: Path = Path("deploy/secrets/ca.pem")
    gateway_address: str | None = Field(None, description="as agencies are told")
    kafka_admin_password_file: Path | None = None
    database_server_url: SecretStr | None = None
    secrets_folder: Path | None = Field(None, description="of the deployment that we are inside")
    keyring_file: Path | None = None
    otel_exporter_otlp_endpoint: str | None = None

    @property
    def folder(self) -> Path:
        return self.data_folder.absolute()

    @property
    def inside(self) -> bool:
        """Whether the commands act on the deployment around them."""
        return self.secrets_folder is not None

    @property
    def keyring(self) -> Path:
        """The master keys of personal data: made at the first start, unless the settings name another file."""
        return self.keyring_file or self.folder / "keyring.json"

    @property
    def ports(self) -> dict[str, int]:
        """The port of each process by its name; `NAME_PORT` in the environment changes it."""
        return {
            "grid": self.grid_port,
            "disputes": self.disputes_port,
            "inspection": self.inspection_port,
            "training": self.training_port,
            "gateway": self.gateway_port,
        }

    @property
    def gateway_url(self) -> str:
        return f"http://{HOST}:{self.gateway_port}"
