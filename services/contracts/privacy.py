"""What every service that keeps personal data tells of an erasure, each by an event of its own."""

from typing import ClassVar

from services.contracts.codes_privacy import HeldBy
from services.contracts.event import Event


class ErasureConfirmed(Event):
    """A service has erased what it held of a person. The aggregate is the erasure; its id is that of the request.

    `erased` and `held`: how many entries; `rules`: what kept those that are held. Told again when that changes.
    """

    sensitive: ClassVar[bool] = True

    erased: int
    held: int
    rules: list[HeldBy]
