"""The pages from which projections are rebuilt."""

from typing import Any

from services.chassis.identity.caller import job
from tests.support.grid import reported
from tests.support.people import TOWNSHIP
from tests.support.running import Running

PATH = "/internal/snapshot/report"


async def page(grid: Running, **parameters: Any) -> dict[str, Any]:
    answer = await grid.call(job("gateway"), "GET", PATH, **parameters)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_the_pages_of_a_snapshot_hold_every_record_once(grid: Running) -> None:
    ids = sorted([(await reported(grid, title=f"事项{n}"))["id"] for n in range(7)])
    told, after = list[str](), dict[str, str]()
    for _ in ids:
        found = await page(grid, limit=2, **after)
        told += [item["id"] for item in found["items"]]
        if found["next"] is None:
            break
        after = {"after": found["next"]}
    assert told == ids


async def test_a_snapshot_is_of_the_version_it_tells(grid: Running) -> None:
    receipt = await reported(grid)
    path = f"/v1/grid/reports/{receipt['id']}/accept"
    await grid.call(TOWNSHIP, "POST", path, {}, {"If-Match": '"1"'})
    [only] = (await page(grid, only=receipt["id"]))["items"]
    assert (only["version"], only["event"]["status"]) == (2, "ACCEPTED")
