"""Every projection, by topic."""

from typing import Literal, get_args

from services.contracts.topics import SENSITIVE
from services.gateway.projections import (
    disputes,
    errands,
    grid,
    inspection,
    outreach,
    people,
    space,
    tasks,
    training,
)
from services.gateway.projections.cards import Projection

ALL: tuple[Projection, ...] = (
    *grid.PROJECTIONS,
    *outreach.PROJECTIONS,
    *space.PROJECTIONS,
    *people.PROJECTIONS,
    *errands.PROJECTIONS,
    *tasks.PROJECTIONS,
    *disputes.PROJECTIONS,
    *inspection.PROJECTIONS,
    *training.PROJECTIONS,
)
BY_TOPIC: dict[str, Projection] = {
    topic: projection for projection in ALL for topic in projection.topics
}
UNPROJECTED = SENSITIVE - BY_TOPIC.keys()
"""No figure is made of them. What they tell of persons the gateway does not even read."""
AUDITS = frozenset(topic for topic in UNPROJECTED if topic.endswith(".audit.v1"))
"""What they tell `services.gateway.anchors` keeps."""
Projected = Literal["grid", "disputes", "inspection", "training"]
SERVICES: tuple[Projected, ...] = get_args(Projected)


def topics_of(service: str) -> list[str]:
    return sorted(topic for topic, of in BY_TOPIC.items() if of.service == service)
