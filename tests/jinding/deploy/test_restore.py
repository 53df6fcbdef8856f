from pathlib import Path

import pytest
from typer.testing import CliRunner

from jinding.cli import app
from jinding.deploy import command


@pytest.mark.parametrize("lost", [True, False])
def test_the_last_lines_say_how_agencies_come_back_where_kafka_was_lost_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    monkeypatch.setattr(command, "log_is_lost", lambda _: lost)
    monkeypatch.setattr(command, "restore_from", lambda *_: {"数据 · data": 1.5})
    told = CliRunner().invoke(app, ["deploy", "restore", "--from", str(tmp_path)])
    assert told.exit_code == 0
    last = [line.strip() for line in told.output.splitlines()[-2:]]
    run = "docker compose -f deploy/docker-compose.yml run --rm operations"
    assert (last == [f"{run} topics", f"{run} partners sync"]) is lost
