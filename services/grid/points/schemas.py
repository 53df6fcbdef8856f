from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from services.contracts.codes_grid import Category, Urgency
from services.contracts.codes_outreach import PointKind
from services.grid.positions.models import Position
from services.grid.reports.lifecycle import Status


class PointLine(BaseModel):
    """What is read of a report to show where it is."""

    id: UUID
    number: str
    status: Status
    area_code: str
    category: Category
    subcategory: str | None
    urgency: Urgency
    reported_at: datetime
    position: Position | None
    sensitive: bool


class PointOut(BaseModel):
    type: Literal["Point"] = "Point"
    coordinates: tuple[float, float]


class PropertiesOut(BaseModel):
    """Of a report; `position`: what the point is; `is_doubtful`: something speaks against its exact position."""

    number: str
    status: Status
    area_code: str
    category: Category
    subcategory: str | None
    urgency: Urgency
    reported_at: datetime
    position: PointKind
    is_doubtful: bool


class FeatureOut(BaseModel):
    type: Literal["Feature"] = "Feature"
    id: UUID
    geometry: PointOut
    properties: PropertiesOut


class FeaturesOut(BaseModel):
    """GeoJSON (RFC 7946). `omitted`: how many reports of this page have no point that may be shown: none was told, it
    refers to another datum, or the report is sensitive and its grid has no centroid. `next`: the cursor of the following page."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[FeatureOut]
    omitted: int
    next: str | None
