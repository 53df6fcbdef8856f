"""The tables by which clocks run and positions are judged: what is in force where and when, and what is to be."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from services.chassis.http.reads import reads
from services.chassis.http.whole_tables import Imported
from services.chassis.runtime import CallerDep, RuntimeDep, inline
from services.grid.errands.limits import ErrandLimit
from services.grid.key_persons.models import VisitFrequency
from services.grid.limits import schemas
from services.grid.limits.queries import Asked, asked, listed, put
from services.grid.limits.schemas import Rows, Versions
from services.grid.positions.models import PositionLimit
from services.grid.reports.clocks.limits import HandlingRule, TimeLimit

router = APIRouter(prefix="/v1/grid", tags=["limits"])
AskedDep = Annotated[Asked, Depends(inline(asked))]


def _table(
    name: str, model: type[Any], told: Any, shown: Any, *, read: str, holds: str, change: str
) -> None:
    """Two routes: who has the permission `read` sees the versions of a table, who configures limits adds to them."""
    path, list_name, import_name = f"/{name.replace('_', '-')}", f"list_{name}", f"import_{name}"
    listing, importing = Versions[shown], Rows[told]

    @router.get(path, name=list_name, description=holds, **reads(read, listing, list_name))
    async def list_versions(runtime: RuntimeDep, asked: AskedDep) -> Any:
        return await listed(runtime.database, model, shown, asked)

    @router.put(
        f"{path}/import",
        name=import_name,
        description=change,
        **reads("limit.configure", Imported, import_name),
    )
    async def import_versions(
        body: importing,  # type: ignore[valid-type]
        runtime: RuntimeDep,
        caller: CallerDep,
    ) -> Imported:
        return await put(runtime, caller, model, body.rows)  # type: ignore[attr-defined]


_table(
    "time_limits",
    TimeLimit,
    schemas.TimeLimitIn,
    schemas.TimeLimitOut,
    read="report.read",
    holds="时限: how long the clocks of reports may run, by urgency.",
    change="Set time limits from a later day on, all rows or none. A clock keeps the limit that it began with.",
)
_table(
    "handling_rules",
    HandlingRule,
    schemas.HandlingRuleIn,
    schemas.HandlingRuleOut,
    read="report.read",
    holds="The numbers by which reports are handled.",
    change="Set numbers from a later day on, all rows or none. What was closed before goes by those of its day.",
)
_table(
    "errand_limits",
    ErrandLimit,
    schemas.ErrandLimitIn,
    schemas.ErrandLimitOut,
    read="errand.read",
    holds="By when errands are promised, and how long copies of papers are kept.",
    change="Set limits of errands from a later day on, all rows or none. What was promised stays promised.",
)
_table(
    "visit_frequencies",
    VisitFrequency,
    schemas.VisitFrequencyIn,
    schemas.VisitFrequencyOut,
    read="keyperson.read",
    holds="走访频次: every how many days key persons are visited, by class and level.",
    change="Set frequencies from a later day on, all rows or none. They hold from the next visit or regrading on.",
)
_table(
    "position_limits",
    PositionLimit,
    schemas.PositionLimitIn,
    schemas.PositionLimitOut,
    read="report.read",
    holds="定位要求: how accurate, how fresh and how near a position must be to prove anything.",
    change="Set limits of positions from a later day on, all rows or none. What was judged before stays as it was judged.",
)
