"""A visit (走访) of a linked household: who may enter it, and whether it fulfils the week's duty. Pure."""

from collections.abc import Container, Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.chassis.errors import Conflict, Forbidden, Invalid
from services.chassis.identity.caller import Caller
from services.contracts.codes_people import VisitMode
from services.grid.policy import OFFICES


class Status(StrEnum):
    RECORDED = "RECORDED"  # 已登记
    VOIDED = "VOIDED"  # 已作废


class Step(StrEnum):
    CORRECT = "correct"
    VOID = "void"


STEPS: dict[tuple[Status, Step], Status] = {
    (Status.RECORDED, Step.CORRECT): Status.RECORDED,
    (Status.RECORDED, Step.VOID): Status.VOIDED,
}


class StepNotAllowed(Conflict):
    def __init__(self, status: Status, step: Step) -> None:
        super().__init__(
            f"当前状态 {status} 不允许执行 {step}。", f"Cannot {step} a visit that is {status}."
        )


class NotLinked(Forbidden):
    """Nobody learns from it whether there is such a household."""

    zh = "您在该时间不是此户的联系人。"
    en = "You are not linked with this household at that time."
    pointer = "/household_id"


class NotYours(Forbidden):
    zh = "只有走访人本人或所在区域的指挥室可以更正。"
    en = "Only who made the visit may correct it, or an office of its area."


class OccasionUnknown(Invalid):
    def __init__(self, place: int) -> None:
        super().__init__(
            "“四必到四必访”表中没有该情形。",
            "No such occasion in the table.",
            pointer=f"/occasions/{place}",
        )


class Link(NamedTuple):
    """Who is linked with a household, by the account under which they sign in, from when until when."""

    id: UUID
    member_id: UUID
    account: str
    since_on: date
    until_on: date | None
    area_code: str


def after(status: Status, step: Step) -> Status:
    """The status that `step` leads to, or `StepNotAllowed`."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise StepNotAllowed(status, step) from None


def link_of(links: Iterable[Link], subject: str, day: date) -> Link:
    """The link by which `subject` visits on `day`, or `NotLinked`."""
    for link in links:
        begun, over = link.since_on <= day, link.until_on is not None and link.until_on <= day
        if link.account == subject and begun and not over:
            return link
    raise NotLinked


def fulfils(mode: VisitMode, by_phone: bool) -> bool:
    """Whether it meets the weekly duty: in person always, by telephone where that will do, and never where nobody
    was met."""
    match mode:
        case VisitMode.IN_PERSON:
            return True
        case VisitMode.PHONE:
            return by_phone
        case VisitMode.NOT_MET:
            return False


def will_do_by_phone(tags: Sequence[str], by_phone: Container[str]) -> bool:
    """Where a tag of the household says that it is away."""
    return any(tag in by_phone for tag in tags)


def require_occasions(occasions: Sequence[str], known: Container[str]) -> None:
    for place, occasion in enumerate(occasions):
        if occasion not in known:
            raise OccasionUnknown(place)


def require_own_or_office(caller: Caller, subject: str, recorded_by: str, area_code: str) -> None:
    office = caller.covers(area_code) and caller.roles & OFFICES
    if not office and subject != recorded_by:
        raise NotYours
