"""A run as one SVG: throughput, lag, and beneath them when which fault was on."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from tests.chaos.report.series import Course, Mark, Points

LEFT, RIGHT, WIDTH = 236, 16, 1100
PANEL, GAP, LANE = 150, 44, 18
TICKS = (10, 30, 60, 120, 300)


class Line(NamedTuple):
    """`series`: which colour of the page's."""

    zh: str
    en: str
    series: str
    points: Points


class Panel(NamedTuple):
    zh: str
    en: str
    lines: Sequence[Line]


def chart(course: Course) -> str:
    panels = [
        Panel(
            "每秒吞吐",
            "a second",
            [
                Line("应用到看板的事件", "events applied", "b", course.applied),
                Line("已应答的操作", "operations acknowledged", "a", course.done),
            ],
        ),
        Panel(
            "积压",
            "waiting",
            [
                Line("日志中待读", "in the log, to be read", "b", course.lag),
                Line("发件箱中待发布", "in the outboxes, to be published", "a", course.pending),
            ],
        ),
    ]
    kinds = list(dict.fromkeys((mark.zh, mark.en) for mark in course.marks))
    lanes_at = len(panels) * (PANEL + GAP) + 20
    height = lanes_at + len(kinds) * LANE + 40
    x = _scale(course.seconds)
    parts = [_starts(course.marks, x, lanes_at + len(kinds) * LANE)]
    parts += [_panel(panel, n * (PANEL + GAP) + 26, x) for n, panel in enumerate(panels)]
    parts += [_lane(kind, course.marks, lanes_at + n * LANE, x) for n, kind in enumerate(kinds)]
    parts.append(_seconds(course.seconds, x, lanes_at + len(kinds) * LANE + 16))
    label = "吞吐、积压与故障 · throughput, lag and faults"
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


class _Scale(NamedTuple):
    most: float
    begin: float
    end: float

    def __call__(self, value: float) -> float:
        share = value / self.most if self.most else 0.0
        return round(self.begin + share * (self.end - self.begin), 1)


def _scale(seconds: float) -> _Scale:
    return _Scale(max(seconds, 1.0), LEFT, WIDTH - RIGHT)


def _panel(panel: Panel, top: int, x: _Scale) -> str:
    step = _round_step(max((n for line in panel.lines for _, n in line.points), default=1.0))
    most = step * 4
    y = _Scale(most, top + PANEL, top)
    grid = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(n)}" y2="{y(n)}"/>'
        f'<text class="tick" x="{LEFT - 8}" y="{y(n) + 4}" text-anchor="end">{n:,.0f}</text>'
        for n in (0, step * 2, most)
    )
    title = f'<text class="title" x="0" y="{top + 4}">{panel.zh}</text>'
    title += f'<text class="tick" x="0" y="{top + 20}">{panel.en}</text>'
    lines = "".join(_line(line, x, y) for line in panel.lines)
    return title + _keys(panel.lines, top - 10) + grid + lines


def _keys(lines: Sequence[Line], y: float) -> str:
    parts = []
    for n, line in enumerate(reversed(lines)):
        at = LEFT + n * 330
        parts.append(f'<line class="{line.series}" x1="{at}" x2="{at + 18}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text class="key" x="{at + 24}" y="{y + 4}">{line.zh} {line.en}</text>')
    return "".join(parts)


def _line(line: Line, x: _Scale, y: _Scale) -> str:
    points = " ".join(f"{x(at)},{y(n)}" for at, n in line.points)
    return f'<polyline class="{line.series}" points="{points}"/>'


def _starts(marks: Iterable[Mark], x: _Scale, bottom: int) -> str:
    return "".join(
        f'<line class="start" x1="{x(mark.begin)}" x2="{x(mark.begin)}" y1="26" y2="{bottom}"/>'
        for mark in marks
    )


def _lane(kind: tuple[str, str], marks: Iterable[Mark], top: int, x: _Scale) -> str:
    label = f'<text class="lane" x="{LEFT - 8}" y="{top + 13}" text-anchor="end">{kind[0]}'
    label += f' <tspan class="tick">{kind[1]}</tspan></text>'
    rail = f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{top + 9}" y2="{top + 9}"/>'
    bars = "".join(
        f'<rect class="fault" x="{x(mark.begin)}" y="{top + 3}" rx="2" height="12" '
        f'width="{max(4.0, x(mark.end) - x(mark.begin)):.1f}"><title>{_told(mark)}</title></rect>'
        for mark in marks
        if (mark.zh, mark.en) == kind
    )
    return label + rail + bars


def _told(mark: Mark) -> str:
    return escape(f"{mark.begin:.0f} s  {mark.zh} {mark.en}: {mark.detail}")


def _seconds(seconds: float, x: _Scale, y: int) -> str:
    step = next((tick for tick in TICKS if seconds / tick <= 12), 600)
    return "".join(
        f'<text class="tick" x="{x(at)}" y="{y}" text-anchor="middle">{at} s</text>'
        for at in range(0, int(seconds) + 1, step)
    )


def _round_step(most: float) -> float:
    """A quarter of a round number that is no less than `most`."""
    step = 1.0
    while step * 4 < most:
        step *= 2.5 if str(step)[0] == "2" else 2
    return step
