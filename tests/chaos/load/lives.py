"""What aggregates go through: steps, for single requests and for batches alike."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple
from uuid import UUID

from tests.chaos.load.routes import Route, routes

Person = Literal["first", "second", "bureau"]
"""Two clerks of the district, of whom who handled a matter does not verify it; somebody of the bureau."""
BUREAU = "330703-land-resources"


class Step(NamedTuple):
    operation: str
    id: UUID
    body: Mapping[str, Any] = MappingProxyType({})
    by: Person = "first"
    turn: int = 0
    under: str = ""
    """A key that is another step's."""

    @property
    def key(self) -> str:
        return self.under or f"{self.operation}/{self.id}/{self.turn}"

    @property
    def route(self) -> Route:
        return routes()[self.operation]

    @property
    def creates(self) -> bool:
        return self.route.path == self.route.collection


class Life(NamedTuple):
    """`patient`: some of its steps wait for what other services do first."""

    steps: list[Step]
    patient: bool = False

    @property
    def service(self) -> str:
        return self.steps[0].route.service

    def waves(self) -> Iterator[list[Step]]:
        """Runs of steps that one person sends to one service."""
        wave: list[Step] = []
        for step in self.steps:
            if wave and (step.route.service, step.by) != (wave[-1].route.service, wave[-1].by):
                yield wave
                wave = []
            wave.append(step)
        yield wave
