"""All that the grid service tells of key persons: that a record changed, by an opaque id."""

from typing import ClassVar

from services.contracts.event import Event


class KeyPersonChanged(Event):
    """A record changed. Neither whose, nor of which class, nor where: `area_code` is the district's. Nobody is granted
    the topic, and no figure is made of it."""

    topic: ClassVar[str] = "jinding.grid.key_person.v1"
    type: ClassVar[str] = "jinding.grid.key_person.changed.v1"
    sensitive: ClassVar[bool] = True
