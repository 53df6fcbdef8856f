"""Dashboards already answered, as bytes."""

from collections import OrderedDict
from typing import Any, NamedTuple

from services.gateway.dashboards.numbers import Period

CACHED = 2000


class Question(NamedTuple):
    area: str
    period: Period
    rows: tuple[str, ...] | None


class Answers:
    """Answers kept as bytes with their ETag, as long as nothing that they are made of has changed."""

    def __init__(self) -> None:
        self.kept: OrderedDict[Question, tuple[Any, bytes]] = OrderedDict()

    def get(self, question: Question, state: Any) -> bytes | None:
        found = self.kept.get(question)
        return found[1] if found and found[0] == state else None

    def keep(self, question: Question, state: Any, body: bytes) -> None:
        self.kept[question] = (state, body)
        self.kept.move_to_end(question)
        if len(self.kept) > CACHED:
            self.kept.popitem(last=False)
