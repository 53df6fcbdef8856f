from pathlib import Path
from urllib.parse import urlsplit

from pydantic_settings import BaseSettings

from jinding.databases import located
from jinding.passwords import SUPERUSER, secret
from services.chassis.settings import Service


class DeploySettings(BaseSettings):
    """What the steps before a deployment's services read; a password is a file `pg_<role>` of the folder."""

    database_server_url: str = "postgresql://postgres@postgres:5432/postgres"
    secrets_folder: Path = Path("/run/secrets")
    service_port: int = 8000

    @property
    def keyring(self) -> Path:
        return self.secrets_folder / "keyring"

    def password(self, role: str) -> str:
        return secret(self.secrets_folder / f"pg_{role}")

    @property
    def role(self) -> str:
        """The superuser, or `backup`."""
        return urlsplit(self.database_server_url).username or SUPERUSER

    def server_url(self, database: str = "postgres") -> str:
        """As the role of `database_server_url`."""
        password = self.password("superuser" if self.role == SUPERUSER else self.role)
        return located(self.database_server_url, database, self.role, password)

    def owners_url(self, service: Service) -> str:
        """As the owner of the service's tables."""
        owner = f"{service}_owner"
        return located(self.database_server_url, service, owner, self.password(owner))

    def own_url(self, service: Service) -> str:
        """As the service itself."""
        return located(self.database_server_url, service, service, self.password(service))
