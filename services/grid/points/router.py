from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Pages, Reading, reads
from services.contracts.codes_grid import Awaiting, Category, Finder, Level, Urgency
from services.contracts.codes_outreach import Datum
from services.grid.areas.schemas import Day
from services.grid.points.features import MEDIA, as_features
from services.grid.points.schemas import FeaturesOut, PointLine
from services.grid.reports import queries
from services.grid.reports.lifecycle import Status
from services.grid.reports.queries import REPORTS
from services.grid.reports.router import Code
from services.grid.reports.rules import is_told_of

router = APIRouter(prefix="/v1/grid", tags=["reports"])


@router.get(
    "/reports.geojson",
    **reads("report.read", FeaturesOut, "list_report_points"),
    responses={200: {"content": {MEDIA: {}}}},
)
async def list_report_points(
    reading: Reading,
    pages: Pages,
    status: Annotated[list[Status] | None, Query()] = None,
    category: Category | None = None,
    urgency: Urgency | None = None,
    awaiting: Awaiting | None = None,
    subcategory: Code = None,
    level: Level | None = None,
    finder: Finder | None = None,
    organisation: Code = None,
    duplicate_of: UUID | None = None,
    reported_from: Day | None = None,
    reported_to: Day | None = None,
    overdue: bool | None = None,
    suspicious: bool | None = None,
    datum: Datum = Datum.WGS84,
) -> Response:
    """The list of reports as points of a map, page by page. A sensitive one stands at the centroid of the grid where it
    was reported (`position`: `GRID_CENTROID`), whoever asks; for partner agencies every one does."""
    told: dict[str, Any] = {"subcategory": subcategory, "level": level}
    told |= {"organisation": organisation, "duplicate_of": duplicate_of}
    conditions = queries.matching(status, category, urgency, awaiting, **told)
    conditions += queries.reported(reported_from, reported_to)
    conditions += [queries.found_by(finder, reading.caller)]
    conditions += [queries.overdue(overdue, datetime.now(UTC)), queries.doubtful(suspicious)]
    page = await reading.page(REPORTS, PointLine, pages, *conditions)
    return await as_features(reading.runtime, page, datum, told=is_told_of(reading.caller))
