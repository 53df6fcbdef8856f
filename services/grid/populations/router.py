from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.whole_tables import Imported, import_rows
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.populations import operations, queries
from services.grid.populations.queries import POPULATIONS
from services.grid.populations.schemas import PopulationLine, PopulationsIn

router = APIRouter(prefix="/v1/grid/populations", tags=["populations"])


@router.put("/import", **reads("area.import", Imported, "import_populations"))
async def import_populations(
    body: PopulationsIn, runtime: RuntimeDep, caller: CallerDep
) -> Imported:
    """Tell or correct how many live where, year by year; an equal import changes nothing. Dashboards then show rates
    of inhabitants and of households; where nothing is told they show none."""
    return await import_rows(runtime, caller, operations.items(body.rows))


@router.get("", **reads("area.read", Page[PopulationLine], "list_populations"))
async def list_populations(
    reading: Reading, pages: Pages, year: Annotated[int | None, Query(ge=1949, le=2199)] = None
) -> Response:
    """How many live where, by whose figures."""
    return await reading.page(POPULATIONS, PopulationLine, pages, queries.of_year(year))
