"""What the event log must be told of agencies. Topics are granted whole there, or not at all."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class KafkaAgencies(Protocol):
    """Each call may be repeated: it says how things shall be, not what shall change."""

    async def known(self) -> Mapping[str, bool]:
        """Every agency of which Kafka knows anything; whether it can log in."""

    async def admit(self, agency_id: str, password: str) -> None:
        """The agency may log in with this password from now on, and with no other."""

    async def allow(self, agency_id: str, topics: Sequence[str]) -> None:
        """It may read just these topics, in groups named `agency-<id>.…`. Its stream is made, if it is one of them."""

    async def expel(self, agency_id: str) -> None:
        """It may neither log in nor read anything; its stream is gone."""
