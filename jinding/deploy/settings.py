from pathlib import Path

from pydantic_settings import BaseSettings

from jinding.databases import located
from jinding.passwords import SUPERUSER, secret
from services.chassis.settings import Service


class DeploySettings(BaseSettings):
    """What the steps before a deployment's services read; a password is a file `pg_<role>` of the folder."""

    database_server_url: str = "postgresql://postgres@postgres:5432/postgres"
    secrets_folder: Path = Path("/run/secrets")
    service_port: int = 8000

    def password(self, role: str) -> str:
        return secret(self.secrets_folder / f"pg_{role}")

    def superuser_url(self, database: str = "postgres") -> str:
        password = self.password("superuser")
        return located(self.database_server_url, database, SUPERUSER, password)

    def own_url(self, service: Service) -> str:
        """As the service itself."""
        return located(self.database_server_url, service, service, self.password(service))
