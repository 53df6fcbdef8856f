"""Every projection, by topic."""

from typing import Literal, get_args

from services.contracts.registry import anchors
from services.gateway.projections import disputes, grid, inspection, training
from services.gateway.projections.cards import Projection

ALL: tuple[Projection, ...] = (
    *grid.PROJECTIONS,
    *disputes.PROJECTIONS,
    *inspection.PROJECTIONS,
    *training.PROJECTIONS,
)
BY_TOPIC: dict[str, Projection] = {projection.topic: projection for projection in ALL}
Projected = Literal["grid", "disputes", "inspection", "training"]
SERVICES: tuple[Projected, ...] = get_args(Projected)


UNPROJECTED = frozenset(event.topic for event in anchors().values())
"""No figure is made of them: `services.gateway.anchors` keeps what they tell."""


def topics_of(service: str) -> list[str]:
    return sorted({projection.topic for projection in ALL if projection.service == service})
