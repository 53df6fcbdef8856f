"""How many people live in an area (人口): what rates are of."""

from uuid import UUID, uuid5

from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.contracts.grid_space import PopulationSnapshot
from services.grid.areas.models import NAMESPACE


def population_id(area_code: str, year: int) -> UUID:
    return uuid5(NAMESPACE, f"population/{area_code}/{year}")


class Population(AggregateRow, table=True):
    """Of an area, by the figures of a year. `source`: whose figures, and which."""

    __tablename__ = "population"

    year: int = Field(index=True)
    inhabitants: int
    households: int | None = None
    source: str

    @property
    def shown_status(self) -> str:
        return "KNOWN"

    def snapshot(self) -> PopulationSnapshot:
        return PopulationSnapshot.model_validate(self, from_attributes=True)
