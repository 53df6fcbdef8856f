"""Which profiles `make` and compose take to be on."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def make(
    folder: Path, *arguments: str, kept: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """In a clone whose `deploy/.env` says what is `kept`."""
    (folder / "deploy").mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copy(ROOT / "deploy/profiles.mk", folder / "deploy")
    (folder / "deploy/.env").write_text(kept)
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


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
    done = make(tmp_path, "-pn", "help", *told, kept=kept)
    lines = [line for line in done.stdout.splitlines() if line.startswith("COMPOSE_PROFILES ")]
    assert lines == ([f"COMPOSE_PROFILES := {profiles}"] if profiles else ["COMPOSE_PROFILES = "])


@pytest.mark.parametrize(
    ("kept", "environment", "known"),
    [
        ("", {}, False),
        ("OIDC_ISSUER=\n", {}, False),
        ("OIDC_ISSUER=https://sso.example\n", {}, True),
        ("", {"OIDC_ISSUER": "https://sso.example"}, True),
    ],
)
def test_who_names_no_issuer_is_told_both_ways(
    tmp_path: Path, kept: str, environment: dict[str, str], known: bool
) -> None:
    done = make(tmp_path, "issuer", kept=kept, **environment)
    assert (done.returncode == 0) is known
    ways = [line.strip() for line in done.stdout.splitlines() if line.startswith("  ")]
    both = [
        "echo OIDC_ISSUER=https://sso.example >> deploy/.env && make up",
        "make up IDP=keycloak",
    ]
    assert ways == ([] if known else both)


def test_an_operators_command_goes_to_the_deployment_whoever_issues_its_tokens(
    tmp_path: Path,
) -> None:
    done = make(tmp_path, "-n", "ops", 'C=partners revoke fire --why "no longer"')
    assert 'operations partners revoke fire --why "no longer"' in done.stdout
    assert "OIDC_ISSUER=${OIDC_ISSUER:--} docker compose" in done.stdout
    other = tmp_path / "other"
    other.mkdir()
    assert 'such as C="verify"' in make(other, "ops").stderr


@pytest.mark.parametrize("told", ["a b", "it's", "x; touch made", "$$(touch made)"])
def test_a_path_or_a_version_is_one_word_whatever_is_in_it(tmp_path: Path, told: str) -> None:
    (tmp_path / ".venv/bin").mkdir(parents=True)
    jinding = tmp_path / ".venv/bin/jinding"
    jinding.write_text('#!/bin/sh\nfor word; do echo "<$word>"; done\n')
    jinding.chmod(0o755)
    known = ["-o", "setup", "-o", "secrets"]
    done = make(tmp_path, *known, "upgrade", f"VERSION={told}", f"TO={told}")
    word = f"<{told.replace('$$', '$')}>"
    assert done.stdout.splitlines() == ["<deploy>", "<upgrade>", "<--to>", word, "<-->", word]
    assert not (tmp_path / "made").exists()
