from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.whole_tables import Imported, import_rows
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.organisations import operations, queries
from services.grid.organisations.queries import ORGANISATIONS
from services.grid.organisations.schemas import KIND, OrganisationLine, OrganisationsIn

router = APIRouter(prefix="/v1/grid/organisations", tags=["organisations"])


@router.put("/import", **reads("area.import", Imported, "import_organisations"))
async def import_organisations(
    body: OrganisationsIn, runtime: RuntimeDep, caller: CallerDep
) -> Imported:
    """Register or change organisations, parents first; an equal import changes nothing. The first row that
    is refused is named; what fits is kept, and the import can be repeated."""
    return await import_rows(runtime, caller, operations.items(body.rows))


@router.get("", **reads("area.read", Page[OrganisationLine], "list_grid_organisations"))
async def list_organisations(
    reading: Reading, pages: Pages, kind: Annotated[str | None, Query(pattern=KIND)] = None
) -> Response:
    """Organisations with their history."""
    return await reading.page(ORGANISATIONS, OrganisationLine, pages, queries.of_kind(kind))
