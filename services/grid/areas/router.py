from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.whole_tables import Imported, import_rows
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.areas import operations, queries
from services.grid.areas.queries import AREAS
from services.grid.areas.schemas import CODE, AreaLine, AreasIn

router = APIRouter(prefix="/v1/grid/areas", tags=["areas"])


@router.put("/import", **reads("area.import", Imported, "import_areas"))
async def import_areas(body: AreasIn, runtime: RuntimeDep, caller: CallerDep) -> Imported:
    """Register or change areas, parents first; an equal import changes nothing. The first row that is
    refused is named; what fits is kept, and the import can be repeated."""
    return await import_rows(runtime, caller, operations.items(body.rows))


@router.get("", **reads("area.read", Page[AreaLine], "list_areas"))
async def list_areas(
    reading: Reading, pages: Pages, parent: Annotated[str | None, Query(pattern=CODE)] = None
) -> Response:
    """Areas with their history."""
    return await reading.page(AREAS, AreaLine, pages, queries.under(parent))
