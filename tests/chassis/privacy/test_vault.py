import hashlib
import json
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from services.chassis.privacy import keyring
from services.chassis.privacy.envelope import NotReadable
from services.chassis.privacy.keyring import SM4
from services.chassis.privacy.vault import Vault

FACTS = {"name": "朱某某", "phone": "13800001234", "resident_id": "330703190001011013"}
PERSON = uuid4()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    keyring.create(tmp_path / "keyring.json")
    return tmp_path / "keyring.json"


def stored(vault: Vault, person: UUID = PERSON, **facts: str) -> dict[str, Any]:
    columns, key = vault.sealed(person, facts or FACTS)
    return columns | key._asdict()


def test_a_person_opens_as_told(file: Path) -> None:
    vault = Vault(file)
    row = stored(vault)
    assert vault.opened(PERSON, row) == FACTS
    assert row["address"] is None
    for secret in FACTS.values():
        assert secret.encode() not in b"".join(v for v in row.values() if isinstance(v, bytes))


def test_no_value_of_another_person_or_field_opens(file: Path) -> None:
    vault, other = Vault(file), uuid4()
    one, two = stored(vault), stored(vault, other)
    for wrong in (
        one | {"name": two["name"]},
        one | {"key": two["key"]},
        one | {"name": one["phone"]},
    ):
        with capture_logs() as logged, pytest.raises(NotReadable):
            vault.opened(PERSON, wrong)
        told = {"event": "person_not_readable", "person": str(PERSON), "log_level": "error"}
        assert logged == [told]


def test_without_the_key_nothing_is_left(file: Path) -> None:
    vault = Vault(file)
    assert vault.opened(PERSON, stored(vault) | {"key": None}) == {}


def test_an_added_key_seals_at_once_and_what_was_sealed_still_opens(file: Path) -> None:
    vault = Vault(file)
    before = stored(vault)
    keyring.change(file, partial(keyring.with_a_new_key, algorithm=SM4))
    after = stored(vault)
    assert (before["number"], after["number"]) == (1, 2)
    assert vault.opened(PERSON, before) == vault.opened(PERSON, after) == FACTS
    moved = before | vault.rewrapped(PERSON, before["key"])._asdict()
    keyring.change(file, keyring.with_the_newest_alone)
    assert vault.opened(PERSON, moved) == FACTS
    with pytest.raises(NotReadable):
        vault.opened(PERSON, before)


def test_while_the_file_is_broken_the_last_good_ring_holds(file: Path) -> None:
    vault = Vault(file)
    row = stored(vault)
    file.write_text("{")
    assert vault.opened(PERSON, row) == FACTS
    file.unlink()
    assert vault.opened(PERSON, row) == FACTS


def test_equal_numbers_have_equal_indexes_however_they_are_written(file: Path) -> None:
    vault = Vault(file)
    same = {
        vault.index("phone", text) for text in ("13800001234", "+86 138-0000-1234", "8613800001234")
    }
    assert len(same) == 1
    assert vault.index("resident_id", "11010519491231002x") == vault.index(
        "resident_id", "11010519491231002X "
    )
    assert vault.index("phone", "110105194912310021") != vault.index(
        "resident_id", "110105194912310021"
    )
    assert {len(index) for index in same} == {16}


def test_an_index_cannot_be_made_without_the_key(file: Path, tmp_path: Path) -> None:
    """All numbers that there are could be tried."""
    number = b"13800001234"
    keyring.create(tmp_path / "other.json")
    index = Vault(file).index("phone", number.decode())
    assert index not in (
        hashlib.sha256(number).digest()[:16],
        hashlib.sha256(b"phone" + number).digest()[:16],
    )
    assert index != Vault(tmp_path / "other.json").index("phone", number.decode())
    told = json.loads(file.read_text())
    told["keys"]["2"] = {"algorithm": SM4, "key": json.loads(keyring.first())["audit"]["1"]}
    keyring.change(file, lambda _: json.dumps(told))
    assert index == Vault(file).index("phone", number.decode()), "rotation leaves it as it is"


@pytest.fixture(scope="module")
def any_vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    file = tmp_path_factory.mktemp("vault") / "keyring.json"
    keyring.create(file)
    return Vault(file)


SAID = st.tuples(st.none() | st.text(max_size=5), st.none() | st.text(max_size=5))


@given(SAID, SAID)
def test_marks_are_equal_where_the_facts_are(any_vault: Vault, one: Any, two: Any) -> None:
    assert (any_vault.mark("case", *one) == any_vault.mark("case", *two)) is (one == two)
    assert any_vault.mark("case", *one) != any_vault.mark("trainee", *one)
