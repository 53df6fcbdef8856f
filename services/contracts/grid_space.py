"""What the grid service tells of space besides its areas: how many people live there, and micro-grids."""

from datetime import date
from typing import ClassVar

from services.contracts.event import Event


class PopulationSnapshot(Event):
    """How many live in an area, by the figures of a year; what rates of inhabitants are of."""

    topic: ClassVar[str] = "jinding.grid.population.v1"
    type: ClassVar[str] = "jinding.grid.population.changed.v1"

    year: int
    inhabitants: int
    households: int | None


class MicroGridSnapshot(Event):
    """A micro-grid (微网格) as it is now. `code`: its grid's, which is `area_code`, and two digits. It ends with its
    grid, if not before. Nothing is counted by it."""

    topic: ClassVar[str] = "jinding.grid.micro_grid.v1"
    type: ClassVar[str] = "jinding.grid.micro_grid.changed.v1"

    code: str
    name: str
    valid_from: date
    valid_to: date | None
