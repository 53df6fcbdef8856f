"""What the departments still owe an errand. Pure."""

from collections.abc import Sequence

from services.chassis.errors import Conflict, Invalid
from services.contracts.codes_errands import WindowResult
from services.grid.errands.papers import Window


class WindowUnknown(Invalid):
    zh = "没有该办理环节，或已有结果。"
    en = "There is no such window, or it has answered already."
    pointer = "/window_no"


class WindowsOpen(Conflict):
    """H3: each step is one department's; what it was asked is answered, or said not to be needed, first."""

    def __init__(self, windows: Sequence[str]) -> None:
        zh, en = "、".join(windows), ", ".join(windows)
        super().__init__(
            f"尚有部门环节没有结果：{zh}。", f"These windows have not answered yet: {en}."
        )


class NothingGranted(Conflict):
    zh = "没有任何部门环节获准，不能登记为办得。"
    en = "No department has granted anything: nothing was obtained."


def open_window(windows: Sequence[Window], number: int) -> Window:
    """The window that has not answered yet, counted from 1."""
    if number > len(windows) or windows[number - 1].result:
        raise WindowUnknown
    return windows[number - 1]


def require_answered(windows: Sequence[Window]) -> None:
    """Every department has answered; those that have not are named by number and code."""
    waiting = [f"{n} ({w.department})" for n, w in enumerate(windows, 1) if w.result is None]
    if waiting:
        raise WindowsOpen(waiting)


def require_granted(windows: Sequence[Window]) -> None:
    """Every department has answered, and one of them has granted something."""
    require_answered(windows)
    if all(window.result is not WindowResult.GRANTED for window in windows):
        raise NothingGranted
