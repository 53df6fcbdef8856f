from pathlib import Path

from tests.support.grid import AREAS
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually
from tests.support.stack import stack


async def test_a_report_shows_on_the_dashboard(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    async with stack(fresh_database, tmp_path, ["grid"]) as system:
        district = await system.token("district_operator")
        answer = await system.call(district, "PUT", "/v1/grid/areas/import", {"rows": AREAS})
        assert answer.status_code == 200, answer.text
        body = {"area_code": "330703105291001", "category": "ENVIRONMENT", "title": "垃圾"}
        answer = await system.call(district, "POST", "/v1/grid/reports", body)
        assert answer.status_code == 201, answer.text

        async def filed() -> bool:
            shown = await system.call(district, "GET", "/v1/districts/330703/dashboard")
            if shown.status_code != 200:
                return False
            section = shown.json()["sections"]["grid"]
            return bool(
                section["figures"]["reports_filed"]["value"] == 1 and section["status"] == "fresh"
            )

        await eventually(filed)
