"""Redrawing areas (区划调整): which may close and open on a day. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from services.chassis.errors import Invalid
from services.grid.areas.rules import (
    AreaUnknown,
    ContradictsRedraw,
    ParentEnds,
    ParentUnknown,
    Validity,
    require_place,
)


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
    def __init__(self, code: str, below: str, since: date) -> None:
        super().__init__(
            f"区域 {code} 之下的 {below}（自 {since} 起）未一并撤销。",
            f"Area {below} (since {since}) below {code} would be left: it must close, too.",
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


class HeirNamed(Invalid):
    """A past is attributed once: figures by the present tree were told with it."""

    def __init__(self, heir: str, on: date) -> None:
        super().__init__(
            f"{on} 的调整已指定 {heir} 承接其以往，不能另行指定。",
            f"The redraw of {on} names {heir} as its heir already.",
            pointer="/heir",
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
class Known:
    """An area as it is recorded: its end, whether a redraw ended it, what it comes of, its heir, and when it would have
    ended without the redraw."""

    end: date | None = None
    redrawn: bool = False
    predecessors: Collection[str] = ()
    heir: str | None = None
    former: date | None = None


@dataclass(frozen=True)
class Ground:
    """What a redraw must know: the areas of its district by code and first day, and the last day, not before the
    redraw, of which there are records in an area that closes."""

    plan: Plan
    areas: Mapping[str, Mapping[date, Known]]
    facts: Mapping[str, date]

    @cached_property
    def after(self) -> Validity:
        """The tree as it will be."""
        after = Validity()
        for code, times in self.areas.items():
            for start, known in times.items():
                closes = code in self.plan.closes and start == self.entry(code)
                after.add(code, start, self.plan.on if closes else known.end)
        for code in self.plan.opens:
            if self.plan.on not in self.areas.get(code, {}):
                after.add(code, self.plan.on, None)
        return after

    @cached_property
    def successors(self) -> dict[tuple[str, date], dict[str, date]]:
        """Of an area by its code and first day: those recorded to come of it, and since when."""
        found: dict[tuple[str, date], dict[str, date]] = {}
        for code, times in self.areas.items():
            for start, known in times.items():
                for of in known.predecessors:
                    if before := self._last(of, start):
                        found.setdefault((of, before), {})[code] = start
        return found

    def entry(self, code: str) -> date | None:
        """The first day of what closes under this code."""
        return self._last(code, self.plan.on)

    def _last(self, code: str, before: date) -> date | None:
        return max((start for start in self.areas.get(code, {}) if start < before), default=None)

    def require_closing(self, code: str) -> None:
        heir, day, start = self.plan.closes[code], self.facts.get(code), self.entry(code)
        if start is None:
            raise AreaUnknown(code)
        self._require_agreement(code, start)
        if heir and heir not in self.plan.heirs(code):
            raise NoHeir(heir)
        if heir and (told := self.areas[code][start].heir) and told != heir:
            raise HeirNamed(told, self.plan.on)
        for other in self.areas:
            below = other != code and other.startswith(code)
            if below and self.after.overlaps(other, self.plan.on, None):
                raise LeftBelow(code, other, max(self.areas[other]))
        if day:
            raise FactsSince(code, day)

    def _require_agreement(self, code: str, start: date) -> None:
        """With what another redraw, or an import, has made of the area."""
        on, known = self.plan.on, self.areas[code][start]
        came = self.successors.get((code, start), {})
        here = dict.fromkeys(self.plan.heirs(code), on)
        later = {successor: day for successor, day in came.items() if day >= on}
        if known.redrawn and known.end and (known.end != on or later != here):
            raise ContradictsRedraw(code, known.end, came)
        if known.end and known.end < on:
            raise AreaUnknown(code)
        if not later.items() <= here.items():
            raise ContradictsRedraw(code, min(later.values()), later)

    def require_opening(self, code: str, kind: str) -> None:
        on, of, parent = self.plan.on, self.plan.opens[code], code[:-3]
        for other in of:
            if other not in self.plan.closes or len(other) != len(code):
                raise NoPredecessor(other)
        times = self.areas.get(code, {})
        if any(start != on for start in times):
            raise CodeUsed(code)
        if times and (told := times[on].predecessors) and {*told} != {*of}:
            raise ContradictsRedraw(code, on, told, opens=True)
        end = self.after.end(parent, on)
        if end is None:
            raise ParentUnknown(parent)
        require_place(code, kind, parent, on, self.after)
        if self.after.overlaps(code, end, None):
            raise ParentEnds(code, parent, end)
