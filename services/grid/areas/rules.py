"""The tree of areas (行政区划): what a code says of its place, and when a code is valid. Pure."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from services.chassis.errors import Invalid

DEDICATED = {"PARK_GRID", "MALL_GRID", "SCHOOL_GRID", "HOSPITAL_GRID", "DEDICATED_GRID"}
"""Grids of one body (专属网格), beside the basic ones."""
KINDS = {
    6: {"DISTRICT", "COUNTY"},
    9: {"STREET", "TOWN", "TOWNSHIP", "ZONE"},
    12: {"VILLAGE", "COMMUNITY"},
    15: {"GRID", *DEDICATED},
}
"""What may stand on each level, by the digits of its code."""
GRID_DIGITS = 15
OF_GRIDS = {"0": {"GRID"}, "9": DEDICATED}
"""What a grid is, by the digit after its village's code (domain §6.3)."""


class AreaUnknown(Invalid):
    """Areas are effective-dated: what counts is the day of the matter."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"区域 {code} 在该时间不存在。",
            f"Area {code} does not exist at that time.",
            pointer="/area_code",
        )


class KindNotOfLevel(Invalid):
    def __init__(self, kind: str, code: str) -> None:
        super().__init__(
            f"{len(code)} 位代码 {code} 的类别不能是 {kind}。",
            f"An area of {len(code)} digits, like {code}, is no {kind}.",
            pointer="/kind",
        )


class GridNumbered(Invalid):
    def __init__(self, code: str) -> None:
        super().__init__(
            f"网格代码 {code} 应为村码加 001–099（基础网格）或 901–999（专属网格），并与类别一致。",
            f"A grid's code, like {code}, is its village's and 001 to 099 (basic) or 901 to 999 (dedicated), "
            "as its kind says.",
            pointer="/code",
        )


class ParentMismatch(Invalid):
    def __init__(self, code: str) -> None:
        super().__init__(
            f"区域 {code} 的上级代码应为其代码去掉末三位；区县没有上级。",
            f"The parent of area {code} must be its code without the last three digits; none for a district.",
            pointer="/parent",
        )


class ParentUnknown(Invalid):
    def __init__(self, code: str) -> None:
        super().__init__(
            f"上级 {code} 在该时间不存在。",
            f"The parent {code} does not exist at that time.",
            pointer="/parent",
        )


class EndsBeforeItBegins(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "失效日期须晚于生效日期。", "valid_to must come after valid_from.", pointer="/valid_to"
        )


class ValidityOverlaps(Invalid):
    """A code means one thing on one day."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"代码 {code} 的有效期与已登记的重叠。",
            f"Code {code} is registered already for a part of that time.",
            pointer="/valid_from",
        )


class ContradictsRedraw(Invalid):
    """Done otherwise than another redraw has it, an area would be missing for days, or have successors of which
    one redraw knows nothing."""

    def __init__(self, code: str, on: date, others: Iterable[str], *, opens: bool = False) -> None:
        named = sorted(others)
        told = "、".join(named) or "无", ", ".join(named) or "nothing"
        zh = f"新设，由 {told[0]} 而来" if opens else f"撤销，后继为 {told[0]}"
        en = f"begins on {on} and comes of" if opens else f"ends on {on} and becomes"
        super().__init__(
            f"与另一次调整矛盾：区域 {code} 自 {on} 起{zh}。",
            f"This contradicts another redraw, by which area {code} {en} {told[1]}.",
            pointer="/predecessors" if opens else "/code",
        )


class ParentEnds(Invalid):
    def __init__(self, code: str, parent: str, on: date) -> None:
        super().__init__(
            f"上级 {parent} 自 {on} 起撤销，其下新设的 {code} 此后没有上级。",
            f"The parent {parent} ends on {on}: area {code} would be left without one.",
            pointer="/valid_to",
        )


class Validity:
    """When codes are valid: each entry from its first day until the day before its end (None: open)."""

    def __init__(self, entries: Iterable[tuple[str, date, date | None]] = ()) -> None:
        self._entries: dict[str, dict[date, date]] = {}
        for entry in entries:
            self.add(*entry)

    def add(self, code: str, start: date, end: date | None) -> None:
        """Enter it, or change the end of the entry that begins on that day."""
        self._entries.setdefault(code, {})[start] = end or date.max

    def holds(self, code: str, day: date) -> bool:
        return self.end(code, day) is not None

    def end(self, code: str, day: date) -> date | None:
        """The first day on which what is valid on `day` is no more."""
        spans = self._entries.get(code, {})
        return next((end for start, end in spans.items() if start <= day < end), None)

    def overlaps(self, code: str, start: date, end: date | None, *, itself: bool = True) -> bool:
        """Whether `code` is valid on some day of the span; `itself` not: by another entry."""
        spans = self._entries.get(code, {})
        return any(
            begin < min(until, end or date.max) and start < until and (itself or begin != start)
            for begin, until in spans.items()
        )

    def require_span(self, code: str, start: date, end: date | None) -> None:
        """Refuse an entry that could not stand beside the others of its code."""
        if end is not None and end <= start:
            raise EndsBeforeItBegins
        if self.overlaps(code, start, end, itself=False):
            raise ValidityOverlaps(code)


def require_place(
    code: str, kind: str, parent: str | None, valid_from: date, known: Validity
) -> None:
    """Refuse an area that has no place in the tree on its first day."""
    if kind not in KINDS[len(code)]:
        raise KindNotOfLevel(kind, code)
    if len(code) == max(KINDS) and (kind not in OF_GRIDS.get(code[12], ()) or code.endswith("00")):
        raise GridNumbered(code)
    above = code[:-3] if len(code) > min(KINDS) else None
    if parent != above:
        raise ParentMismatch(code)
    if above and not known.holds(above, valid_from):
        raise ParentUnknown(above)


def require_lineage(
    code: str,
    start: date,
    before: Collection[str],
    told: Collection[str],
    redrawn: Mapping[str, date],
) -> None:
    """Refuse what would give an area that a redraw ended (`redrawn`: on which day) another successor, or take
    one from it."""
    for of in {*before} ^ {*told}:
        if of in redrawn and (of in told or redrawn[of] == start):
            raise ContradictsRedraw(code, start, before, opens=True)


def require_parent_meanwhile(
    span: tuple[str, date, date | None], parent: str | None, redrawn: Mapping[str, date]
) -> None:
    """Refuse what would outlive the parent that a redraw has ended, or will: the redraw has seen all below it."""
    code, start, end = span
    ends = redrawn.get(parent or "")
    if parent and ends and start < ends < (end or date.max):
        raise ParentEnds(code, parent, ends)
