"""Links between members and households: one primary link a household, and nothing lost in a handover. Pure."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from pydantic import BaseModel

from services.chassis.errors import Conflict, Invalid


class PrimaryTaken(Conflict):
    zh = "该户已有主联系人，请先结束或移交。"
    en = "The household has a primary link already: end it or hand it over."
    pointer = "/is_primary"


class LinkedAlready(Conflict):
    zh = "该网格员已联系此户。"
    en = "This member is linked with the household already."
    pointer = "/member_id"


class NoSuchTie(Conflict):
    zh = "该联系关系不存在或已结束。"
    en = "There is no such link, or it has ended."
    pointer = "/tie_id"


class MemberUnknown(Invalid):
    zh = "没有该网格员，或其不在您的职责范围内。"
    en = "No such member, or outside your scope."
    pointer = "/member_id"


class MemberNotInService(Conflict):
    zh = "该网格员在该时间不在岗。"
    en = "The member is not in service at that time."
    pointer = "/member_id"


class SameMember(Invalid):
    zh = "移交的对象须是另一名网格员。"
    en = "Links are handed over to another member."
    pointer = "/to_member"


class NothingToHandOver(Conflict):
    zh = "该网格员没有联系户可移交。"
    en = "The member has no links to hand over."
    pointer = "/from_member"


class BothLinked(Conflict):
    """Whose the household is would not be clear: the lesser link is ended first."""

    zh = "双方均已联系其中的同一户，请先结束其一。"
    en = "Both are linked with one of the households: end one of the links first."
    pointer = "/to_member"


class BeforeItBegan(Invalid):
    zh = "日期早于联系关系的开始日期。"
    en = "The day lies before the link began."
    pointer = "/occurred_at"


class Tie(BaseModel):
    """A household's bond to whoever visits it: begun with `member_id`, perhaps handed on since."""

    id: UUID
    member_id: UUID
    is_primary: bool
    since_on: date
    until_on: date | None = None


class Held(BaseModel):
    """An open link: who holds it now, and since when."""

    tie_id: UUID
    household_id: UUID
    member_id: UUID
    is_primary: bool
    since_on: date


def tied(ties: Sequence[Tie], new: Tie, held: Sequence[Held]) -> list[Tie]:
    """The ties with one more; at no time two primary ones, nor one member twice."""
    if new.is_primary and any(_beyond(tie, new.since_on) for tie in ties if tie.is_primary):
        raise PrimaryTaken
    if any(link.member_id == new.member_id for link in held):
        raise LinkedAlready
    return [*ties, new]


def untied(ties: Sequence[Tie], tie_id: UUID, day: date, held: Sequence[Held]) -> list[Tie]:
    """The ties, of which one ended on `day`."""
    if not any(tie.id == tie_id and tie.until_on is None for tie in ties):
        raise NoSuchTie
    if any(link.since_on > day for link in held if link.tie_id == tie_id):
        raise BeforeItBegan
    return [t.model_copy(update={"until_on": day}) if t.id == tie_id else t for t in ties]


def require_handover(mine: Sequence[Held], theirs: Sequence[Held], day: date) -> None:
    """Refuse a handover of `mine` to who holds `theirs` that would lose or double something."""
    if not mine:
        raise NothingToHandOver
    if {link.household_id for link in mine} & {link.household_id for link in theirs}:
        raise BothLinked
    if any(link.since_on > day for link in mine):
        raise BeforeItBegan


def _beyond(tie: Tie, day: date) -> bool:
    return tie.until_on is None or tie.until_on > day
