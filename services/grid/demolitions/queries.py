"""Who sees which demolitions, and the filters of their list."""

from sqlalchemy import ColumnElement, or_, true
from sqlmodel import col

from services.chassis.attachments.declared import Files
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Noun
from services.contracts.codes_outreach import DemolitionMode
from services.grid.demolitions.models import Demolition
from services.grid.demolitions.rules import Status
from services.grid.demolitions.schemas import DemolitionOut


def visible(caller: Caller) -> ColumnElement[bool]:
    """Those of one's areas, and those that one recorded."""
    if caller.is_job:
        return true()
    inside = within(col(Demolition.area_code), caller.areas)
    return or_(inside, col(Demolition.recorded_by) == caller.subject)


DEMOLITIONS: Noun[Demolition] = Noun(
    "demolition",
    Demolition,
    visible,
    lambda row, caller, allowed: DemolitionOut.of(
        row, allowed if caller.covers(row.area_code) else []
    ),
    files=Files(read="demolition.read", withdraw="demolition.void"),
)


def matching(
    status: list[Status] | None, mode: DemolitionMode | None, campaign: str | None
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    return [
        col(Demolition.status).in_(status) if status else None,
        col(Demolition.mode) == mode if mode else None,
        col(Demolition.campaign) == campaign if campaign else None,
    ]
