"""Every alert is tested, and tells people what to do."""

import re
import subprocess
from pathlib import Path

import pytest
import typer
import yaml

from jinding.cli import app
from tests.observability.files import FOLDER, RULE_TESTS, RUNBOOKS, promtool, rules, shown

ALERTS = rules("alert")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PARTS = ["含义 · Meaning", "先看 · First look", "处理 · What to do", "何时结束 · When it is over"]


def runbooks() -> dict[str, str]:
    """Those of alerts are named after them; procedures have names in small letters."""
    found = {path.stem: path.read_text() for path in RUNBOOKS.glob("*.md")}
    return {name: text for name, text in found.items() if name[0].isupper() and name != "README"}


def test_every_alert_has_its_runbook_and_every_runbook_its_alert() -> None:
    assert set(runbooks()) == set(ALERTS)
    for name, rule in ALERTS.items():
        assert rule["annotations"]["runbook"] == f"docs/runbooks/{name}.md"


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_what_is_wrong_in_chinese_first(name: str) -> None:
    chinese, separator, english = ALERTS[name]["annotations"]["summary"].partition(" · ")
    assert separator
    assert CHINESE.search(chinese)
    assert not CHINESE.search(english)
    assert ALERTS[name]["labels"]["severity"] in {"page", "ticket"}


@pytest.mark.parametrize("name", ALERTS)
def test_a_runbook_has_the_same_parts_as_the_others(name: str) -> None:
    text = runbooks()[name]
    assert text.startswith(f"# {name} · ")
    assert re.findall(r"^## (.*)$", text, re.M) == PARTS
    assert "\nEnglish: " in text


def test_the_commands_of_runbooks_exist() -> None:
    root = typer.main.get_command(app)
    for path in RUNBOOKS.glob("*.md"):
        for line in re.findall(r"jinding ([a-z]+(?: [a-z]+)?)", path.read_text()):
            first, _, second = line.partition(" ")
            command = root.commands.get(first)  # type: ignore[attr-defined]
            assert command, f"{path.name}: jinding {line}"
            assert second in getattr(command, "commands", {second}), f"{path.name}: jinding {line}"


def test_every_alert_is_seen_to_ring_and_to_be_silent() -> None:
    seen: dict[str, set[bool]] = {name: set() for name in ALERTS}
    for path in RULE_TESTS:
        for case in yaml.safe_load(path.read_text())["tests"]:
            for check in case["alert_rule_test"]:
                seen[check["alertname"]].add(bool(check["exp_alerts"]))
    assert seen == {key: {True, False} for key in ALERTS}


@pytest.mark.proof
@pytest.mark.parametrize("path", RULE_TESTS, ids=lambda path: path.stem)
def test_alerts_ring_when_they_should_and_only_then(path: Path) -> None:
    ran(promtool(), "test", "rules", str(path))


def test_prometheus_takes_its_configuration() -> None:
    ran(promtool(), "check", "config", str(FOLDER / "prometheus.yaml"))


def test_prometheus_understands_what_the_dashboards_ask(tmp_path: Path) -> None:
    asked = [
        expression.replace("$__rate_interval", "5m").replace("$job", "grid")
        for expression in shown()
    ]
    listed = [{"record": f"shown:{n}", "expr": text} for n, text in enumerate(asked)]
    file = tmp_path / "shown.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "shown", "rules": listed}]}))
    ran(promtool(), "check", "rules", str(file))


def ran(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
