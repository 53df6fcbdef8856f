from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.gateway.district import DISTRICT, District, district, values
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually

PATH = f"/v1/districts/{DISTRICT}/dashboard"
YEAR = {"from": "2026-01-01", "to": "2026-06-30"}
LATER = "update watermark set as_of = $2 where service = $1"
FRESH = """insert into watermark (service, as_of, checked_at) select unnest($1::text[]), $2, $2
    on conflict (service) do update set as_of = excluded.as_of"""


async def told(made: District, **parameters: Any) -> dict[str, Any]:
    answer = await made.get(PATH, **YEAR, **parameters)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_without_its_services_it_tells_what_it_knows_and_how_old_that_is(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    async with district(fresh_database, tmp_path) as made:
        others = ["disputes", "inspection", "training"]
        await made.system.fetch("gateway", FRESH, others, datetime.now(UTC))
        whole = await told(made, require="complete")
        assert whole["complete"] is True
        sections = whole["sections"]
        assert whole["as_of"] == min(section["as_of"] for section in sections.values())

        await made.system.stop("grid")
        query = "select 1 from watermark where service = 'grid' and reason = 'service_unreachable'"
        await eventually(lambda: made.system.fetch("gateway", query))
        long_ago = datetime.now(UTC) - timedelta(minutes=5)
        await made.system.fetch("gateway", LATER, "grid", long_ago)

        async def aged() -> Any:
            shown = await told(made)
            as_of = datetime.fromisoformat(shown["sections"]["grid"]["as_of"])
            return shown if as_of == long_ago else None

        stale = await eventually(aged)
        grid = stale["sections"]["grid"]
        assert (grid["status"], grid["reason"]) == ("stale", "service_unreachable")
        assert (stale["complete"], stale["as_of"]) == (False, grid["as_of"])
        assert stale["sections"]["disputes"]["status"] == "fresh"
        assert values(stale["sections"]) == values(whole["sections"])
        refused = await made.get(PATH, require="complete", **YEAR)
        assert (refused.status_code, refused.json()["code"]) == (503, "incomplete")
        gone = await made.get("/v1/grid/reports")
        assert (gone.status_code, gone.json()["code"]) == (503, "service_unreachable")
