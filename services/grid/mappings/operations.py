"""Taking over reports of another system: each is one record, however often it is told."""

import hashlib
from datetime import datetime

from services.chassis.deadlines.calendar import local_day
from services.chassis.operation import Call, Done, Item, Numbering, operation
from services.grid.mappings.models import follow, taken_over
from services.grid.mappings.queries import Foreign, foreign
from services.grid.mappings.rules import report_id, require_past, require_times
from services.grid.mappings.schemas import ForeignReport, ForeignReportIn
from services.grid.reports.lifecycle import Status
from services.grid.reports.models import Report
from services.grid.reports.queries import REPORTS

KEPT = (
    "area_code",
    "urgency",
    "finder",
    "title",
    "description",
    "place",
    "reported_at",
    "source",
    "external_id",
)


def number_of(body: ForeignReportIn, _: datetime) -> Numbering:
    return Numbering("GE", body.area_code[:9], local_day(body.reported_at))


@operation(REPORTS, permission="report.import", puts=True, given=foreign, number=number_of)
def import_report(
    report: Report | None, body: ForeignReportIn, given: Foreign, call: Call
) -> Done[Report] | None:
    """Take over a report of another system, or what has become of it there. Its codes are read as the table says."""
    meaning = given.codes.meaning(body.source, body.category_code, body.status_code)
    told_at = {name: getattr(body, name) for name in ("reported_at", "accepted_at", "closed_at")}
    require_past(call.recorded_at, **told_at)
    require_times(meaning.status, body.reported_at, body.accepted_at, body.closed_at)
    status = Status(meaning.status)
    limits, closed = given.places.limits, body.closed_at if status is Status.CLOSED else None
    due = limits.ending(body.area_code, closed).archive_due_at if closed else None
    if report is not None:
        event = follow(report, status, body.accepted_at, body.closed_at, due, at=call.at)
        return Done(report, event) if event else None
    day = local_day(body.reported_at)
    given.places.require_area(body.area_code, day)
    is_clue = given.subcategories.is_clue(meaning.category, meaning.subcategory, day)
    told = "accept", body.urgency, body.area_code, body.reported_at
    ended = body.closed_at or call.at
    return Done(
        *taken_over(
            status,
            limits.started(*told) if status is Status.REPORTED else None,
            at=call.at,
            id=call.id,
            number=call.number,
            category=meaning.category,
            subcategory=meaning.subcategory,
            sensitive=is_clue,
            reporter=call.subject,
            accepted_at=body.accepted_at if status is Status.CLOSED else None,
            closed_at=closed,
            archive_due_at=due,
            cancelled_at=ended if status is Status.CANCELLED else None,
            **{name: getattr(body, name) for name in KEPT},
        )
    )


def items(source: str, rows: list[ForeignReport]) -> list[Item]:
    """An equal row is an equal request."""
    return [_item(ForeignReportIn(**row.model_dump(), source=source)) for row in rows]


def _item(told: ForeignReportIn) -> Item:
    digest = hashlib.sha256(told.model_dump_json().encode()).hexdigest()
    key = f"{told.source}/{told.external_id}/{digest[:32]}"
    return Item(import_report, report_id(told.source, told.external_id), told, key)
