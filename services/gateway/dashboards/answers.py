"""Figures already added up."""

from collections import OrderedDict
from datetime import date
from typing import Any, NamedTuple

from services.chassis.database import DriverConnection
from services.gateway.dashboards.numbers import Period, sections_of, sums

CACHED = 2000

Figures = dict[str, dict[str, dict[str, Any]]]
"""Area → section → figure → as the dashboard tells it."""


class Question(NamedTuple):
    area: str
    period: Period
    rows: tuple[str, ...] | None


class State(NamedTuple):
    """What figures depend on besides the question: the projection's version, and today for due cohorts."""

    version: int
    today: date


class Answers:
    """Figures kept as long as nothing that they are made of has changed. Their ages are told anew each time."""

    def __init__(self) -> None:
        self.kept: OrderedDict[Question, tuple[State, Figures]] = OrderedDict()

    async def figures(
        self, connection: DriverConnection, question: Question, today: date
    ) -> Figures:
        state = State(await connection.fetchval("select version from projection"), today)
        known, figures = self.kept.get(question, (None, {}))
        if known != state:
            areas = [question.area, *(question.rows or ())]
            found = await sums(connection, areas, question.period, today)
            figures = {area: sections_of(found[area]) for area in areas}
            self._keep(question, state, figures)
        return figures

    def _keep(self, question: Question, state: State, figures: Figures) -> None:
        self.kept[question] = (state, figures)
        self.kept.move_to_end(question)
        if len(self.kept) > CACHED:
            self.kept.popitem(last=False)
