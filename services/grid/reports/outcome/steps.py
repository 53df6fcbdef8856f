"""Steps that end a report, and what may follow. Each changes the row and returns the event."""

from datetime import datetime

from services.contracts import grid_reports as contract
from services.contracts.codes_grid import CloseKind, EvaluatedBy, SelfCheck
from services.grid.reports.clocks.archive import Ending, archived_from
from services.grid.reports.clocks.ledger import Started
from services.grid.reports.conditions import require_timely
from services.grid.reports.handling.children import Evaluation
from services.grid.reports.lifecycle import Step
from services.grid.reports.models import Report


def self_handle(
    report: Report, opinion: str, *, sampled: bool, ending: Ending, by: str, at: datetime
) -> contract.ReportSelfHandled:
    """自办自结: a member has dealt with it and closes it. Of a `sampled` one a check is due."""
    report.check(Step.SELF_HANDLE, by)
    report.require_closable(has_result=True)
    report.take(Step.SELF_HANDLE, by)
    report.stop_clocks("accept", at=at)
    report.handled(by)
    report.over(ending, at=at)
    report.opinion, report.resolved_at, report.close_kind = opinion, at, CloseKind.SELF
    report.self_check = SelfCheck.DUE if sampled else None
    return contract.ReportSelfHandled(
        **report.facts(at),
        status=report.status,
        close_kind=report.close_kind,
        resolved_at=at,
        closed_at=at,
        self_check=report.self_check,
    )


def self_check(
    report: Report, failed: Started | None, text: str, *, by: str, at: datetime
) -> contract.ReportSelfChecked:
    """抽查, by somebody else. One that `failed` is open again, as a matter of its level, with that deadline."""
    step = Step.FAIL_SELF_CHECK if failed else Step.PASS_SELF_CHECK
    report.take(step, by)
    report.self_check = SelfCheck.FAILED if failed else SelfCheck.PASSED
    report.say(step, text, by=by, at=at)
    if failed:
        _open_again(report, failed, at)
        report.rework_count += 1
    return contract.ReportSelfChecked(
        **report.facts(at),
        status=report.status,
        self_check=report.self_check,
        close_kind=report.close_kind,
        accepted_at=report.accepted_at,
        closed_at=report.closed_at,
        resolve_due_at=report.resolve_due_at,
        rework_count=report.rework_count,
    )


def rework(report: Report, reason: str, *, by: str, at: datetime) -> contract.ReportReworked:
    """核查不通过: back to its handlers. The deadline stays."""
    report.take(Step.REWORK, by)
    report.stop_clocks("verify", at=at)
    report.resolved_at = None
    report.rework_count += 1
    report.say(Step.REWORK, reason, by=by, at=at)
    return contract.ReportReworked(
        **report.facts(at), status=report.status, rework_count=report.rework_count
    )


def reopen(
    report: Report, reason: str, clock: Started, *, by: str, at: datetime
) -> contract.ReportReopened:
    """重新办理, within the days that the configuration allows, with a deadline of its own."""
    report.check(Step.REOPEN, by)
    require_timely(report, Step.REOPEN, at)
    report.take(Step.REOPEN, by)
    _open_again(report, clock, at)
    report.reopenings += 1
    report.say(Step.REOPEN, reason, by=by, at=at)
    return contract.ReportReopened(
        **report.facts(at),
        status=report.status,
        reopenings=report.reopenings,
        accepted_at=report.accepted_at,
        resolve_due_at=report.resolve_due_at,
    )


def evaluate(
    report: Report,
    satisfied: bool,
    score: int | None,
    comment: str,
    *,
    by: str,
    at: datetime,
) -> contract.ReportEvaluated:
    """评价, by the reporter or, by telephone, by the centre. An unsatisfied one makes a call-back due."""
    report.take(Step.EVALUATE, by)
    new = Evaluation(by=by, at=at, satisfied=satisfied, score=score, comment=comment)
    report.evaluations = [*report.evaluations, new]
    own = by == report.reporter
    report.evaluated_by = EvaluatedBy.REPORTER if own else EvaluatedBy.CENTRE
    report.satisfied, report.evaluated_at, report.called_back_at = satisfied, at, None
    return contract.ReportEvaluated(
        **report.facts(at),
        status=report.status,
        satisfied=satisfied,
        evaluated_by=report.evaluated_by,
        evaluated_at=at,
    )


def call_back(report: Report, text: str, *, by: str, at: datetime) -> contract.ReportCalledBack:
    """回访: what whoever was unsatisfied said, and what was answered."""
    report.take(Step.CALL_BACK, by)
    *before, last = report.evaluations
    told = {"called_back_by": by, "called_back_at": at, "call_back": text}
    report.evaluations = [*before, last.model_copy(update=told)]
    report.called_back_at = at
    return contract.ReportCalledBack(**report.facts(at), status=report.status)


def archive(report: Report, *, by: str, at: datetime) -> contract.ReportArchived:
    """归档: from now on nothing of it changes."""
    report.check(Step.ARCHIVE, by)
    require_timely(report, Step.ARCHIVE, at)
    report.take(Step.ARCHIVE, by)
    report.archived_at = at
    return contract.ReportArchived(**report.facts(at), status=report.status, archived_at=at)


def archive_in_time(report: Report, *, by: str, at: datetime) -> contract.ReportArchived | None:
    """归档 by the clock, as of when it was due; None where `at` it is not, or no longer."""
    due = archived_from(report)
    if due is None or due > at:
        return None
    report.occurred_at = due  # other clocks leave it alone, but this is a step
    return archive(report, by=by, at=due)


def _open_again(report: Report, clock: Started, at: datetime) -> None:
    """As a matter that was taken on; what was said of its outcome stays on record."""
    report.lapse(at)
    report.start_clock(clock)
    report.accepted_at = report.accepted_at or at
    report.closed_at = report.resolved_at = report.verified_at = None
    report.close_kind = report.reopen_until = report.archive_due_at = None
