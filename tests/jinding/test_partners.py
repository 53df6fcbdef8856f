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
from jinding.deadletters import UNKNOWN
from services.chassis.migrations import upgrade
from tests.gateway.agencies.test_partners import Kafka
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
    changed = run("key", "fire", "--overlap-hours", "1")
    assert "key: jd_fire_" in changed
    assert "older keys end: 20" in changed
    told = run("list")
    assert key.removeprefix("key: ") not in told
    assert "fire 消防大队 Fire brigade" in told
    assert "keys in force: 2，最迟至 until 20" in told
    assert "无期限 no end operator-7: 协议三" in told
    assert "None" not in told
    assert told.count("已终止 ended") == 2
    run("revoke", "fire", "--why", "终止")
    told = run("list", "fire")
    assert "keys in force: 0" in told
    assert told.count("已终止 ended") == 3


def test_a_client_of_the_issuer_needs_no_key(served: None) -> None:
    names = ["--name-zh", "消防大队", "--name-en", "Fire brigade", "--client-id", "fire-client"]
    assert "key:" not in run("add", "fire", *names, *FIRE, "--why", "协议一")
    told = run("list")
    assert "client: fire-client" in told
    assert "keys in force: 0" in told


def test_a_refusal_is_a_plain_sentence(served: None) -> None:
    added()
    wrong = ["--topics", "jinding.grid.nothing.v1", "--why", "x"]
    assert "不能授权的 topics：jinding.grid.nothing.v1。" in run("grant", "fire", *wrong, ends=1)
    assert "No such record." in run("revoke", "water", "--why", "x", ends=1)
    run("grant", "fire", "--topics", REPORTS, ends=2)  # not without a why
    assert "KAFKA_ADMIN_PASSWORD_FILE" in run("sync", ends=1)


@pytest.mark.parametrize("command", ["add", "grant", "narrow"])
@pytest.mark.parametrize("option", ["--topics", "--areas", "--categories", "--types"])
@pytest.mark.parametrize("value", ["", ",", "x,", " "])
def test_what_is_empty_never_means_everything(command: str, option: str, value: str) -> None:
    given = {"--topics": REPORTS, "--why": "协议一"} | {option: value}
    if command == "add":
        given |= {"--name-zh": "消防大队", "--name-en": "Fire brigade"}
    words = [word for pair in given.items() for word in pair]
    assert f"An element of {option} is empty." in run(command, "fire", *words, ends=1)


@pytest.mark.parametrize("why", ["", " ", "x", " x "])
def test_nothing_is_granted_or_ended_without_a_reason(served: None, why: str) -> None:
    added()
    for command in (["grant", "fire", *FIRE], ["narrow", "fire", *FIRE], ["revoke", "fire"]):
        assert "依据至少两个字" in run(*command, "--why", why, ends=1)
    told = run("list")
    assert (told.count("in force"), told.count("ended")) == (2, 0)


def test_whoever_is_unknown_says_in_whose_name(
    served: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    added()
    monkeypatch.setattr(partners, "whoever", lambda: UNKNOWN)
    revoke = ["revoke", "fire", "--why", "终止"]
    assert "Say by --subject in whose name." in run(*revoke, ends=1)
    assert "fire" in run("list")
    run(*revoke, "--subject", "operator-7")


def test_what_is_handed_over_is_complete(served: None, monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Kafka()
    monkeypatch.setattr(partners, "kafka", lambda _: broker)
    monkeypatch.setenv("KAFKA_EXTERNAL", "kafka.example:9094")
    monkeypatch.setenv("GATEWAY_ADDRESS", "https://jinding.example")
    told = added()
    for line in (
        "gateway: https://jinding.example/v1/events",
        "key ends: 20",
        "kafka bootstrap: kafka.example:9094",
        "kafka CA: deploy/secrets/ca.pem",
        "kafka user: agency-fire",
        f"kafka topics: {REPORTS}",
    ):
        assert line in told
    assert "older keys" not in told
    assert "password" not in run("grant", "fire", *FIRE, "--why", "协议二")
    run("revoke", "fire", "--why", "终止")
    assert "Nothing is granted" in run("key", "fire", "--kafka", ends=1)
    told = run("grant", "fire", *FIRE, "--why", "协议三")
    assert "kafka password: " in told
    changed = run("key", "fire", "--kafka")
    assert "key: " not in changed
    [old, new] = [line for line in (told + changed).splitlines() if "password: " in line]
    assert old != new
