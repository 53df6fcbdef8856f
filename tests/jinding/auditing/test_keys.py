from pathlib import Path

import pytest

from jinding.auditing.keys import keys_of
from jinding.settings import Settings
from services.chassis.privacy.keyring import KeyringUnusable


def test_keys_of_a_data_folder_are_made_once(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path)
    assert keys_of(settings) == keys_of(settings)
    assert (tmp_path / "keyring.json").stat().st_mode & 0o777 == 0o600


def test_in_a_container_none_are_made_up(tmp_path: Path) -> None:
    with pytest.raises(KeyringUnusable):
        keys_of(Settings(data_folder=tmp_path, secrets_folder=tmp_path))
    assert list(tmp_path.iterdir()) == []
