from typing import Annotated

from fastapi import APIRouter, Query

from services.chassis.http.reads import reads
from services.chassis.http.whole_tables import Imported
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.configured import put_rows
from services.grid.mappings import operations, queries
from services.grid.mappings.importing import import_foreign
from services.grid.mappings.models import SourceCode
from services.grid.mappings.schemas import ForeignReportsIn, SourceCodesIn, SourceCodesOut

router = APIRouter(prefix="/v1/grid", tags=["reports of other systems"])


@router.get("/source-codes", **reads("report.import", SourceCodesOut, "list_report_source_codes"))
async def list_report_source_codes(
    runtime: RuntimeDep, source: Annotated[str | None, Query(max_length=40)] = None
) -> SourceCodesOut:
    """What the codes of other systems mean here."""
    return await queries.table(runtime.database, source)


@router.put(
    "/source-codes/import",
    **reads("category.manage", Imported, "import_report_source_codes", conflicts=False),
)
async def import_report_source_codes(
    body: SourceCodesIn, runtime: RuntimeDep, caller: CallerDep
) -> Imported:
    """Enter or change what codes mean, all rows or none. What was taken over before keeps its meaning."""
    return await put_rows(runtime, caller, SourceCode, body.rows)


@router.put("/foreign-reports/import", **reads("report.import", Imported, "import_foreign_reports"))
async def import_foreign_reports(
    body: ForeignReportsIn, runtime: RuntimeDep, caller: CallerDep
) -> Imported:
    """Take over reports of another system (平安浙江). An equal file changes nothing; the first row that is refused is
    named with its column, what fits is kept, and the import can be repeated."""
    rows = operations.items(body.source, body.rows)
    return await import_foreign(runtime, caller, rows, body.import_batch)
