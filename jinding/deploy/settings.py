from pathlib import Path

from pydantic_settings import BaseSettings

from jinding.passwords import secret


class DeploySettings(BaseSettings):
    """What the steps before a deployment's services read; a password is a file `pg_<role>` of the folder."""

    database_server_url: str = "postgresql://postgres@postgres:5432/postgres"
    secrets_folder: Path = Path("/run/secrets")

    def password(self, role: str) -> str:
        return secret(self.secrets_folder / f"pg_{role}")
