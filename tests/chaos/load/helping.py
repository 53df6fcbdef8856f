"""Lives of what else the grid keeps: households, who visits them and who takes them over, errands, tasks."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from jinding.demo.synthetic import synthetic_mobile
from services.grid.tasks.issuing import item_id
from tests.chaos.load.inventing import Inventor, instant
from tests.chaos.load.lives import BUREAU, Life, Step

MUST_VISIT = "PUBLIC_OPINION"
"""A report of it that names a household has the household's member go there (`visit_occasion`)."""
MATTER = "CHAOS-CHECK"
FORGOTTEN, HANDED = 0.15, 0.15
"""How often an original is not returned, and how often a new link is handed over at once."""
TRIPS = {"resident_trips": 0, "member_trips": 2}
FORM = [{"code": "seen", "label": "是否查看", "kind": "YES_NO"}]


def member(inventor: Inventor, account: str) -> Step:
    number, grid = next(inventor.numbers), inventor.grid()
    identity = {"name": inventor.name(), "phone": synthetic_mobile(number)}
    body = {"area_code": grid, "identity": identity, "account": account, "kind": "RED"}
    return Step("register_member", inventor.new_id(), {**body, "grids": [grid]})


def admitted(inventor: Inventor) -> Step:
    body = {"area_code": "330703", "code": MATTER, "name": "安全检查", "name_en": "Check"}
    return Step("admit_matter", inventor.new_id(), {**body, "valid_from": "2020-01-01"})


def household(inventor: Inventor, id_: UUID, member_id: UUID | None) -> Step:
    head = {"name": inventor.name(), "phone": synthetic_mobile(next(inventor.numbers))}
    linked = {"member_id": str(member_id)} if member_id else {}
    return Step("register_household", id_, {"area_code": inventor.grid(), "head": head, **linked})


def moving(inventor: Inventor, home: Step) -> Step:
    """By another clerk than who links it, so never written in one run with that: of a link that goes on in another grid
    on its first day one row would be written, where the check counts two."""
    to = inventor.random.choice([g for g in inventor.slow if g != home.body["area_code"]])
    return Step("move_household", home.id, {"area_code": to}, by="second")


def visited(inventor: Inventor) -> Life:
    """A report has the household visited; another visit is corrected, and one is voided."""
    id_, report = inventor.new_id(), inventor.new_id()
    told = inventor.report(report, inventor.grid(), MUST_VISIT)
    about = {"household_id": str(id_)}
    visits = [inventor.new_id() for _ in range(3)]
    modes = ("IN_PERSON", "PHONE", "NOT_MET")
    steps = [
        household(inventor, id_, inventor.members[0]),
        told._replace(body={**told.body, **about}),
        *(
            Step("record_visit", visit, {**about, "mode": mode})
            for visit, mode in zip(visits, modes, strict=True)
        ),
        Step("correct_visit", visits[1], {"mode": "IN_PERSON"}),
        Step("void_visit", visits[2], {"reason": "登记错误"}, by="second"),
        Step("change_household", id_, {"member_count": 4}),
    ]
    return Life(steps)


def handed_over(inventor: Inventor) -> Life:
    """Linked with two, it moves; one of them may hand over all that is theirs."""
    id_, (one, other, third) = inventor.new_id(), inventor.random.sample(inventor.members[2:], 3)
    link = {"member_id": str(other), "is_primary": False}
    home = household(inventor, id_, one)
    steps = [
        home,
        Step("link_household", id_, link),
        moving(inventor, home),
        handing(inventor, one, third),
    ]
    return Life(steps if inventor.random.random() < HANDED else steps[:-1])


def handing(inventor: Inventor, giver: UUID, taker: UUID) -> Step:
    told = {"from_member": str(giver), "to_member": str(taker)}
    return Step("hand_over_links", inventor.new_id(), told)


def linking(id_: UUID, member_id: UUID, turn: int = 0) -> Step:
    return Step("link_household", id_, {"member_id": str(member_id)}, turn=turn)


def obtained(inventor: Inventor) -> Life:
    """Two departments are asked, one of which answers itself; it does not end before an original is back."""
    id_ = inventor.new_id()
    filed = {"department": BUREAU, "window": "综合窗口", "matter": "农民建房审批"}
    paper = {"kind": "HOUSEHOLD_REGISTER", "form": "ORIGINAL"}
    steps = [
        *_taken_on(inventor, id_),
        Step("authorise_errand", id_, {"signed": "SIGNATURE"}),
        Step("start_errand", id_),
        Step("take_paper", id_, paper),
        Step("file_errand", id_, filed),
        Step("file_errand", id_, filed, turn=1),
        Step("answer_errand", id_, {"window_no": 1, "result": "GRANTED"}, by="bureau"),
        Step("answer_errand", id_, {"window_no": 2, "result": "NOT_NEEDED"}, turn=1),
        Step("obtain_errand", id_, {"document": "农民建房施工牌"}),
        Step("deliver_errand", id_, {**TRIPS, "signed": "SIGNATURE"}),
        Step("return_paper", id_, {"paper_no": 1, "signed": "SIGNATURE"}),
        Step("close_errand", id_),
    ]
    if inventor.random.random() < FORGOTTEN:
        steps = [step for step in steps if step.operation != "return_paper"]
    return Life(steps)


def settled(inventor: Inventor) -> Life:
    """It ends without a document, or not at all."""
    id_, note = inventor.new_id(), {"note": "已上门说明办理途径"}
    ends = [
        Step("settle_errand", id_, {**TRIPS, **note, "outcome": "DIFFICULTY_RESOLVED"}),
        Step("give_up_errand", id_, {**note, "reason": "NOT_ELIGIBLE", "route": "PETITION"}),
        Step("withdraw_errand", id_),
    ]
    return Life([*_taken_on(inventor, id_), inventor.random.choice(ends)])


def late_errand(inventor: Inventor) -> Life:
    """What was promised is due about now."""
    id_, due = inventor.new_id(), inventor.about_now()
    at = {"occurred_at": instant(due - timedelta(minutes=11))}
    submit, accept = _taken_on(inventor, id_)
    promised = {**at, "promised_by": instant(due)}
    return Life([submit._replace(body={**submit.body, **at}), accept._replace(body=promised)])


def tasked(inventor: Inventor) -> Life:
    """Done, sent back, done again."""
    order = inventor.new_id()
    due = datetime.now(UTC) + timedelta(days=3)
    first, second = item_id(order, 1), item_id(order, 2)
    told = {"answers": {"seen": True}}
    steps = [
        _ordered(inventor, order, due_at=instant(due)),
        *(Step(f"{step}_task", first) for step in ("read", "start")),
        Step("submit_task", first, told),
        Step("reject_task", first, {"opinion": "请补充情况"}, by="second"),
        Step("start_task", first, turn=1),
        Step("submit_task", first, told, turn=1),
        Step("accept_task", first, by="second"),
        Step("read_task", second),
    ]
    return Life(steps)


def late_task(inventor: Inventor) -> Life:
    """Its reminder and its deadline pass about now."""
    due = inventor.about_now()
    at, remind = (instant(due - timedelta(minutes=m)) for m in (20, 5))
    told = {"occurred_at": at, "remind_at": remind, "due_at": instant(due)}
    return Life([_ordered(inventor, inventor.new_id(), **told)])


def _taken_on(inventor: Inventor, id_: UUID) -> list[Step]:
    who = {"name": inventor.name(), "phone": synthetic_mobile(next(inventor.numbers))}
    body = {"area_code": inventor.grid(), "matter": "CERTIFICATE", "title": "代办建房审批"}
    return [Step("submit_errand", id_, {**body, "applicant": who}), Step("accept_errand", id_)]


def _ordered(inventor: Inventor, id_: UUID, **told: Any) -> Step:
    targets = [
        {"kind": "GRID", "area_code": grid} for grid in inventor.random.sample(inventor.slow, 2)
    ]
    body = {"area_code": "330703", "admission_item": MATTER, "title": "检查", "form": FORM}
    return Step("issue_task_order", id_, {**body, "targets": targets, **told})


PEOPLE: Sequence[Callable[[Inventor], Life]] = (visited, visited, handed_over)
ERRANDS: Sequence[Callable[[Inventor], Life]] = (obtained, settled, late_errand)
TASKS: Sequence[Callable[[Inventor], Life]] = (tasked, tasked, late_task)
