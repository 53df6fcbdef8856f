"""What a report that was delivered to an organisation is about: told for a purpose, and put on record."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from starlette.responses import Response

from services.chassis.audit import Action, Entry
from services.chassis.errors import NotFound, Unavailable
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item
from services.chassis.privacy.reveal import NEVER_KEPT
from services.chassis.runtime import Runtime
from services.chassis.unit import load_rows
from services.grid.reports.handling.operations import receive_report
from services.grid.reports.handling.schemas import DetailsOut, ReceiveIn
from services.grid.reports.models import Report
from services.grid.reports.queries import visible
from services.grid.reports.rules import NotAssignedToYou

TOLD = ("description", "place", "title")


async def fetch(runtime: Runtime, caller: Caller, id: UUID, body: ReceiveIn) -> Response:
    """The organisation has received it from now on, unless it had already, or nothing is told; who asked and what
    for is recorded before the answer."""
    (result,) = await runtime.unit.run([Item(receive_report, id, body)], caller)
    if isinstance(result, Unavailable):
        raise result
    statement = select(Report).where(col(Report.id) == id, visible(caller))
    async with runtime.database.transaction() as connection:
        report = (await connection.run_sync(load_rows, statement)).get(id)
        if report is None:
            raise NotFound
        if caller.organisation not in {report.organisation, *report.assisting} - {None}:
            raise NotAssignedToYou
        told = Entry(Action.REVEALED, "report", id, report.area_code, TOLD, body.purpose)
        await runtime.audit.record(connection, caller, told)
    headers = NEVER_KEPT | {"ETag": f'"{report.version}"'}
    out = DetailsOut.of(report).model_dump_json()
    return Response(out, media_type="application/json", headers=headers)
