"""What kinds of lives there are, and of each kind which."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from tests.chaos.load import handling, helping
from tests.chaos.load.inventing import Inventor
from tests.chaos.load.lives import Life

ANYWHERE = ("grid", "grid", "people", "errands", "disputes", "inspection", "training")
"""For forms and for devices; the year of a grid is the longest."""
AT_DESKS = (*ANYWHERE, "tasks")
"""A task gives all of its targets their parts where it is issued by a form."""
REFERRED = ("referred",)
"""Waits for what other services do: clients of their own, lest all wait while the log is away."""


def life_of(inventor: Inventor, kind: str) -> Life:
    return inventor.random.choice(makers(inventor)[kind])()


def makers(inventor: Inventor) -> Mapping[str, Sequence[Callable[[], Life]]]:
    mine = inventor
    return {
        "grid": [mine.handled, mine.returned, mine.late_report, *_of(handling.LIVES, mine)],
        "people": _of(helping.PEOPLE, mine),
        "errands": _of(helping.ERRANDS, mine),
        "tasks": _of(helping.TASKS, mine),
        "disputes": [mine.mediated, mine.mediated, mine.received, mine.late_case],
        "inspection": [mine.rectified, mine.rectified, mine.rated, mine.late_hazard],
        "training": [mine.trained],
        "referred": [mine.dispute, mine.dispute, mine.withdrawn, mine.unsafe],
    }


def _of(
    lives: Sequence[Callable[[Inventor], Life]], inventor: Inventor
) -> list[Callable[[], Life]]:
    return [partial(life, inventor) for life in lives]
