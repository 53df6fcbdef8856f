from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.chassis.errors import Refusal
from services.contracts import grid as contract
from services.contracts.codes_grid import Category, Finder, Level, Urgency
from services.grid.reports.clocks.archive import Ending
from services.grid.reports.lifecycle import Status, Step, StepNotAllowed
from services.grid.reports.models import Report
from services.grid.reports.rules import (
    HandledByCase,
    NotTheReporter,
    OnlyWithdrawal,
    VerifierIsHandler,
)
from tests.grid.people import ELSEWHERE, GRID, both
from tests.support.limits import EVERY_DAY, NO_YEAR, started
from tests.support.people import DISTRICT, RED_MEMBER, TOWNSHIP

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
DUE = AT + timedelta(days=7)
AGAIN = started("accept", AT)
WEEK = started("resolve", AT)
REPORTER = RED_MEMBER.subject


def make_report(status: Status = Status.REPORTED, **facts: Any) -> Report:
    report = Report(
        **{
            "id": UUID(int=1),
            "number": "GE1",
            "status": status,
            "area_code": GRID,
            "correlation_id": UUID(int=1),
            "category": Category.ENVIRONMENT,
            "urgency": Urgency.NORMAL,
            "finder": Finder.RED_MEMBER,
            "title": "",
            "description": "",
            "place": "",
            "reporter": REPORTER,
            "reported_at": AT,
            "occurred_at": AT,
            **facts,
        }
    )
    report.start_clock(started("accept", AT, "48h"))
    if report.accepted_at:
        report.stop_clocks("accept", at=AT)
        report.start_clock(WEEK)
    return report


def clocks(report: Report) -> dict[str, tuple[datetime | None, ...]]:
    return {kind: times for kind, *rest in report.clocks() for times in [tuple(rest)]}


@pytest.mark.parametrize(
    ("starter", "resolver"), [("anna", "anna"), ("anna", "bert"), ("bert", "anna")]
)
def test_none_of_those_who_handled_it_verifies(starter: str, resolver: str) -> None:
    report = make_report(Status.ASSIGNED, organisation="330703-enforcement")
    report.start(by=starter, at=AT)
    report.resolve("已清理", started("verify", AT), by=resolver, at=AT)
    assert report.handlers == list(dict.fromkeys([starter, resolver]))
    for handler in {starter, resolver}:
        with pytest.raises(VerifierIsHandler):
            report.verify(by=handler, at=AT)
    assert (report.status, report.verified_at) == (Status.RESOLVED, None)
    report.verify(by="clara", at=AT)
    assert report.verified_at == AT


def test_a_dispute_is_handled_by_its_case() -> None:
    report = make_report(Status.ACCEPTED, category=Category.DISPUTE)
    with pytest.raises(HandledByCase):
        report.assign("330703-enforcement", started("sign", AT), by="office", at=AT)
    event = report.resolve_by_case(started("verify", AT), by="svc:disputes", at=AT)
    assert (event.by_case, report.handlers) == (True, ["svc:disputes"])
    with pytest.raises(VerifierIsHandler):
        report.verify(by="svc:disputes", at=AT)


def test_only_the_reporter_reports_again() -> None:
    report = make_report(Status.RETURNED, returned_at=AT, description="先前")
    with pytest.raises(NotTheReporter):
        report.resubmit("改写", AGAIN, by="somebody", at=AT)
    assert (report.status, report.description) == (Status.RETURNED, "先前")
    report.resubmit("补充", AGAIN, by=REPORTER, at=AT)
    assert (report.description, report.accept_due_at) == ("补充", DUE)


@pytest.mark.parametrize("status", [Status.REPORTED, Status.RETURNED])
def test_the_reporter_withdraws(status: Status) -> None:
    report = make_report(status)
    with pytest.raises(OnlyWithdrawal):
        report.cancel("DUPLICATE", by=REPORTER, at=AT, step=Step.WITHDRAW)
    with pytest.raises(NotTheReporter):
        report.cancel("WITHDRAWN", by="somebody", at=AT, step=Step.WITHDRAW)
    assert (report.status, report.cancelled_at) == (status, None)
    event = report.cancel("WITHDRAWN", by=REPORTER, at=AT, step=Step.WITHDRAW)
    assert (event.reason, report.status, report.cancelled_at) == ("WITHDRAWN", "CANCELLED", AT)


def test_an_accepted_report_is_withdrawn_no_more() -> None:
    with pytest.raises(StepNotAllowed):
        make_report(Status.ACCEPTED).cancel("WITHDRAWN", by=REPORTER, at=AT, step=Step.WITHDRAW)


def test_an_office_cancels_also_what_it_reported_itself() -> None:
    own = make_report(Status.ACCEPTED, reporter=TOWNSHIP.subject)
    assert own.cancelling(TOWNSHIP) is Step.CANCEL
    assert own.cancelling(both(TOWNSHIP, DISTRICT)) is Step.CANCEL
    away = make_report(reporter=ELSEWHERE.subject)
    assert away.cancelling(ELSEWHERE) is Step.WITHDRAW
    assert away.cancelling(RED_MEMBER) is Step.CANCEL  # and is refused, being of no office


def test_the_accept_clock_stops_while_returned_and_starts_afresh() -> None:
    report = make_report()
    report.return_("地点不清", by="office", at=AT)
    assert clocks(report)["accept"][1] == AT
    assert report.overdue("accept", at=AT) is None
    event = report.resubmit("补充", AGAIN, by=REPORTER, at=AT)
    assert (event.accept_due_at, clocks(report)) == (DUE, {"accept": (DUE, None, None)})


def test_acceptance_stops_one_clock_and_starts_the_other() -> None:
    report = make_report()
    report.accept(WEEK, by="office", at=AT)
    assert clocks(report)["accept"][1] == AT
    assert clocks(report)["resolve"] == (DUE, None, None)


@pytest.mark.parametrize("last", ["close", "cancel"])
def test_an_end_stops_the_resolve_clock(last: str) -> None:
    ended = AT + timedelta(days=1)
    facts = {"accepted_at": AT}
    if last == "close":
        report = make_report(Status.VERIFIED, **facts)
        report.close(Ending(DUE, DUE), by="office", at=ended)
    else:
        report = make_report(Status.ACCEPTED, **facts)
        report.cancel("INVALID", by="office", at=ended)
    assert clocks(report)["resolve"] == (DUE, ended, None)
    assert report.overdue("resolve", at=DUE) is None


def test_a_deadline_passes_once() -> None:
    report = make_report(Status.ACCEPTED, accepted_at=AT)
    assert report.overdue("accept", at=DUE) is None
    event = report.overdue("resolve", at=DUE)
    assert event is not None
    assert (event.clock, event.occurred_at, report.resolve_overdue_at) == ("resolve", DUE, DUE)
    assert report.overdue("resolve", at=DUE) is None


def test_a_deadline_is_set_only_where_it_is_owed_and_not_known() -> None:
    report = make_report()
    assert report.set_deadline("accept", EVERY_DAY, at=AT) is None
    report.accept(started("resolve", AT, "7wd", (), NO_YEAR), by="office", at=AT)
    assert report.is_undated("resolve")
    assert report.set_deadline("resolve", NO_YEAR, at=DUE) is None
    event = report.set_deadline("resolve", EVERY_DAY, at=DUE)
    assert event is not None
    assert (event.clock, event.due_at) == ("resolve", report.resolve_due_at)
    assert report.resolve_due_at == datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert report.set_deadline("resolve", EVERY_DAY, at=DUE) is None


def test_events_tell_what_others_need_and_no_more() -> None:
    given = dict.fromkeys(("title", "description", "place"), "张三门口")
    facts = {"id": UUID(int=7), "number": "GE7", "area_code": GRID, "reported_at": AT}
    report, event = Report.report(
        started("accept", AT),
        **facts,
        **given,
        category=Category.WORK_SAFETY,
        urgency=Urgency.URGENT,
        finder=Finder.RED_MEMBER,
        enterprise_id=UUID(int=3),
        reporter=REPORTER,
    )
    common = {"area_code": GRID, "correlation_id": UUID(int=7)}
    told = {
        "category": Category.WORK_SAFETY,
        "urgency": Urgency.URGENT,
        "finder": Finder.RED_MEMBER,
        "enterprise_id": UUID(int=3),
    }
    reported = common | told | {"occurred_at": AT, "number": "GE7", "accept_due_at": DUE}
    reported |= {"level": Level.TOWNSHIP, "household_id": None, "subcategory": None}
    reported["told_apart"] = False
    assert event.model_dump() == reported
    later = AT + timedelta(hours=1)
    accepted = report.accept(started("resolve", later, "7wd", (), NO_YEAR), by="office", at=later)
    assert accepted.model_dump() == common | told | {"occurred_at": later, "resolve_due_at": None}
    assigned = report.assign("330703-enforcement", started("sign", later), by="office", at=later)
    assert assigned.model_dump() == common | {
        "occurred_at": later,
        "organisation": "330703-enforcement",
        "assisting": [],
        "sign_due_at": later + timedelta(hours=168),
    }
    report.occurred_at = later
    assert isinstance(report.snapshot(), contract.ReportSnapshot)
    assert report.snapshot().organisation == "330703-enforcement"


def test_a_refused_step_changes_nothing() -> None:
    report = make_report(Status.CLOSED, closed_at=AT)
    before = dict(vars(report))
    by: dict[str, Any] = {"by": "somebody", "at": DUE}
    steps: list[Callable[[], Any]] = [
        lambda: report.return_("x", **by),
        lambda: report.resubmit("x", AGAIN, **by),
        lambda: report.accept(WEEK, **by),
        lambda: report.assign("x", AGAIN, **by),
        lambda: report.start(**by),
        lambda: report.resolve("x", AGAIN, **by),
        lambda: report.resolve_by_case(AGAIN, **by),
        lambda: report.verify(**by),
        lambda: report.close(Ending(DUE, DUE), **by),
        lambda: report.cancel("INVALID", **by),
    ]
    for step in steps:
        with pytest.raises(Refusal):
            step()
    assert vars(report) == before
