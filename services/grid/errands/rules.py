"""An errand (代办): its lifecycle, its papers, and whose authorisation it rests on. Pure.

Law: 个人信息保护法 art. 31 (of whom is not yet 14 the guardian decides), art. 47 (what has served its purpose goes).
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.chassis.errors import Conflict, Forbidden, Invalid
from services.chassis.identity.caller import Caller
from services.contracts.codes_errands import Authoriser, PaperForm
from services.grid.policy import MEMBERS, OFFICES, VILLAGE

GUARDED_UNTIL, GROWN_UP = 14, 18


class Status(StrEnum):
    SUBMITTED = "SUBMITTED"  # 已提出
    ACCEPTED = "ACCEPTED"  # 已受理
    AUTHORISED = "AUTHORISED"  # 已授权
    IN_PROGRESS = "IN_PROGRESS"  # 办理中
    OBTAINED = "OBTAINED"  # 已办得
    DELIVERED = "DELIVERED"  # 已送达
    CLOSED = "CLOSED"  # 已办结
    WITHDRAWN = "WITHDRAWN"  # 已撤回
    IMPOSSIBLE = "IMPOSSIBLE"  # 无法办理


class Step(StrEnum):
    ACCEPT = "accept"
    AUTHORISE = "authorise"
    START = "start"
    FILE = "file"
    ANSWER = "answer"
    TAKE_PAPER = "take_paper"
    RETURN_PAPER = "return_paper"
    OBTAIN = "obtain"
    DELIVER = "deliver"
    CLOSE = "close"
    SETTLE = "settle"
    WITHDRAW = "withdraw"
    GIVE_UP = "give_up"


_S = Status
_BEFORE = (_S.ACCEPTED, _S.AUTHORISED)
_AT_WORK = (*_BEFORE, _S.IN_PROGRESS)
_OPEN = (_S.SUBMITTED, *_AT_WORK)
STEPS: dict[tuple[Status, Step], Status] = {
    (_S.SUBMITTED, Step.ACCEPT): _S.ACCEPTED,
    (_S.ACCEPTED, Step.AUTHORISE): _S.AUTHORISED,
    (_S.IN_PROGRESS, Step.AUTHORISE): _S.IN_PROGRESS,
    **{(status, Step.START): _S.IN_PROGRESS for status in _BEFORE},
    (_S.IN_PROGRESS, Step.FILE): _S.IN_PROGRESS,
    (_S.IN_PROGRESS, Step.ANSWER): _S.IN_PROGRESS,
    (_S.IN_PROGRESS, Step.OBTAIN): _S.OBTAINED,
    (_S.OBTAINED, Step.DELIVER): _S.DELIVERED,
    (_S.DELIVERED, Step.CLOSE): _S.CLOSED,
    **{(status, Step.SETTLE): _S.CLOSED for status in _AT_WORK},
    **{(status, Step.TAKE_PAPER): status for status in _AT_WORK},
    **{(status, Step.RETURN_PAPER): status for status in (*_AT_WORK, _S.OBTAINED, _S.DELIVERED)},
    **{(status, Step.WITHDRAW): _S.WITHDRAWN for status in _OPEN},
    **{(status, Step.GIVE_UP): _S.IMPOSSIBLE for status in _OPEN},
}


class StepNotAllowed(Conflict):
    def __init__(self, status: Status, step: Step) -> None:
        super().__init__(
            f"当前状态 {status} 不允许执行 {step}。", f"Cannot {step} an errand that is {status}."
        )


class OriginalNotReturned(Conflict):
    """H1: an original is somebody's property; nothing ends before it is back and signed for."""

    def __init__(self, papers: Sequence[int]) -> None:
        told = ", ".join(map(str, papers))
        super().__init__(
            f"原件尚未归还并签收（第 {told} 份）。",
            f"An original was not returned and signed for: paper {told}.",
        )


class AuthorisationMissing(Conflict):
    """H5: nobody acts for somebody else at a window without it."""

    zh = "代为办理须先登记授权（签名或电子同意）。"
    en = "To act for somebody needs their recorded authorisation, by signature or electronic consent."


class AlreadyAuthorised(Conflict):
    """What an errand rests on is not written over."""

    zh = "授权已登记，不能再次登记。"
    en = "The authorisation is on record already."


class AgeContradicted(Invalid):
    """By the number the applicant decides for themselves: nobody else may."""

    zh = "按公民身份号码，申请人已满十四周岁。"
    en = "By the ID number the applicant is 14 or older."
    pointer = "/under_14"


class GuardianMissing(Invalid):
    zh = "申请人不满十四周岁，须填写监护人（个人信息保护法第三十一条）。"
    en = "The applicant is not yet 14: a guardian must be named (PIPL, art. 31)."
    pointer = "/guardian"


class GuardianTooYoung(Invalid):
    zh = "监护人须年满十八周岁。"
    en = "A guardian is 18 or older."
    pointer = "/guardian/resident_id"


class GuardianDecides(Invalid):
    zh = "申请人不满十四周岁，须由监护人授权（个人信息保护法第三十一条）。"
    en = "The applicant is not yet 14: the guardian authorises (PIPL, art. 31)."
    pointer = "/by"


class NobodysGuardian(Invalid):
    zh = "该代办没有登记监护人。"
    en = "No guardian is named in this errand."
    pointer = "/by"


class PromiseInThePast(Invalid):
    zh = "承诺时间须晚于受理时间。"
    en = "The time promised lies after the acceptance."
    pointer = "/promised_by"


class DepartmentUnknown(Invalid):
    zh = "该部门当日不存在。"
    en = "There is no such department on that day."
    pointer = "/department"


class PaperUnknown(Invalid):
    zh = "没有该份材料，或已归还。"
    en = "There is no such paper, or it was returned already."
    pointer = "/paper_no"


class NotInCharge(Forbidden):
    zh = "只有承办人，或所在区域的网格长、村社和指挥室可以这样做。"
    en = "Only who is in charge of the errand may do this, or a leader or office of its area."


class NotYourWindow(Forbidden):
    zh = "该环节不属于您所在的部门。"
    en = "This window is not of your department."


class NotYours(Forbidden):
    zh = "只有提出人、承办人或所在区域的机构可以撤回。"
    en = "Only who submitted it, who is in charge or an office of its area withdraws it."


def after(status: Status, step: Step) -> Status:
    """The status that `step` leads to, or `StepNotAllowed`."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise StepNotAllowed(status, step) from None


def is_under_14(resident_id: str | None, said: bool, day: date) -> bool:
    """By the number, where it is known, which what was `said` must not contradict; else as was said."""
    if resident_id is None:
        return said
    found = is_younger(resident_id, GUARDED_UNTIL, day)
    if said and not found:
        raise AgeContradicted
    return found


def is_younger(resident_id: str, years: int, day: date) -> bool:
    return f"{day.year - years}{day:%m%d}" < resident_id[6:14]


def require_authoriser(by: Authoriser, *, under_14: bool, has_guardian: bool) -> None:
    if by is Authoriser.GUARDIAN and not has_guardian:
        raise NobodysGuardian
    if under_14 and by is not Authoriser.GUARDIAN:
        raise GuardianDecides


def require_authorised(authorisation: object, form: PaperForm = PaperForm.ORIGINAL) -> None:
    """Nobody files for another, nor holds their original, without it; a copy may come before."""
    if form is PaperForm.ORIGINAL and authorisation is None:
        raise AuthorisationMissing


def require_papers_back(papers: Sequence[Any]) -> None:
    """Every original handed over is returned, and was signed for."""
    out = [
        number
        for number, paper in enumerate(papers, 1)
        if paper.form is PaperForm.ORIGINAL and not (paper.returned_at and paper.signed)
    ]
    if out:
        raise OriginalNotReturned(out)


def require_promise(promised_by: datetime, at: datetime) -> None:
    if promised_by <= at:
        raise PromiseInThePast


def leads(caller: Caller, area_code: str) -> bool:
    return bool(caller.covers(area_code) and caller.roles & (OFFICES | VILLAGE))


def require_in_charge(caller: Caller, area_code: str, handler: str | None) -> None:
    """Who accepted it, or who leads there; before it is accepted any member of the place."""
    free = handler is None and caller.covers(area_code) and caller.roles & MEMBERS
    if caller.subject != handler and not free and not leads(caller, area_code):
        raise NotInCharge
