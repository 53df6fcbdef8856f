"""What a report is filled with from a body: checked, its people sealed, its position as it was received."""

from collections.abc import Sequence
from typing import Any

from services.chassis.deadlines.calendar import local_day
from services.chassis.operation import Call
from services.grid.reports.content.row import ReportParty
from services.grid.reports.content.schemas import DescribeIn, ReportPartyIn
from services.grid.reports.models import Report
from services.grid.reports.queries import Places
from services.grid.reports.schemas import ReportIn


def content_of(body: ReportIn, given: Places, call: Call) -> dict[str, Any]:
    """The fields of a new report. A clue, an accusation and an anonymous report are sensitive, for good."""
    day = local_day(call.at)
    is_clue = given.subcategories.is_clue(body.category, body.subcategory, day)
    position = given.positions.received(body.position, body.area_code, call)
    return {
        "subcategory": body.subcategory,
        "details": body.details,
        "parties": sealed(body.parties, call),
        "position": position,
        "suspicions": position.suspicions if position else [],
        "anonymous": body.anonymous,
        "sensitive": body.anonymous or body.accuses or is_clue,
    }


def changed_by(report: Report, body: DescribeIn, call: Call) -> dict[str, Any]:
    """What the body says takes the place of what was said; the rest stays."""
    told = {
        "subcategory": body.subcategory or report.subcategory,
        "place": body.place or report.place,
        "details": report.details | body.details,
    }
    return told if body.parties is None else told | {"parties": sealed(body.parties, call)}


def sealed(parties: Sequence[ReportPartyIn], call: Call) -> list[ReportParty]:
    return [
        ReportParty(
            person=call.people.seal(name=party.name, phone=party.phone),
            phone=party.phone is not None,
        )
        for party in parties
    ]
