"""What is kept of a request tells a retry, and nothing else."""

from pathlib import Path
from typing import Any
from uuid import UUID

from services.chassis.answers import body_hash
from services.chassis.operation import Item
from services.chassis.privacy import keyring
from services.chassis.privacy.vault import Vault
from services.grid.reports.operations import create_report
from services.grid.reports.schemas import ReportIn
from tests.support.grid import REPORT, REPORTS
from tests.support.people import RED_MEMBER
from tests.support.running import Running


def creation(**facts: Any) -> Item:
    return Item(create_report, UUID(int=1), ReportIn.model_validate(REPORT | facts))


def vault(file: Path) -> Vault:
    keyring.create(file)
    return Vault(file)


def test_what_was_asked_is_not_to_be_found_by_trying(tmp_path: Path) -> None:
    """Not without the keyring: of a form with few answers all are soon hashed."""
    one, other = (vault(tmp_path / f"{name}.json") for name in ("one", "other"))
    asked = creation()
    assert body_hash(asked, one) == body_hash(creation(), one)
    assert body_hash(asked, one) != body_hash(creation(title="别的"), one)
    assert body_hash(asked, one) != body_hash(asked, other)


async def test_a_retry_of_before_hashes_were_keyed_is_one(grid: Running) -> None:
    key = {"Idempotency-Key": "of-before"}
    first = await grid.call(RED_MEMBER, "POST", REPORTS, REPORT, key)
    await grid.fetch("update answer set body_hash = ''")
    again = await grid.call(RED_MEMBER, "POST", REPORTS, REPORT, key)
    assert (again.status_code, again.json()["id"]) == (first.status_code, first.json()["id"])
    assert [tuple(row) for row in await grid.fetch("select count(*) from report")] == [(1,)]
