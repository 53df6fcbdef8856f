"""Withdrawing a redraw whose day has not come (撤回计划的调整). Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from services.chassis.errors import Conflict, Invalid
from services.grid.areas.rules import Validity
from services.grid.redraws.rules import Known


class DayHasCome(Conflict):
    """What has begun is recorded in the new areas; another redraw follows it."""

    zh = "该调整已经生效，不能撤回；如须改变，请另作调整。"
    en = "The redraw has taken effect and is not withdrawn; redraw again instead."
    pointer = "/on"


class NotPlanned(Invalid):
    def __init__(self, code: str, on: date) -> None:
        super().__init__(
            f"没有自 {on} 起撤销区域 {code} 的调整。",
            f"No redraw closes area {code} on {on}.",
            pointer="/closes",
        )


class InPart(Invalid):
    def __init__(self, code: str, others: Collection[str]) -> None:
        named = sorted(others)
        super().__init__(
            f"{code} 也由 {'、'.join(named)} 而来，须一并撤回。",
            f"{code} comes of {', '.join(named)}, too: these are withdrawn with it.",
            pointer="/closes",
        )


class BuiltUpon(Conflict):
    def __init__(self, code: str) -> None:
        super().__init__(
            f"将新设的 {code} 已有记录，或已有依赖它的区域、调整，不能撤回。",
            f"There are records in {code}, which was to come, or areas or redraws that depend on it.",
            pointer="/closes",
        )


class NoPlaceLeft(Conflict):
    def __init__(self, code: str) -> None:
        super().__init__(
            f"区域 {code} 的上级届时已撤销，或其代码已另作登记，不能恢复。",
            f"Area {code} has no place any more: what it lies in ends, or its code is registered anew.",
            pointer="/closes",
        )


@dataclass(frozen=True)
class Withdrawal:
    """What is withdrawn, in the areas of its district by code and first day. `used`: of what was to come, that in which
    there is something already."""

    on: date
    closes: Collection[str]
    areas: Mapping[str, Mapping[date, Known]]
    used: Collection[str] = ()

    @cached_property
    def opens(self) -> dict[str, Known]:
        """What was to come of those that close."""
        found = ((code, times.get(self.on)) for code, times in self.areas.items())
        closes = {*self.closes}
        return {code: known for code, known in found if known and closes & {*known.predecessors}}

    @cached_property
    def after(self) -> Validity:
        """The tree as it will be."""
        after = Validity()
        for code, times in self.areas.items():
            for start, known in times.items():
                if code in self.opens and start == self.on:
                    continue
                reopens = code in self.closes and start == self.entry(code)
                after.add(code, start, known.former if reopens else known.end)
        return after

    def entry(self, code: str) -> date | None:
        """The first day of what this redraw closes under the code."""
        times = self.areas.get(code, {}).items()
        return next((s for s, known in times if known.redrawn and known.end == self.on), None)

    def require_ahead(self, today: date) -> None:
        if self.on <= today:
            raise DayHasCome

    def require_reopening(self, code: str) -> None:
        start = self.entry(code)
        if start is None:
            raise NotPlanned(code, self.on)
        end, parent = self.areas[code][start].former, code[:-3]
        there = self.after.end(parent, self.on)
        if there is None or there < (end or date.max):
            raise NoPlaceLeft(code)
        if self.after.overlaps(code, start, end, itself=False):
            raise NoPlaceLeft(code)

    def require_unused(self, code: str) -> None:
        mine = self.opens[code]
        if others := {*mine.predecessors} - {*self.closes}:
            raise InPart(code, others)
        depends = any(
            code in known.predecessors or (other.startswith(code) and other not in self.opens)
            for other, times in self.areas.items()
            for known in times.values()
        )
        if mine.end or depends or code in self.used:
            raise BuiltUpon(code)
