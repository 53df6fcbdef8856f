"""A command answers for the system that was meant, or refuses: it never makes one to answer for."""

import asyncio
import shlex
from pathlib import Path

import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from jinding.beside import Deployed, beside, services_of
from jinding.cli import app
from jinding.refusal import Refusal
from jinding.settings import Settings
from tests.chassis.deadlines.test_calendar_table import NOTICE
from tests.support.ports import free_ports
from tests.support.stack import serving

COMMANDS = (
    "verify",
    "rebuild",
    "migrate",
    "topics",
    "rotate-keys",
    "purge --dry-run",
    "audit verify",
    "audit prune",
    "reading list",
    "reading resume",
    "calendar import {file}",
    "partners list",
    "partners sync",
    "partners revoke fire --why ended",
    "partners add fire --topics jinding.grid.report.v1 --why x --name-zh 消防 --name-en Fire",
    "partners deliveries fire",
)
"""Those that look into the databases."""


def run(command: str) -> str:
    done = CliRunner().invoke(app, shlex.split(command))
    assert done.exit_code == 1, done.output
    return done.output


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One in which no system ever ran."""
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path / ".jinding"))
    return tmp_path / ".jinding"


@pytest.mark.parametrize("command", COMMANDS)
def test_where_no_system_is_none_is_made(command: str, folder: Path) -> None:
    file = folder.parent / "2027.csv"
    file.write_text(NOTICE, encoding="utf-8")
    told = run(command.format(file=file))
    assert f"There is no system in {folder}" in told
    assert "jinding run" in told
    assert 'make ops C="…"' in told
    assert not folder.exists()


@pytest.mark.parametrize(
    "command",
    [
        "deadletters list",
        "erase --area 330703 --yes 00000000-0000-4000-8000-000000000001",
        "init --areas {file} --orgs {file}",
    ],
)
def test_where_no_gateway_is_the_way_to_a_deployment_is_told(
    command: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_PORT", str(free_ports(1)[0]))
    file = folder.parent / "rows.json"
    file.write_text("[]", encoding="utf-8")
    told = run(command.format(file=file))
    assert "does not answer" in told
    assert 'make ops C="…"' in told


async def test_a_gateway_without_a_development_issuer_tells_the_way_to_a_deployment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [port] = free_ports(1)
    monkeypatch.setenv("GATEWAY_PORT", str(port))
    async with serving(FastAPI(), port):
        told = await asyncio.to_thread(run, "deadletters list")
    assert "issues no tokens of its own" in told
    assert 'make ops C="…"' in told


async def test_inside_a_deployment_each_service_is_met_as_itself_and_as_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRETS_FOLDER", str(tmp_path))
    for role in ("grid", "grid_owner"):
        (tmp_path / f"pg_{role}").write_text(f"of-{role}")
    settings = Settings()
    async with beside(settings) as databases:
        assert isinstance(databases, Deployed)
        at = "postgres:5432/grid"
        assert databases.url("grid") == f"postgresql+asyncpg://grid:of-grid@{at}"
        assert databases.owner("grid") == f"postgresql+asyncpg://grid_owner:of-grid_owner@{at}"
        with pytest.raises(Refusal, match="log is Kafka"):
            databases.url("log")
        with pytest.raises(Refusal, match="pg_training cannot be used"):
            databases.url("training")
    urls, key = services_of(settings)
    assert urls["training"] == "http://training:8000"
    assert key == tmp_path / "internal_key"


def test_inside_a_deployment_the_keyring_is_the_hosts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRETS_FOLDER", str(tmp_path))
    assert ".venv/bin/jinding deploy rotate-keys" in run("rotate-keys")


def test_what_the_network_does_not_give_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"postgresql://postgres@127.0.0.1:{free_ports(1)[0]}/postgres"
    monkeypatch.setenv("SECRETS_FOLDER", str(tmp_path))
    monkeypatch.setenv("DATABASE_SERVER_URL", address)
    for name in ("grid", "disputes", "inspection", "training", "gateway"):
        (tmp_path / f"pg_{name}").write_text("secret")
    told = run("reading list")
    assert "操作失败" in told
    assert "Traceback" not in told
