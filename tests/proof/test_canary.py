"""A canary goes through every flow that takes persons, refusals and failures included; afterwards nothing but
ciphertext knows them, and after their erasure nothing does."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.proof.cage import Cage, caged
from tests.proof.canary import Canary, forms
from tests.proof.flights import after_a_death, erased, flown, nothing_holds

CANARY = Canary()


@pytest.mark.parametrize(("form", "content"), list(forms(CANARY.name)))
def test_the_search_finds_every_form(form: str, content: bytes) -> None:
    assert f"name as {form}" in CANARY.found(b"xy" + content + b"z")


def test_the_search_finds_nothing_where_nothing_is() -> None:
    assert CANARY.leaks({"a": "爨**, 138****5678, 岭下镇釁罅村***".encode(), "b": b""}) == {}


@pytest.fixture(scope="module")
async def cage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cage]:
    folder = tmp_path_factory.mktemp("canary")
    folder.chmod(0o711)
    async with caged(folder) as made:
        yield made


@pytest.mark.proof
async def test_nobody_but_the_keyring_knows_who_it_is(cage: Cage, tmp_path: Path) -> None:
    case = await flown(cage, CANARY)
    await after_a_death(cage, CANARY)
    assert set(CANARY.facts.values()) <= set(await cage.opened())
    assert CANARY.leaks(await cage.places(tmp_path / "before")) == {}
    await nothing_holds(cage)
    shown = await erased(cage, CANARY, case)
    assert shown["name"] == "已删除"
    assert not set(CANARY.facts.values()) & set(await cage.opened())
    assert CANARY.leaks(await cage.places(tmp_path / "after")) == {}
    planted = "update dispute_case set title = $1"
    await cage.execute("disputes", planted, CANARY.address)
    (cage.system.settings.folder / "logs" / "planted.log").write_bytes(CANARY.phone.encode())
    found = CANARY.leaks(await cage.places(tmp_path / "planted"))
    assert found.keys() >= {"dump of disputes", "log planted.log"}
    assert [place for place in found if place.startswith("backup base/")]
