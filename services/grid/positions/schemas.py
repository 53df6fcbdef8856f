from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.operation import When
from services.contracts.codes_outreach import Datum
from services.grid.areas.models import Centroid
from services.grid.positions.models import Position
from services.grid.positions.rules import Fix, Limit, Point, distance_m, suspicions


class PositionIn(BaseModel):
    """What the device tells of where it is. `accuracy_m`: radius in metres. `mock`: the system says that an
    application feeds the position. `captured_at`: the instant of the fix, not of sending."""

    model_config = ConfigDict(extra="forbid")

    lng: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    datum: Datum
    accuracy_m: float = Field(ge=0, le=1_000_000, allow_inf_nan=False)
    mock: bool = False
    captured_at: When

    def received(
        self, at: datetime, of: datetime, limit: Limit, middle: Centroid | None
    ) -> Position:
        """With what speaks against it. A middle of another datum tells nothing of how far away it is."""
        away = None
        if middle:
            here, there = (Point(p.lng, p.lat, p.datum) for p in (self, middle))
            away = distance_m(here, there)
        fix = Fix(self.captured_at, at, of, self.accuracy_m, self.mock, away or 0)
        return Position(**self.model_dump(), received_at=at, suspicions=suspicions(fix, limit))
