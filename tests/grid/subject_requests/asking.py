"""The shortest ways to a request about one's own personal data."""

from typing import Any

from httpx import Response

from services.contracts import roles
from tests.support.people import DISTRICT, caller
from tests.support.running import Running

REQUESTS = "/v1/grid/subject-requests"
OFFICER = caller(roles.PRIVACY_OFFICER)
NUMBER, PHONE, NAME = "330703190001011013", "13800005678", "欧阳雪梅"
REQUEST: dict[str, Any] = {
    "area_code": "330703",
    "kind": "ERASURE",
    "name": NAME,
    "resident_id": NUMBER,
    "phone": PHONE,
}
CORRECTION = {"kind": "CORRECTION", "fields": ["phone"]}


async def received(grid: Running, **facts: Any) -> dict[str, Any]:
    answer = await grid.call(DISTRICT, "POST", REQUESTS, REQUEST | facts)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def attempt(
    grid: Running, receipt: dict[str, Any], name: str, who: Any = OFFICER, **body: Any
) -> Response:
    path, match = f"{REQUESTS}/{receipt['id']}/{name}", {"If-Match": f'"{receipt["version"]}"'}
    return await grid.call(who, "POST", path, body, match)


async def step(
    grid: Running, receipt: dict[str, Any], name: str, who: Any = OFFICER, **body: Any
) -> dict[str, Any]:
    answer = await attempt(grid, receipt, name, who, **body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def verified(grid: Running, **facts: Any) -> dict[str, Any]:
    return await step(grid, await received(grid, **facts), "verify", DISTRICT)


async def shown(grid: Running, receipt: dict[str, Any], who: Any = OFFICER) -> Any:
    answer = await grid.call(who, "GET", f"{REQUESTS}/{receipt['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()
