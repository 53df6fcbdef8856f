"""Redrawing areas (区划调整): which may close and open on a day. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from services.chassis.errors import Invalid
from services.grid.areas.rules import AreaUnknown, Validity, require_place


class OneDistrict(Invalid):
    zh = "一次调整只能涉及同一区县。"
    en = "A redraw concerns the areas of one district."
    pointer = "/closes"


class NamedTwice(Invalid):
    def __init__(self, code: str) -> None:
        super().__init__(
            f"区域 {code} 在同一次调整中出现多次。",
            f"Area {code} is named more than once in this redraw.",
            pointer="/opens",
        )


class NotAhead(Invalid):
    """Who reports today must find the tree of today as it was this morning; history is for importers."""

    zh = "调整须自明日或以后生效；补录以往的调整需要历史数据导入角色。"
    en = "A redraw takes effect tomorrow or later; one of the past needs the role of a data importer."
    pointer = "/on"


class LeftBelow(Invalid):
    def __init__(self, code: str, below: str) -> None:
        super().__init__(
            f"区域 {code} 之下的 {below} 未一并撤销。",
            f"Area {below} below {code} would be left: it must close, too.",
            pointer="/code",
        )


class FactsSince(Invalid):
    def __init__(self, code: str, day: date) -> None:
        super().__init__(
            f"区域 {code} 在 {day} 已有记录，不能自此前撤销。",
            f"Area {code} has records of {day}; it cannot end before.",
            pointer="/code",
        )


class NoHeir(Invalid):
    def __init__(self, heir: str) -> None:
        super().__init__(
            f"{heir} 不是该区域的后继。", f"{heir} is none of its successors.", pointer="/heir"
        )


class NoPredecessor(Invalid):
    def __init__(self, code: str) -> None:
        super().__init__(
            f"{code} 不在同级的撤销区域之中。",
            f"{code} is not among the areas of its level that close.",
            pointer="/predecessors",
        )


class CodeUsed(Invalid):
    def __init__(self, code: str) -> None:
        super().__init__(
            f"代码 {code} 已使用过，不能再用。",
            f"Code {code} was used before, and never again.",
            pointer="/code",
        )


@dataclass(frozen=True)
class Plan:
    """`closes`: code → heir; `opens`: code → predecessors."""

    on: date
    closes: Mapping[str, str | None]
    opens: Mapping[str, Collection[str]]

    def heirs(self, code: str) -> list[str]:
        """Those that come of it."""
        return [opened for opened, of in self.opens.items() if code in of]


def require_whole(plan: Plan, named: Collection[str], today: date, *, historian: bool) -> None:
    """Refuse what is wrong with the redraw as such."""
    for code, times in Counter(named).items():
        if times > 1:
            raise NamedTwice(code)
    if len({code[:6] for code in named}) > 1:
        raise OneDistrict
    if plan.on <= today and not historian:
        raise NotAhead


@dataclass(frozen=True)
class Ground:
    """What a redraw must know: when each area of its district is valid, and the last day, not before the redraw, of
    which there are records in an area that closes."""

    plan: Plan
    spans: Mapping[str, Mapping[date, date | None]]
    facts: Mapping[str, date]

    @cached_property
    def after(self) -> Validity:
        """The tree as it will be."""
        after = Validity()
        for code, spans in self.spans.items():
            for start, end in spans.items():
                ends_here = code in self.plan.closes and self._holds(code, start)
                after.add(code, start, self.plan.on if ends_here else end)
        for code in self.plan.opens:
            after.add(code, self.plan.on, None)
        return after

    def entry(self, code: str) -> date | None:
        """The first day of what closes under this code: it is valid on the eve of the redraw."""
        return next((start for start in self.spans.get(code, {}) if self._holds(code, start)), None)

    def _holds(self, code: str, start: date) -> bool:
        end = self.spans[code][start]
        return start < self.plan.on <= (end or date.max)

    def require_closing(self, code: str) -> None:
        heir, day = self.plan.closes[code], self.facts.get(code)
        if self.entry(code) is None:
            raise AreaUnknown(code)
        if heir and heir not in self.plan.heirs(code):
            raise NoHeir(heir)
        for other in self.spans:
            below = other != code and other.startswith(code)
            if below and self.after.overlaps(other, self.plan.on, None):
                raise LeftBelow(code, other)
        if day:
            raise FactsSince(code, day)

    def require_opening(self, code: str, kind: str) -> None:
        for of in self.plan.opens[code]:
            if of not in self.plan.closes or len(of) != len(code):
                raise NoPredecessor(of)
        if any(start != self.plan.on for start in self.spans.get(code, {})):
            raise CodeUsed(code)
        require_place(code, kind, code[:-3], self.plan.on, self.after)
