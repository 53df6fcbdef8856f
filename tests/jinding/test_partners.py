"""`jinding partners`, from the first grant to the last."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from jinding import partners
from jinding.cli import app
from services.chassis.migrations import upgrade
from tests.support.postgres import FreshDatabases

REPORTS = "jinding.grid.report.v1"
FIRE = ["--topics", REPORTS, "--areas", "330703101", "--categories", "FIRE_SAFETY"]


@pytest.fixture
async def served(
    fresh_database: FreshDatabases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = await fresh_database(
        template="template_gateway", prepare=lambda url: upgrade("gateway", url)
    )

    @asynccontextmanager
    async def serving(*_: Any, **__: Any) -> AsyncIterator[Any]:
        yield SimpleNamespace(url=lambda _: url)

    monkeypatch.setenv("DATA_FOLDER", str(tmp_path))
    monkeypatch.setattr(partners, "beside", serving)


def run(*arguments: str, ends: int = 0) -> str:
    words = ["partners", *arguments]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == ends, result.output
    return result.output


def added() -> str:
    names = ["--name-zh", "消防大队", "--name-en", "Fire brigade"]
    return run("add", "fire", *names, "--topics", REPORTS, "--why", "协议一")


def test_an_agency_from_its_first_grant_to_its_last(served: None) -> None:
    output = added()
    [key] = [line for line in output.splitlines() if line.startswith("key: ")]
    assert key.startswith("key: jd_fire_")
    assert "kafka" not in output
    run("grant", "fire", "--topics", "jinding.grid.area.v1", "--why", "协议二", "--days", "30")
    run("narrow", "fire", *FIRE, "--why", "协议三", "--subject", "operator-7")
    assert "key: jd_fire_" in run("key", "fire", "--overlap-hours", "1")
    told = run("list")
    assert key.removeprefix("key: ") not in told
    assert "fire 消防大队 Fire brigade client=None keys=2" in told
    assert told.count("已终止 ended") == 2
    assert "operator-7: 协议三" in told
    run("revoke", "fire", "--why", "终止")
    told = run("list", "fire")
    assert "keys=0" in told
    assert told.count("已终止 ended") == 3


def test_a_client_of_the_issuer_needs_no_key(served: None) -> None:
    names = ["--name-zh", "消防大队", "--name-en", "Fire brigade", "--client-id", "fire-client"]
    assert "key:" not in run("add", "fire", *names, *FIRE, "--why", "协议一")
    assert "client=fire-client keys=0" in run("list")


def test_a_refusal_is_a_plain_sentence(served: None) -> None:
    added()
    wrong = ["--topics", "jinding.grid.nothing.v1", "--why", "x"]
    assert "不能授权的 topics：jinding.grid.nothing.v1。" in run("grant", "fire", *wrong, ends=1)
    assert "No such record." in run("revoke", "water", "--why", "x", ends=1)
    run("grant", "fire", "--topics", REPORTS, ends=2)  # not without a why
    assert "KAFKA_ADMIN_PASSWORD_FILE" in run("sync", ends=1)
