"""Which reports are sensitive: by no role that does not know, and by no filter, can it be found out."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.gateway.policy import KNOWING, POLICY
from tests.gateway.district import LINGXIA, District
from tests.gateway.drilldown.test_router import every

MARK = "update card set data = data || $2::text::jsonb where noun = 'report' and id = $1"
FINDERS = ["RED_MEMBER", "RESIDENT", "GRID_MEMBER", "OTHER"]


@pytest.fixture
async def secret(jindong: District) -> AsyncIterator[str]:
    """The only report of a resident in its township."""
    id = jindong.reports[2]
    await jindong.system.fetch("gateway", MARK, id, '{"told_apart": true}')
    yield str(id)
    await jindong.system.fetch("gateway", MARK, id, '{"told_apart": false}')


async def filed(jindong: District, role: str, **asked: Any) -> list[dict[str, Any]]:
    return await every(jindong, LINGXIA, "reports_filed", role=role, of=LINGXIA, **asked)


@pytest.mark.parametrize("role", sorted(POLICY["dashboard.records"] - KNOWING))
async def test_who_does_not_know_reaches_it_by_no_dimension(
    jindong: District, secret: str, role: str
) -> None:
    whole = await filed(jindong, role)
    assert sum(item["n"] for item in whole) == 4
    (apart,) = [item for item in whole if item["id"] is None]
    assert (apart["number"], apart["dimension"]) == (None, None)
    chosen = {finder: await filed(jindong, role, dimension=finder) for finder in FINDERS}
    assert {finder: len(items) for finder, items in chosen.items()} == {
        "RED_MEMBER": 3,
        "RESIDENT": 0,
        "GRID_MEMBER": 0,
        "OTHER": 0,
    }
    assert secret not in {item["id"] for items in chosen.values() for item in items}
    told = [item for items in chosen.values() for item in items]
    assert sum(item["n"] for item in [*told, apart]) == 4


@pytest.mark.parametrize("role", sorted(POLICY["dashboard.records"] & KNOWING))
async def test_who_knows_chooses_among_all(jindong: District, secret: str, role: str) -> None:
    """What kind of person found it is told to nobody: it is of a grid and a day, where there may be but one."""
    (found,) = await filed(jindong, role, dimension="OTHER")
    assert (found["id"], found["dimension"], found["n"]) == (secret, "OTHER", 1)
    counted = Counter(item["dimension"] for item in await filed(jindong, role))
    assert counted == {"RED_MEMBER": 3, "OTHER": 1}
