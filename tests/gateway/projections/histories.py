"""Histories of reports, made by the rows themselves."""

from collections.abc import Container, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.contracts.codes_grid import Category, Finder, Urgency
from services.contracts.event import Event
from services.contracts.grid import ReportSnapshot
from services.gateway.projections.fold import Fact
from services.gateway.projections.registry import BY_TOPIC
from services.grid.reports.clocks.archive import Ending
from services.grid.reports.clocks.ledger import Started
from services.grid.reports.clocks.limits import Limits
from services.grid.reports.models import Report
from tests.gateway.projections.handled import ASSISTS, LEAD, MOVES
from tests.support.limits import EVERY_DAY, NO_YEAR, rule, started

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
GRIDS = ("330703105291001", "330703105291002", "330703101201001")
STEPS = ["return", "resubmit", "accept", "assign", "start", "resolve", "by_case", "verify", "close"]
STEPS += ["DUPLICATE", "WITHDRAWN", "accept overdue", "resolve overdue"]
STEPS += ["accept for an unknown year", "deadline set"]
BY_CLOCK = ("overdue", "set", "warn")
REPORTS = BY_TOPIC[ReportSnapshot.topic]

Moves = Sequence[tuple[int, str, int]]
"""(which report, step, hours since the move before)"""

moves: st.SearchStrategy[Moves] = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from([*STEPS, *MOVES]), st.integers(0, 400)),
    max_size=40,
)


def verifying(report: Report, at: datetime) -> Started:
    limits = Limits([rule("verify", "48h")], EVERY_DAY)
    return limits.resolved(Urgency.NORMAL, report.area_code, report.accepted_at, at)


def step(report: Report, name: str, at: datetime) -> Event | None:
    by: dict[str, Any] = {"by": "somebody", "at": at}
    if name in MOVES:
        return MOVES[name](report, at)
    match name:
        case "return":
            return report.return_("补充照片", **by)
        case "resubmit":
            return report.resubmit("已补充", started("accept", at, "24h"), **by)
        case "accept" | "accept for an unknown year":
            undated = name != "accept"
            clock = ("7wd", (), NO_YEAR) if undated else ("168h", (80,))
            return report.accept(started("resolve", at, *clock), **by)
        case "assign":
            return report.assign(LEAD, started("sign", at, "24h"), (ASSISTS,), **by)
        case "start":
            return report.start(**by)
        case "resolve":
            return report.resolve("已清理", verifying(report, at), **by)
        case "by_case":
            return report.resolve_by_case(verifying(report, at), **by)
        case "verify":
            return report.verify(by="somebody-else", at=at)
        case "close":
            return report.close(Ending(at + timedelta(days=15), at + timedelta(days=15)), **by)
        case "accept overdue":
            return report.overdue("accept", at=report.accept_due_at or at)
        case "resolve overdue":
            return report.overdue("resolve", at=report.resolve_due_at or at)
        case "deadline set":
            return report.set_deadline("resolve", EVERY_DAY, at=at)
    return report.cancel(name, **by)


class History:
    """Three reports, of which some may be `sensitive`: every event as a fact, and each row's own snapshot after it."""

    def __init__(self, moves: Moves, epoch: int = 1, sensitive: Container[int] = ()) -> None:
        self.epoch, self.facts, self.snapshots = epoch, list[Fact](), list[Fact]()
        self.sensitive = sensitive
        self.rows = [self._reported(number) for number in range(3)]
        at = START
        for which, name, hours in moves:
            at += timedelta(hours=hours)
            self._move(self.rows[which], name, at)

    @property
    def last(self) -> dict[tuple[str, UUID], Fact]:
        return {fact.key: fact for fact in self.snapshots}

    def _reported(self, number: int) -> Report:
        row, event = Report.report(
            started("accept", START, "24h"),
            id=UUID(int=number + 1),
            number=f"GE{number}",
            area_code=GRIDS[number],
            category=Category.DISPUTE if number == 2 else Category.ENVIRONMENT,
            urgency=Urgency.NORMAL,
            finder=Finder.RED_MEMBER,
            title="",
            description="扬尘严重",
            place="",
            reporter="somebody",
            reported_at=START,
            sensitive=number in self.sensitive,
        )
        self._record(row, event)
        return row

    def _move(self, row: Report, name: str, at: datetime) -> None:
        try:
            event = step(row, name, at)
        except Refusal:
            return
        if event:
            self._record(row, event, by_clock=name.endswith(BY_CLOCK) and name != "reset")

    def _record(self, row: Report, event: Event, *, by_clock: bool = False) -> None:
        row.version += 1
        if not by_clock:
            row.occurred_at = max(event.occurred_at, row.occurred_at or event.occurred_at)
        self.facts.append(Fact(REPORTS, row.id, self.epoch, row.version, event))
        self.snapshots.append(Fact(REPORTS, row.id, self.epoch, row.version, row.snapshot()))
