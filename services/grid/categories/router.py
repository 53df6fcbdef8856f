from datetime import UTC, datetime

from fastapi import APIRouter

from services.chassis.deadlines.calendar import local_day
from services.chassis.http.reads import reads
from services.chassis.http.whole_tables import Imported
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.areas.schemas import Day
from services.grid.categories import queries
from services.grid.categories.models import Subcategory
from services.grid.categories.schemas import CategoriesOut, SubcategoriesIn
from services.grid.configured import fixing, put_rows

router = APIRouter(prefix="/v1/grid/categories", tags=["categories"])


@router.get("", **reads("report.read", CategoriesOut, "list_report_categories"))
async def list_report_categories(runtime: RuntimeDep, on: Day | None = None) -> CategoriesOut:
    """Categories of reports, with the fields that `details` of a report may have and must, and the subcategories of
    the day `on` (today if absent): those that a report of that day may name."""
    return await queries.catalogue(runtime.database, on or local_day(datetime.now(UTC)))


@router.put("/import", **reads("category.manage", Imported, "import_report_subcategories"))
async def import_report_subcategories(
    body: SubcategoriesIn, runtime: RuntimeDep, caller: CallerDep
) -> Imported:
    """Enter or change subcategories, all rows or none; an equal import changes nothing. Reports keep the code that
    they were given, which stays a clue or none."""
    return await put_rows(runtime, caller, Subcategory, body.rows, fixing("clue"))
