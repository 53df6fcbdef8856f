"""What may be one matter told twice (重复上报), and what must hold where reports are merged. Pure.

Same grid, same category and subcategory, within 200 m and 72 h: a suggestion, on which an office decides.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.chassis.errors import Conflict, Forbidden, Invalid
from services.contracts.codes_grid import Category
from services.grid.positions.rules import Point, distance_m

METRES = 200
APART = timedelta(hours=72)


class MasterUnknown(Invalid):
    zh = "没有可以并入的该事件。"
    en = "No such report to merge into."
    pointer = "/master"


class MasterIsItself(Invalid):
    zh = "事件不能并入自身。"
    en = "A report is not merged into itself."
    pointer = "/master"


class MasterIsOver(Conflict):
    """What was cancelled does not go on; one that was merged itself goes on as its own master."""

    def __init__(self) -> None:
        super().__init__(
            "该事件已注销或已并入其他事件，请并入后者。",
            "That report is cancelled or merged itself; merge into the one that goes on.",
            pointer="/master",
        )


class MasterIsClosed(Conflict):
    """Nobody deals with it any more: what was merged into it would be dealt with by nobody."""

    zh = "该事件已办结，不能再并入；如仍须处理，请先重新办理该事件。"
    en = "That report is closed: nothing is merged into it, unless it is reopened first."
    pointer = "/master"


class AnotherCategory(Conflict):
    zh = "类别不同的事件不能合并。"
    en = "Reports of different categories are not merged."
    pointer = "/master"


class OnlyOffices(Forbidden):
    zh = "只有所在区域的指挥室可以合并事件。"
    en = "Only an office of its area merges a report."


class HasMerged(Conflict):
    """Others have reported the same: it is not one person's any more, and it goes on for all of them."""

    zh = "已有事件并入本事件，不能撤回、判为无效或重复。"
    en = "Others were merged into this report: it is not withdrawn, invalid or a duplicate."
    pointer = "/reason"


class OriginalMissing(Invalid):
    zh = "以重复为由注销，须指明所重复的事件；内容须一并办理的，请并案。"
    en = "A duplicate names the report that it duplicates; merge it where the other one is to take it up."
    pointer = "/duplicate_of"


class OriginalNotAsked(Invalid):
    zh = "只有以重复为由注销时才指明所重复的事件。"
    en = "Only what is cancelled as a duplicate names another report."
    pointer = "/duplicate_of"


class OriginalUnknown(Invalid):
    zh = "没有所指的该事件。"
    en = "There is no such report."
    pointer = "/duplicate_of"


class OriginalIsItself(Invalid):
    zh = "事件不能与自身重复。"
    en = "A report is no duplicate of itself."
    pointer = "/duplicate_of"


class OriginalIsCancelled(Conflict):
    """Of two that duplicate each other one would be told of by nobody."""

    zh = "所指的事件已注销或已并入其他事件，请指明后者。"
    en = "That report is cancelled or merged itself; name the one that is left."
    pointer = "/duplicate_of"


@dataclass(frozen=True)
class Matter:
    """What two reports are compared by."""

    area_code: str
    category: Category
    at: datetime
    subcategory: str | None = None
    place: str = ""
    point: Point | None = None


@dataclass
class Master:
    """A report that others may be merged into, and whose reporters count for it already."""

    area_code: str
    category: Category
    is_over: bool
    reporters: set[str] = field(default_factory=set)


def are_alike(one: Matter, other: Matter) -> bool:
    """Whether the two may be one matter. Without two comparable points, only where the place is told alike."""
    if one.area_code != other.area_code or one.category is not other.category:
        return False
    if one.subcategory != other.subcategory and one.subcategory and other.subcategory:
        return False
    return abs(one.at - other.at) <= APART and _is_near(one, other)


def _is_near(one: Matter, other: Matter) -> bool:
    metres = distance_m(one.point, other.point) if one.point and other.point else None
    if metres is not None:
        return metres <= METRES
    place = _plain(one.place)
    return bool(place) and place == _plain(other.place)


def _plain(place: str) -> str:
    return "".join(character for character in place.casefold() if character.isalnum())


class Merged:
    """Who was merged into what, as far as one run of operations knows."""

    def __init__(self) -> None:
        self.masters: dict[UUID, Master] = {}
        self.merged: set[UUID] = set()
        self.closed: set[UUID] = set()

    def know(self, id: UUID, master: Master, has_merged: bool) -> None:
        self.masters.setdefault(id, master)
        if has_merged:
            self.merged.add(id)

    def end(self, id: UUID) -> None:
        """It is over: nothing that follows in this run is merged into it."""
        if id in self.masters:
            self.masters[id].is_over = True

    def close(self, id: UUID) -> None:
        self.closed.add(id)

    def reopen(self, id: UUID) -> None:
        self.closed.discard(id)

    def take(self, report: UUID, category: Category, reporter: str, into: UUID) -> bool:
        """Merge `report`, as far as the others are concerned; whether its reporter is credited besides."""
        if report == into:
            raise MasterIsItself
        self.require_alone(report)
        master = self.masters.get(into)
        if master is None:
            raise MasterUnknown
        if master.is_over:
            raise MasterIsOver
        if into in self.closed:
            raise MasterIsClosed
        if master.category is not category:
            raise AnotherCategory
        return self._join(report, reporter, into, master)

    def link(self, report: UUID, reporter: str, original: UUID) -> bool:
        """`report` tells again what `original` tells, which may be closed; whether its reporter is credited besides."""
        if report == original:
            raise OriginalIsItself
        master = self.masters.get(original)
        if master is None:
            raise OriginalUnknown
        if master.is_over:
            raise OriginalIsCancelled
        return self._join(report, reporter, original, master)

    def _join(self, report: UUID, reporter: str, into: UUID, master: Master) -> bool:
        self.merged.add(into)
        self.end(report)
        is_new = reporter not in master.reporters
        master.reporters.add(reporter)
        return is_new

    def require_alone(self, report: UUID) -> None:
        if report in self.merged:
            raise HasMerged


def near(mine: Matter, others: Collection[tuple[UUID, Matter]]) -> list[UUID]:
    """Those that may be the same matter, the nearest in time first."""
    found = [(abs(mine.at - other.at), id) for id, other in others if are_alike(mine, other)]
    return [id for _, id in sorted(found)]
