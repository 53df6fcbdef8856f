from fastapi import APIRouter
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.whole_tables import Imported, import_rows
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.micro_grids import operations
from services.grid.micro_grids.queries import MICRO_GRIDS
from services.grid.micro_grids.schemas import MicroGridLine, MicroGridsIn

router = APIRouter(prefix="/v1/grid/micro-grids", tags=["areas"])


@router.put("/import", **reads("area.import", Imported, "import_micro_grids"))
async def import_micro_grids(
    body: MicroGridsIn, runtime: RuntimeDep, caller: CallerDep
) -> Imported:
    """Register or change micro-grids; an equal import changes nothing. The first row that is refused is named; what
    fits is kept, and the import can be repeated."""
    return await import_rows(runtime, caller, operations.items(body.rows))


@router.get("", **reads("area.read", Page[MicroGridLine], "list_micro_grids"))
async def list_micro_grids(reading: Reading, pages: Pages) -> Response:
    """Micro-grids with their history; `area` names the grid, or an area above it."""
    return await reading.page(MICRO_GRIDS, MicroGridLine, pages)
