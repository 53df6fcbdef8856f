"""A backup is whole or it is none."""

import io
import json
import os
import tarfile
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import pytest

from jinding.deploy.archives import digest, manifest_faults
from jinding.deploy.backup import BASE, STAMP, STATE, SUMS, back_up, check, prune, told_of
from jinding.deploy.erasures import LEDGER
from jinding.refusal import Refusal

CONTENT = {"PG_VERSION": b"18\n", "base/1/1259": b"rows" * 1000}


def base(content: dict[str, bytes], told: dict[str, bytes] = CONTENT) -> bytes:
    """A tar file with `content` and a manifest that tells of `told`."""
    files = [
        {"Path": path, "Size": len(data), "Checksum": sha256(data).hexdigest()}
        for path, data in told.items()
    ]
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for path, data in {
            **content,
            "backup_manifest": json.dumps({"Files": files}).encode(),
        }.items():
            member = tarfile.TarInfo(path)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return made.getvalue()


class Engine:
    """Answers in place of a deployment; `sent` is what PostgreSQL sends."""

    sent = base(CONTENT)

    def base(self, label: str, to: IO[bytes]) -> None:
        to.write(self.sent)
        to.flush()

    def state(self) -> dict[str, Any]:
        return {"databases": {}, "topics": None}

    def image(self) -> None:
        return None


class Broken(Engine):
    """PostgreSQL sends the files, and one of them is not what it was."""

    sent = base({**CONTENT, "PG_VERSION": b"17\n"})


def test_a_backup_is_a_folder_that_nobody_else_may_read(tmp_path: Path) -> None:
    made = back_up(Engine(), tmp_path / "to", 14)
    assert made.stat().st_mode & 0o777 == 0o700
    assert {file.name for file in made.iterdir()} == {BASE, STATE, LEDGER, SUMS}
    assert {file.stat().st_mode & 0o777 for file in made.iterdir()} == {0o600}
    check(made)
    assert told_of(made)["bytes"] == len(Engine.sent)


def test_one_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="not what it says: PG_VERSION"):
        back_up(Broken(), tmp_path, 14)
    assert [file.name for file in tmp_path.iterdir()] == [".lock"]


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        (base({"PG_VERSION": b"18\n"}), "base/1/1259"),
        (base(CONTENT)[:-40], f"{BASE}: ReadError"),
        (base({**CONTENT, "base/1/1259": b"rowz" * 1000}), "base/1/1259"),
    ],
)
def test_what_is_missing_or_another_is_found(tmp_path: Path, sent: bytes, fault: str) -> None:
    (tmp_path / BASE).write_bytes(sent)
    [found] = manifest_faults(tmp_path / BASE)
    assert found.startswith(fault)


@pytest.mark.parametrize("name", [BASE, STATE, LEDGER, SUMS])
def test_one_that_was_damaged_since_is_refused(tmp_path: Path, name: str) -> None:
    made = back_up(Engine(), tmp_path, 14)
    whole = (made / name).read_bytes()
    (made / name).write_bytes(whole[:5] + bytes([whole[5] ^ 1]) + whole[6:])
    with pytest.raises(Refusal, match="is not a whole backup"):
        check(made)


@pytest.mark.parametrize("state", ["{}", "[]", '"databases"', '{"databases": {}}'])
def test_one_whose_state_tells_nothing_is_refused(tmp_path: Path, state: str) -> None:
    made = back_up(Engine(), tmp_path, 14)
    (made / STATE).write_text(state)
    sums = [f"{digest(made / name)}  {name}\n" for name in (BASE, LEDGER, STATE)]
    (made / SUMS).write_text("".join(sums))
    with pytest.raises(Refusal, match="is not a whole backup"):
        check(made)


def test_where_none_can_be_written_is_one_sentence() -> None:
    with pytest.raises(Refusal, match="/proc/backups cannot be written"):
        back_up(Engine(), Path("/proc/backups"), 14)


def test_old_ones_go_but_never_the_newest(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    names = [(now - timedelta(days=days)).strftime(STAMP) for days in (40, 30, 20)]
    for name in (*names, "somebody-elses"):
        (tmp_path / name).mkdir()
    prune(tmp_path, 14)
    assert sorted(os.listdir(tmp_path)) == sorted([names[2], "somebody-elses"])
    (tmp_path / now.strftime(STAMP)).mkdir()
    prune(tmp_path, 25)
    assert names[2] in os.listdir(tmp_path)


def test_what_carries_it_off_gets_its_folder_and_its_failure_is_told(tmp_path: Path) -> None:
    to, off = tmp_path / "to", tmp_path / "off"
    off.mkdir()
    made = back_up(Engine(), to, 14, after=f"cp -rt {off}")
    check(off / made.name)
    assert told_of(off / made.name) == told_of(made)
    with pytest.raises(Refusal, match="what was to carry it off failed"):
        back_up(Engine(), tmp_path / "other", 14, after="false")


def test_a_folder_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="nothing was changed"):
        check(tmp_path)
