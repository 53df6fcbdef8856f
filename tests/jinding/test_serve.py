import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("service", "settings", "wrong"),
    [
        ("grid", {}, "DATABASE_URL, INTERNAL_JWKS_FILE"),
        ("gateway", {"RATE_LIMIT_READ": "many"}, "RATE_LIMIT_READ"),
    ],
)
def test_wrong_settings_are_told_in_one_sentence(
    service: str, settings: dict[str, str], wrong: str
) -> None:
    told = refused(service, settings)
    assert told.startswith("设置有误：")
    assert wrong in told


def test_a_service_without_a_keyring_says_so_in_one_sentence() -> None:
    told = refused("grid", {"DATABASE_URL": "x", "INTERNAL_JWKS_FILE": "x", "KEYRING_FILE": "/no"})
    assert told.startswith("密钥环 /no 不可用：")
    assert len(told.splitlines()) == 1


def refused(service: str, settings: dict[str, str]) -> str:
    told = subprocess.run(
        [sys.executable, "-m", "jinding.serve", service],
        env={"PATH": os.environ["PATH"], **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    return told.stderr
