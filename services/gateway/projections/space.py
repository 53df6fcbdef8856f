"""What the grid service tells of space besides areas. Nothing is counted of it: rates are of a population's card."""

from services.contracts.grid_space import MicroGridSnapshot, PopulationSnapshot
from services.gateway.projections.cards import Projection, nothing, replaced

PROJECTIONS = (
    Projection("grid", "micro_grid", MicroGridSnapshot, replaced, nothing),
    Projection("grid", "population", PopulationSnapshot, replaced, nothing),
)
