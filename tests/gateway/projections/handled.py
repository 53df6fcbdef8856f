"""The steps of a report besides its way from reported to closed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.contracts.event import Event
from services.grid.duplicates.steps import merge
from services.grid.reports.clocks.archive import Ending
from services.grid.reports.content.steps import describe
from services.grid.reports.handling import steps as handling
from services.grid.reports.lifecycle import Step
from services.grid.reports.models import Report
from services.grid.reports.outcome import steps as outcome
from tests.support.limits import EVERY_DAY, started

LEAD, OTHER, ASSISTS = "330703-enforcement", "330703-planning", "330703-market-supervision"
MASTER = UUID(int=7)
DUST = {"subcategory": "DUST", "place": "桥头", "details": {"medium": "AIR"}}
DAY = timedelta(days=1)
Move = Callable[[Report, datetime], Event | None]


def at_(at: datetime, **more: Any) -> dict[str, Any]:
    return {"by": "somebody", "at": at, **more}


def counted(at: datetime, **more: Any) -> dict[str, Any]:
    return at_(at, calendar=EVERY_DAY, **more)


def asked(at: datetime, **more: Any) -> dict[str, Any]:
    return counted(at, **more) | {"by": "handler"}


def checked(report: Report, at: datetime, *, failed: bool) -> Event:
    clock = started("resolve", at) if failed else None
    return outcome.self_check(report, clock, "已抽查", by="checker", at=at)


def warned(report: Report, _: datetime) -> Event | None:
    clock = next((c for c in report.clocks() if c.due_at and not c.stopped_at), None)
    return report.overdue(clock.kind, at=clock.due_at) if clock and clock.due_at else None


MOVES: dict[str, Move] = {
    "describe": lambda r, at: describe(r, DUST, is_clue=False, **at_(at)),
    "merge": lambda r, at: merge(r, MASTER, credited=True, **at_(at)),
    "escalate": lambda r, at: handling.escalate(r, "须上级协调", None, **at_(at)),
    "take up": lambda r, at: handling.take_up(r, **at_(at)),
    "send down": lambda r, at: handling.send_down(r, "属乡镇职责", **at_(at)),
    "receive": lambda r, at: handling.answer(r, Step.RECEIVE, LEAD, **at_(at)),
    "join": lambda r, at: handling.answer(r, Step.JOIN, ASSISTS, **at_(at)),
    "decline": lambda r, at: handling.answer(r, Step.DECLINE, ASSISTS, "无关", **at_(at)),
    "ask transfer": lambda r, at: handling.request(
        r, Step.REQUEST_TRANSFER, "不属职责", **asked(at)
    ),
    "transfer": lambda r, at: handling.transfer(
        r, OTHER if r.organisation == LEAD else LEAD, started("sign", at), **counted(at)
    ),
    "refuse transfer": lambda r, at: handling.decide(
        r, Step.REFUSE_TRANSFER, "属其职责", **counted(at)
    ),
    "ask extension": lambda r, at: handling.request(
        r, Step.REQUEST_EXTENSION, "须勘察", **asked(at, allowance="48h")
    ),
    "extend": lambda r, at: handling.decide(r, Step.GRANT_EXTENSION, None, **counted(at)),
    "refuse extension": lambda r, at: handling.decide(
        r, Step.REFUSE_EXTENSION, "时间足够", **counted(at)
    ),
    "ask suspension": lambda r, at: handling.request(
        r, Step.REQUEST_SUSPENSION, "等待司法鉴定", **asked(at)
    ),
    "suspend": lambda r, at: handling.decide(r, Step.SUSPEND, None, **counted(at)),
    "refuse suspension": lambda r, at: handling.decide(
        r, Step.REFUSE_SUSPENSION, "不必等待", **counted(at)
    ),
    "resume": lambda r, at: handling.resume(r, **counted(at)),
    "reset": lambda r, at: handling.reset_deadline(r, "72h", "重新核定", **counted(at)),
    "supervise": lambda r, at: handling.supervise(r, "限期办结", at + DAY, **at_(at)),
    "self handle": lambda r, at: outcome.self_handle(
        r, "已清理", sampled=True, ending=Ending(at + 15 * DAY, at + 15 * DAY), **at_(at)
    ),
    "pass check": lambda r, at: checked(r, at, failed=False),
    "fail check": lambda r, at: checked(r, at, failed=True),
    "rework": lambda r, at: outcome.rework(r, "未清理完", by="checker", at=at),
    "satisfied": lambda r, at: outcome.evaluate(r, True, 5, "", by="reporter", at=at),
    "unsatisfied": lambda r, at: outcome.evaluate(r, False, 1, "太慢", by="reporter", at=at),
    "call back": lambda r, at: outcome.call_back(r, "已说明", **at_(at)),
    "reopen": lambda r, at: outcome.reopen(r, "又出现", started("resolve", at), **at_(at)),
    "archive": lambda r, at: outcome.archive(r, **at_(at)),
    "archive overdue": lambda r, at: outcome.archive_in_time(r, by="svc:clock", at=at),
    "warn": warned,
}

AFTERWARDS = [
    "self handle",
    "fail check",
    "resolve",
    "rework",
    "ask suspension",
    "suspend",
    "resume",
]
AFTERWARDS += ["resolve", "verify", "close", "unsatisfied", "call back", "reopen", "supervise"]
AFTERWARDS += ["resolve", "verify", "close", "satisfied"]
ESCALATED = ["escalate", "send down", "accept", "escalate", "take up", "reset", "assign", "receive"]
ESCALATED += ["decline", "ask transfer", "transfer", "start", "ask extension", "extend", "warn"]
WHOLE = [(1, name, 1) for name in AFTERWARDS] + [(1, "archive", 24 * 16)]
WHOLE = [*[(0, name, 1) for name in ("describe", *ESCALATED)], *WHOLE]
"""Every one of these steps, of one report and another."""
