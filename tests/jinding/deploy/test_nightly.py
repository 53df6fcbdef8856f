"""One good backup for each night, whatever restarts and failures there are."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from jinding.deploy import nightly
from jinding.deploy.backup import BASE
from jinding.deploy.nightly import AGAIN_SECONDS, LOOK_SECONDS, last_came, since, told_of_newest
from jinding.refusal import Refusal

DUE = datetime(2026, 11, 28, 18, 30, tzinfo=UTC)
"""Half past two of the 29th in UTC+8."""


def told(name: str) -> float | None:
    return nightly.REGISTRY.get_sample_value(name)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (DUE, DUE),
        (DUE + timedelta(hours=23, minutes=59), DUE),
        (DUE - timedelta(seconds=1), DUE - timedelta(days=1)),
    ],
)
def test_the_hour_is_that_of_the_district(now: datetime, due: datetime) -> None:
    assert last_came(time(2, 30), now) == due


@pytest.mark.parametrize(
    ("last", "works"),
    [
        (None, True),
        (DUE - timedelta(seconds=1), True),
        (DUE, False),
        (DUE + timedelta(hours=3), False),
    ],
)
def test_a_night_that_was_missed_is_made_up_and_none_is_repeated(
    last: datetime | None, works: bool
) -> None:
    done: list[int] = []
    assert since(DUE, lambda: last, lambda: done.append(1)) == LOOK_SECONDS
    assert bool(done) is works


@pytest.mark.parametrize("failure", [Refusal("没有空间。", "No room."), OSError(28, "No room.")])
def test_what_failed_is_told_and_tried_again_the_same_night(
    failure: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise failure

    assert since(DUE, lambda: None, fails) == AGAIN_SECONDS
    assert "No room." in capsys.readouterr().err


def test_prometheus_is_told_of_the_newest_that_is_whole(tmp_path: Path) -> None:
    assert told_of_newest(tmp_path) is None
    assert told("backup_last_success_timestamp_seconds") == 0
    for name, size in (("20261127T183000Z", 7), ("20261128T183000Z", 9)):
        (tmp_path / name).mkdir()
        (tmp_path / name / BASE).write_bytes(bytes(size))
    (tmp_path / ".20261129T183000Z.part").mkdir()
    assert told_of_newest(tmp_path) == DUE
    assert told("backup_last_success_timestamp_seconds") == DUE.timestamp()
    assert told("backup_last_size_bytes") == 9
