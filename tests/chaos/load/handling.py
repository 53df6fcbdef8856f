"""Lives of reports past the plain one: what levels, organisations, whoever verifies and whoever reported do."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from tests.chaos.load.inventing import MATTERS, Inventor, instant
from tests.chaos.load.lives import BUREAU, Life, Person, Step

HALL = "330703-environment"
"""Assists where the bureau leads."""
REASON = {"reason": "情况复杂，需要协调"}
ANSWER = {"answer": "请按原分工办理"}
DONE = {"opinion": "已现场处置完毕"}


def office_of(grid: str) -> str:
    return f"{grid[:9]}-office"


def accepted(inventor: Inventor, grid: str, id_: UUID) -> list[Step]:
    report = inventor.report(id_, grid, inventor.random.choice(MATTERS))
    return [report, Step("accept_report", id_)]


def closed(id_: UUID, turn: int = 0) -> list[Step]:
    """Verified and closed by who has not handled it."""
    return [Step(f"{step}_report", id_, by="second", turn=turn) for step in ("verify", "close")]


def self_handled(inventor: Inventor) -> Life:
    """Closed within the grid; who is asked is not satisfied, so it is opened again."""
    id_, unhappy = inventor.new_id(), {"satisfied": False, "score": 2}
    steps = [
        inventor.report(id_, inventor.grid(), inventor.random.choice(MATTERS)),
        Step("self_handle_report", id_, DONE),
        Step("evaluate_report", id_, unhappy, by="second"),
        Step("call_back_report", id_, {"findings": "已电话回访，同意重新办理"}),
        Step("reopen_report", id_, REASON),
        Step("resolve_report", id_, DONE),
        *closed(id_),
        Step("reopen_report", id_, REASON, turn=1),
        Step("resolve_report", id_, DONE, turn=1),
        *closed(id_, 1),
    ]
    return Life(steps)


def checked(inventor: Inventor) -> Life:
    """Closed within the grid; of the sample, some fail their check and are handled again."""
    id_ = inventor.new_id()
    result = inventor.random.choice(("pass", "fail"))
    steps = [
        inventor.report(id_, inventor.grid(), inventor.random.choice(MATTERS)),
        Step("self_handle_report", id_, DONE),
        Step(f"{result}_report_self_check", id_, {"findings": "已到现场查看"}, by="second"),
        Step("resolve_report", id_, DONE),
        *closed(id_),
    ]
    return Life(steps)


def escalated(inventor: Inventor) -> Life:
    """Up before it is accepted, and down again; up once more, where its deadline is set anew."""
    id_, grid = inventor.new_id(), inventor.grid()
    demand = {"demand": "限期办结并报告", "due_at": instant(datetime.now(UTC) + timedelta(days=3))}
    report, accept = accepted(inventor, grid, id_)
    steps = [
        report,
        Step("escalate_report", id_, REASON),
        Step("send_down_report", id_, REASON),
        accept,
        Step("escalate_report", id_, REASON, turn=1),
        Step("take_up_report", id_),
        Step("reset_report_deadline", id_, {**REASON, "allowance": "5wd"}),
        Step("supervise_report", id_, demand),
        Step("assign_report", id_, {"organisation": office_of(grid)}),
        Step("describe_report", id_, {"place": "村口桥边"}),
        Step("start_report", id_),
        Step("resolve_report", id_, DONE),
        *closed(id_),
    ]
    return Life(steps)


def transferred(inventor: Inventor) -> Life:
    """The bureau says that it is no matter of its own; it is another's then, or stays with it."""
    id_, grid = inventor.new_id(), inventor.grid()
    lead = {"organisation": BUREAU, "assisting": [HALL]}
    steps = [
        *accepted(inventor, grid, id_),
        Step("assign_report", id_, lead),
        Step("receive_report", id_, {"purpose": "核实处置责任"}, by="bureau"),
        Step("request_report_transfer", id_, REASON, by="bureau"),
    ]
    if inventor.random.random() < 0.5:
        steps += [
            Step("grant_report_transfer", id_, {"organisation": office_of(grid)}),
            Step("start_report", id_),
            Step("resolve_report", id_, DONE),
            *closed(id_),
        ]
    else:
        steps += [
            Step("refuse_report_transfer", id_, ANSWER),
            Step("start_report", id_, by="bureau"),
            Step("resolve_report", id_, DONE, by="bureau"),
            *closed(id_),
        ]
    return Life(steps)


def assisted(inventor: Inventor) -> Life:
    """The bureau helps, or does not."""
    id_, grid = inventor.new_id(), inventor.grid()
    lead = {"organisation": office_of(grid), "assisting": [BUREAU]}
    joins = Step("join_report", id_, by="bureau")
    declines = Step("decline_report", id_, REASON, by="bureau")
    steps = [
        *accepted(inventor, grid, id_),
        Step("assign_report", id_, lead),
        inventor.random.choice((joins, declines)),
        Step("start_report", id_),
        Step("resolve_report", id_, DONE),
        *closed(id_),
    ]
    return Life(steps)


def suspended(inventor: Inventor) -> Life:
    """Its clock stands still for a while, is longer once, and it is sent back to be done better."""
    id_, grid = inventor.new_id(), inventor.grid()
    steps = [
        *accepted(inventor, grid, id_),
        Step("assign_report", id_, {"organisation": office_of(grid)}),
        Step("start_report", id_),
        *_asked("suspension", id_, REASON, "refuse_report_suspension", ANSWER),
        *_asked("suspension", id_, REASON, "suspend_report", turn=1),
        Step("resume_report", id_),
        *_asked("extension", id_, {**REASON, "allowance": "1wd"}, "grant_report_extension"),
        Step("resolve_report", id_, DONE),
        Step("rework_report", id_, REASON, by="second"),
        Step("resolve_report", id_, DONE, turn=1),
        *closed(id_),
    ]
    return Life(steps)


def merged(inventor: Inventor) -> Life:
    """Some tell of one matter; each of them is credited once, and it goes on as one report."""
    ids, grid = [inventor.new_id() for _ in range(4)], inventor.grid()
    matter = inventor.random.choice(MATTERS)
    people: Sequence[Person] = inventor.random.choices(("first", "second"), k=len(ids))
    told = [inventor.report(id_, grid, matter) for id_ in ids]
    master, *others = ids
    steps = [
        *(report._replace(by=by) for report, by in zip(told, people, strict=True)),
        *(merging(id_, master) for id_ in others),
        Step("accept_report", master),
        Step("cancel_report", master, {"reason": "INVALID"}),  # not while others are merged
        Step("cancel_report", master, {"reason": "OUT_OF_SCOPE"}, turn=1),
    ]
    return Life(steps[: inventor.random.choice((-3, -2, -1, len(steps)))])


def merging(id_: UUID, master: UUID, by: Person = "second", turn: int = 0) -> Step:
    return Step("merge_report", id_, {"master": str(master)}, by, turn)


def _asked(
    what: str,
    id_: UUID,
    body: dict[str, str],
    decision: str,
    answer: Mapping[str, str] = MappingProxyType({}),
    turn: int = 0,
) -> list[Step]:
    """Nobody decides on a request of their own."""
    asks = Step(f"request_report_{what}", id_, body, turn=turn)
    return [asks, Step(decision, id_, answer, "second", turn)]


LIVES: Sequence[Callable[[Inventor], Life]] = (
    self_handled,
    checked,
    escalated,
    transferred,
    assisted,
    suspended,
    merged,
)
