"""A timeline tells nobody of a sensitive report for whom the report itself is not there."""

from typing import Any
from uuid import uuid4

import pytest

from services.contracts import roles
from services.gateway.policy import KNOWING, POLICY
from tests.gateway.district import GRID, LINGXIA, XIAOSHUN, District
from tests.support.grid import REPORT
from tests.support.running import eventually

POLICE = "330703-police"
MAY = POLICY["timeline.read"]


async def told(jindong: District, id: str, role: str, area: str = LINGXIA, **more: str) -> int:
    token = await jindong.system.token(role, areas=[area], **more)
    return (await jindong.system.call(token, "GET", f"/v1/timeline/{id}")).status_code


async def matter(jindong: District, **facts: Any) -> str:
    """A report that is assigned to the police; the gateway has read of it."""
    member = await jindong.system.token(roles.RED_GRID_MEMBER, areas=[GRID])
    office = await jindong.system.token(roles.TOWNSHIP_OPERATOR, areas=[LINGXIA])
    id_ = str(uuid4())
    answer = await jindong.system.call(
        member, "POST", "/v1/grid/reports", REPORT | facts | {"id": id_}
    )
    for step, body in (("accept", {}), ("assign", {"organisation": POLICE})):
        headers = {"If-Match": answer.headers["ETag"]}
        path = f"/v1/grid/reports/{id_}/{step}"
        answer = await jindong.system.call(office, "POST", path, body, headers)
        assert answer.status_code == 200, answer.text
    read = "select 1 from card where data ->> 'organisation' is not null and id = $1"

    async def is_read() -> bool:
        return bool(await jindong.system.fetch("gateway", read, id_))

    await eventually(is_read)
    return id_


@pytest.fixture(scope="module")
async def secret(jindong: District) -> str:
    return await matter(jindong, anonymous=True)


@pytest.mark.parametrize("role", sorted(MAY - KNOWING))
async def test_who_does_not_know_of_it_is_told_nothing(
    jindong: District, secret: str, role: str
) -> None:
    assert await told(jindong, secret, role) == 404
    assert await told(jindong, secret, role, org="330703-enforcement") == 404


@pytest.mark.parametrize("role", sorted(MAY & KNOWING))
async def test_who_knows_of_it_in_its_area_is(jindong: District, secret: str, role: str) -> None:
    assert await told(jindong, secret, role) == 200
    assert await told(jindong, secret, role, XIAOSHUN) == 404


@pytest.mark.parametrize("role", [roles.AGENCY, roles.DEPARTMENT_HANDLER])
async def test_so_is_the_body_that_deals_with_it(jindong: District, secret: str, role: str) -> None:
    assert await told(jindong, secret, role, org=POLICE) == 200


async def test_of_one_that_is_not_sensitive_its_neighbours_are_told(jindong: District) -> None:
    assert await told(jindong, await matter(jindong), roles.RED_GRID_MEMBER) == 200
