"""A list with points as GeoJSON: scope and secrecy are the list's own, and so many rows cost no memory."""

import json
import tracemalloc
from pathlib import Path
from typing import Any
from uuid import UUID

from services.sheets.geojson_file import GeoJsonFile
from tests.grid.people import NEIGHBOUR
from tests.grid.points.test_router import PATH, centred
from tests.grid.reports.test_content import position
from tests.support.exports import asked, content, exported, exporter, told
from tests.support.grid import reported
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, TOWNSHIP
from tests.support.running import Running

MANY = 4_000
COPIES = """
    insert into report select (jsonb_populate_record(r, jsonb_build_object(
        'id', gen_random_uuid(), 'number', r.number || n, 'sensitive', n % 4 = 0,
        'created_at', r.created_at - make_interval(secs => n / 3),
        'area_code', case when n % 5 = 0 then '330703101' else r.area_code end,
        'position', jsonb_set(to_jsonb(r.position), '{lng}', to_jsonb(119.5 + n * 0.00001))))).*
    from report r, generate_series(1, $2) n where r.id = $1"""


async def many(grid: Running) -> None:
    """Reports of two townships, of which every fourth is sensitive, some made at the same instant."""
    await centred(grid)
    receipt = await reported(grid, position=position(), category="MARKET")
    await grid.fetch(COPIES, UUID(receipt["id"]), MANY - 1)


async def shown(grid: Running, who: Any, **query: Any) -> list[dict[str, Any]]:
    """The features of every page of the list."""
    found: list[dict[str, Any]] = []
    after: dict[str, Any] = {}
    while True:
        page = (await grid.call(who, "GET", PATH, limit=200, **query, **after)).json()
        found += page["features"]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


async def test_thousands_of_points_are_those_of_the_map_for_whoever_asks(grid: Running) -> None:
    await many(grid)
    for who, filters in (
        (DISTRICT, {}),
        (TOWNSHIP, {"overdue": False}),
        (OTHER_TOWNSHIP, {}),
        (NEIGHBOUR, {}),
    ):
        file = json.loads(await exported(grid, who, format="geojson", filters=filters))
        features = file["features"]
        assert features == await shown(grid, who, **filters) != []
        assert len({f["id"] for f in features}) == len(features)
        kinds = {f["properties"]["position"] for f in features}
        assert kinds == (
            {"EXACT"} if who in (NEIGHBOUR, OTHER_TOWNSHIP) else {"EXACT", "GRID_CENTROID"}
        )
        for feature in features:
            hidden = feature["properties"]["position"] == "GRID_CENTROID"
            assert (feature["geometry"]["coordinates"] == [119.71, 29.11]) is hidden
        assert file["about"][0] == f"行数 rows: {len(features):010}"
        assert any(who.subject in mark for mark in file["about"])


async def test_what_is_told_of_the_export_fits_the_file(grid: Running) -> None:
    await centred(grid)
    await reported(grid, position=position(), title="</script>\u2028")
    await reported(grid)  # nobody told where
    job = await asked(grid, DISTRICT, format="geojson", filters={"datum": "WGS84"})
    await exporter(grid).run()
    assert ((await told(grid, DISTRICT, job))["rows"], job["format"]) == (1, "geojson")
    answer = await content(grid, DISTRICT, job)
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert answer.headers["Content-Disposition"].endswith('.geojson"')
    assert len(answer.json()["features"]) == 1
    empty = json.loads(await exported(grid, OTHER_TOWNSHIP, format="geojson"))
    assert (empty["type"], empty["features"]) == ("FeatureCollection", [])


def test_it_takes_as_much_memory_as_a_feature(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        file = GeoJsonFile(tmp_path, [], lambda n: (f"rows: {n}",))
        tracemalloc.start()
        for start in range(0, rows, 50):
            file.write(
                {"id": n, "properties": {"number": f"GE{n}"}} for n in range(start, start + 50)
            )
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(json.loads(file.close(rows).read_bytes())["features"]) == rows
        return most

    assert peak(20_000) < peak(1_000) + 20_000
