from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.chassis.eventlog.port import Partition, Record, partition_of
from services.contracts.grid import ReportSnapshot
from services.gateway.projections.rebuild import verify
from tests.gateway.district import District, district
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually

PATH = "/v1/dead-letters"


@pytest.fixture
async def poisoned(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[District]:
    """An unreadable event of the third report, then a true one that waits behind it."""
    async with district(fresh_database, tmp_path) as made:
        await eventually(
            lambda: agrees(made)
        )  # else what is under way would wait behind the poison
        key = str(made.reports[2]).encode()
        partition = Partition(ReportSnapshot.topic, partition_of(key))
        headers = (("ce_type", b"jinding.grid.report.closed.v1"),)
        log = made.system.apps["grid"].state.runtime.log
        await log.append([Record(partition, key, headers, b"{}")])
        await letters(made, 1)
        token = await made.system.token("district_operator")
        path, match = f"/v1/grid/reports/{made.reports[2]}/accept", {"If-Match": '"2"'}
        answer = await made.system.call(token, "POST", path, {}, match)
        assert answer.status_code == 200, answer.text
        await letters(made, 2)
        yield made


async def letters(made: District, count: int) -> list[dict[str, Any]]:
    async def there() -> list[dict[str, Any]]:
        items = (await made.get(PATH, "operator")).json()["items"]
        return list(items) if len(items) == count else []

    return list(await eventually(there))


async def agrees(made: District) -> bool:
    return await differences(made) == 0


async def differences(made: District) -> int:
    held = made.system.apps["gateway"].state.gateway
    return len(await verify(held.database, held.services, "grid", looks=1))


async def test_a_retry_takes_the_service_at_its_word(poisoned: District) -> None:
    first, second = await letters(poisoned, 2)
    assert first["type"] == "jinding.grid.report.closed.v1"
    assert first["reason"].startswith("ReportClosed: area_code/missing")
    assert second["reason"] == "waits behind an earlier dead letter of its aggregate"
    assert await differences(poisoned) == 1
    answer = await poisoned.post(f"{PATH}/{second['id']}/retry", "operator")
    assert (answer.status_code, answer.json()) == (200, {"items": []})
    assert await differences(poisoned) == 0
    again = await poisoned.post(f"{PATH}/{second['id']}/retry", "operator")
    assert again.status_code == 404


async def test_what_is_discarded_is_gone_and_the_rest_may_be_retried(poisoned: District) -> None:
    first, second = await letters(poisoned, 2)
    answer = await poisoned.post(f"{PATH}/{first['id']}/discard", "operator")
    assert [item["id"] for item in answer.json()["items"]] == [second["id"]]
    answer = await poisoned.post(f"{PATH}/{second['id']}/retry", "operator")
    assert (answer.json(), await differences(poisoned)) == ({"items": []}, 0)


async def test_a_service_that_is_away_leaves_the_letters_where_they_are(
    poisoned: District,
) -> None:
    first, _ = await letters(poisoned, 2)
    await poisoned.system.stop("grid")
    answer = await poisoned.post(f"{PATH}/{first['id']}/retry", "operator")
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unreachable")
    assert len(await letters(poisoned, 2)) == 2


async def test_what_no_service_knows_cannot_be_retried(jindong: District) -> None:
    key = b"not a uuid"
    headers = (("ce_type", b"jinding.grid.report.closed.v1"),)
    log = jindong.system.apps["grid"].state.runtime.log
    await log.append([Record(Partition(ReportSnapshot.topic, 0), key, headers, b"{}")])
    [letter] = await letters(jindong, 1)
    answer = await jindong.post(f"{PATH}/{letter['id']}/retry", "operator")
    assert (answer.status_code, answer.json()["code"]) == (409, "retry_refused")
    for step in ("retry", "discard"):
        refused = await jindong.post(f"{PATH}/{letter['id']}/{step}", "district_operator")
        assert refused.status_code == 403
    assert (await jindong.get(PATH)).status_code == 403
