"""What positions are judged by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import driver
from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.calendar_table import recent
from services.chassis.effective import in_force
from services.chassis.errors import Unavailable
from services.chassis.operation import Call
from services.grid.areas.queries import Centroids, centroid_on, centroids
from services.grid.areas.rules import GRID_DIGITS
from services.grid.positions.models import Position
from services.grid.positions.rules import Limit
from services.grid.positions.schemas import PositionIn


class PositionLimitMissing(Unavailable):
    zh = "未配置定位要求。"
    en = "No limits for positions are configured."


@dataclass(frozen=True)
class Provenance:
    """The limits in force, and where the grids named lie."""

    limits: Sequence[Limit]
    grids: Centroids

    def limit(self, area_code: str, day: date) -> Limit:
        found = in_force(self.limits, area_code, day)
        if found is None:
            raise PositionLimitMissing
        return found

    def received(self, told: PositionIn | None, area_code: str, call: Call) -> Position | None:
        """As it is kept: with what speaks against its being where and when the call says that something was."""
        if told is None:
            return None
        day = local_day(call.at)
        limit, middle = self.limit(area_code, day), centroid_on(self.grids, area_code, day)
        return told.received(call.recorded_at, call.at, limit, middle)


async def provenance(connection: AsyncConnection, codes: Iterable[str]) -> Provenance:
    """`codes`: of the areas for which positions are told; only grids have a middle near all of them."""
    grids = {code for code in codes if len(code) == GRID_DIGITS}
    found = await centroids(connection, grids) if grids else {}
    return Provenance(await recent(connection, _limits), found)


async def _limits(connection: AsyncConnection) -> list[Limit]:
    raw = await driver(connection)
    rows = await raw.fetch(f"select {', '.join(Limit._fields)} from position_limit")
    return [Limit(*row) for row in rows]
