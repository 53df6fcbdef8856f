"""Which profiles `make` and compose take to be on."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("kept", "told", "profiles"),
    [
        ("COMPOSE_PROFILES=ops\n", ["IDP=keycloak"], "ops,idp"),
        ("JINDING_VERSION=1\nCOMPOSE_PROFILES=ops\n", ["COMPOSE_PROFILES="], None),
        ("JINDING_VERSION=1\n", ["IDP=keycloak"], "idp"),
    ],
)
def test_what_the_deployment_keeps_is_added_to_and_what_is_told_goes_before_it(
    tmp_path: Path, kept: str, told: list[str], profiles: str | None
) -> None:
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "deploy/profiles.mk", tmp_path / "deploy")
    (tmp_path / "deploy/.env").write_text(kept)
    done = subprocess.run(
        ["make", "-pn", "help", *told],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("COMPOSE_PROFILES ")]
    assert lines == ([f"COMPOSE_PROFILES := {profiles}"] if profiles else ["COMPOSE_PROFILES = "])
