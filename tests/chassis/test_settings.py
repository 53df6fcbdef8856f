from pathlib import Path

import pytest
from pydantic import ValidationError

from services.chassis.settings import ServiceSettings


def settings(**given: object) -> ServiceSettings:
    return ServiceSettings.model_validate({"internal_jwks_file": "keys", **given})


def test_a_password_in_a_file_completes_the_address(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("p@ss/wörd:1\n")
    url = settings(
        database_url="postgresql+asyncpg://grid@postgres/grid",
        database_password_file=tmp_path / "password",
    ).database_url
    assert url.get_secret_value() == (
        "postgresql+asyncpg://grid:p%40ss%2Fw%C3%B6rd%3A1@postgres/grid"
    )


def test_a_password_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="database_password_file"):
        settings(
            database_url="postgresql+asyncpg://grid@postgres/grid",
            database_password_file=tmp_path / "none",
        )


def test_a_setting_that_is_empty_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_PORT", "")
    assert settings(database_url="postgresql+asyncpg://x/y").metrics_port is None
