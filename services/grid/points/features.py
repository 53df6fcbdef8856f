"""Reports where a map shows them: a page as GeoJSON, and what stands for a position that is kept secret."""

import json
from collections.abc import Collection
from datetime import datetime

from starlette.responses import Response

from services.chassis.database import as_json
from services.chassis.deadlines.calendar import local_day
from services.chassis.http.reads import Page
from services.chassis.runtime import Runtime
from services.contracts.codes_outreach import Datum, PointKind
from services.grid.areas.models import Centroid
from services.grid.areas.queries import Centroids, centroid_on, centroids
from services.grid.points.schemas import FeatureOut, FeaturesOut, PointLine, PointOut, PropertiesOut
from services.grid.positions.models import Position

MEDIA = "application/geo+json"
TOLD = PropertiesOut.model_fields.keys() - {"subcategory", "position", "is_doubtful"}


async def as_features(runtime: Runtime, page: Response, datum: Datum, *, told: bool) -> Response:
    """Coordinates of different datums are never mixed: those of `datum` alone are told. Without `told` all stand
    where sensitive ones do."""
    lines = Page[PointLine].model_validate_json(bytes(page.body))
    for line in lines.items:
        line.sensitive = line.sensitive or not told
    grids = await _grids(runtime, {line.area_code for line in lines.items if line.sensitive})
    found = [_feature(line, grids, datum) for line in lines.items]
    features = [feature for feature in found if feature]
    collection = FeaturesOut(features=features, omitted=len(found) - len(features), next=lines.next)
    answer = Response(collection.model_dump_json(), media_type=MEDIA)
    if link := page.headers.get("Link"):
        answer.headers["Link"] = link
    return answer


async def with_centroid(runtime: Runtime, detail: Response) -> Response:
    """The detail of a report; with the centroid of its grid, where that stands for its position."""
    if PointKind.GRID_CENTROID.encode() not in bytes(detail.body):
        return detail
    told = json.loads(bytes(detail.body))
    if told["position_kind"] == PointKind.GRID_CENTROID:
        area, at = told["area_code"], datetime.fromisoformat(told["reported_at"])
        found = centroid_on(await _grids(runtime, {area}), area, local_day(at))
        told["centroid"] = found and found.model_dump()
    etag = {"ETag": detail.headers["ETag"]}
    return Response(as_json(told), media_type="application/json", headers=etag)


async def _grids(runtime: Runtime, codes: Collection[str]) -> Centroids:
    if not codes:
        return {}
    async with runtime.database.statements() as connection:
        return await centroids(connection, codes)


def _feature(line: PointLine, grids: Centroids, datum: Datum) -> FeatureOut | None:
    point = _point(line, grids)
    if point is None or point.datum is not datum:
        return None
    properties = PropertiesOut(
        **line.model_dump(include=set(TOLD)),
        subcategory=None if line.sensitive else line.subcategory,
        is_doubtful=not line.sensitive and bool(line.position and line.position.suspicions),
        position=PointKind.GRID_CENTROID if line.sensitive else PointKind.EXACT,
    )
    coordinates = PointOut(coordinates=(point.lng, point.lat))
    return FeatureOut(id=line.id, geometry=coordinates, properties=properties)


def _point(line: PointLine, grids: Centroids) -> Position | Centroid | None:
    """Of a sensitive one never its own, whoever asks: a map is shown to others."""
    if not line.sensitive or line.position is None:
        return line.position
    return centroid_on(grids, line.area_code, local_day(line.reported_at))
