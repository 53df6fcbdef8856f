import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.followed import Followed


def number(file: Path) -> int:
    return int(file.read_text())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "number"
    file.write_text("1")
    return file


def followed(file: Path) -> Followed[Path, int]:
    return Followed(file, number, ValueError, "number_unusable")


def test_what_the_file_says_by_now_holds(file: Path) -> None:
    it = followed(file)
    assert it.now == 1
    file.write_text("22")
    assert it.now == 22


def test_a_file_put_in_its_place_is_seen(file: Path, tmp_path: Path) -> None:
    it = followed(file)
    (tmp_path / "new").write_text("2")
    os.replace(tmp_path / "new", file)
    assert it.now == 2


def test_the_last_good_holds_while_it_is_broken_or_gone(file: Path) -> None:
    it = followed(file)
    file.write_text("none")
    with capture_logs() as logged:
        assert (it.now, it.now) == (1, 1)
    assert [line["event"] for line in logged] == ["number_unusable"]
    file.unlink()
    assert it.now == 1
    file.write_text("333")
    assert it.now == 333


def test_one_that_is_unusable_at_first_is_refused(file: Path) -> None:
    file.write_text("none")
    with pytest.raises(ValueError, match="none"):
        followed(file)
