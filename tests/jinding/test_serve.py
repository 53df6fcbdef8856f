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
    told = subprocess.run(
        [sys.executable, "-m", "jinding.serve", service],
        env={"PATH": os.environ["PATH"], **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert told.stderr.startswith("设置有误：")
    assert wrong in told.stderr
    assert "Traceback" not in told.stderr
