import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.chassis.privacy import keyring
from services.chassis.privacy.keyring import AES, SM4, KeyringUnusable


@pytest.fixture
def file(tmp_path: Path) -> Path:
    keyring.create(tmp_path / "keyring.json")
    return tmp_path / "keyring.json"


def test_a_first_ring_is_its_owners_alone_and_is_never_made_twice(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_text()
    keyring.create(file)
    assert (file.read_text(), [*file.parent.iterdir()]) == (before, [file])
    ring = keyring.load(file)
    assert (set(ring.indexes), set(ring.audit)) == ({"resident_id", "phone", "mark"}, {"1"})


def test_the_newest_key_seals_and_older_ones_are_kept_until_they_are_dropped(file: Path) -> None:
    first = keyring.load(file)
    keyring.change(file, partial(keyring.with_a_new_key, algorithm=SM4))
    second = keyring.load(file)
    assert (second.newest.id, second.newest.algorithm) == (2, keyring.ALGORITHMS[SM4])
    assert second.keys[1] == first.newest
    keyring.change(file, keyring.with_the_newest_alone)
    third = keyring.load(file)
    assert third == second._replace(keys={2: second.newest})
    assert [*file.parent.iterdir()] == [file]


def test_what_is_mounted_in_a_container_stays_the_same_file(file: Path) -> None:
    before = file.stat().st_ino
    keyring.change(file, lambda _: keyring.first())
    assert file.stat().st_ino == before


def _default(told: Any) -> None:
    told["keys"]["1"]["key"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


def _twice(told: Any) -> None:
    told["indexes"]["phone"] = told["keys"]["1"]["key"]


BROKEN: dict[str, Callable[[Any], Any]] = {
    "no master key": lambda told: told["keys"].clear(),
    "no index key": lambda told: told["indexes"].pop("phone"),
    "no key of the audit": lambda told: told["audit"].clear(),
    "an unknown algorithm": lambda told: told["keys"]["1"].update(algorithm="ROT13"),
    "a short key": lambda told: told["keys"]["1"].update(key="c2hvcnQ="),
    "no base64": lambda told: told["keys"]["1"].update(key="?"),
    "a number too large": lambda told: told["keys"].update({"65536": told["keys"].pop("1")}),
    "a default": _default,
    "one key for two things": _twice,
    "something else": lambda told: told.update(more=1),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_ring_is_refused_and_not_quoted(file: Path, how: str) -> None:
    told = json.loads(file.read_text())
    secret = told["indexes"]["mark"]
    BROKEN[how](told)
    file.write_text(json.dumps(told))
    with pytest.raises(KeyringUnusable, match=r"密钥环 .* 不可用.* cannot be used") as refused:
        keyring.load(file)
    assert secret not in str(refused.value)


def test_no_ring_and_no_json_are_refused(tmp_path: Path) -> None:
    for file in (None, tmp_path / "missing", tmp_path):
        with pytest.raises(KeyringUnusable):
            keyring.load(file)
    (tmp_path / "text").write_text("{")
    (tmp_path / "text").chmod(0o600)
    with pytest.raises(KeyringUnusable, match="malformed"):
        keyring.load(tmp_path / "text")


@pytest.mark.parametrize(("mode", "usable"), [(0o600, True), (0o640, True)])
def test_others_may_not_read_it(file: Path, mode: int, *, usable: bool) -> None:
    file.chmod(mode)
    assert bool(keyring.load(file)) is usable


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o620, 0o644])
def test_a_ring_that_others_may_read_or_write_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(KeyringUnusable, match="0600"):
        keyring.load(file)


def test_a_secret_of_a_container_is_seen_by_nobody_else(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.chmod(0o644)
    monkeypatch.setattr(keyring, "MOUNTED", file.parent)
    assert keyring.load(file).newest.algorithm == keyring.ALGORITHMS[AES]
