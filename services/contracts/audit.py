"""What every service tells of its audit; each declares its own, in its own topic."""

from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from services.contracts.event import AREA_CODE, Event

NOWHERE = "000000"
EVERY = timedelta(hours=1)


class HeadAnchored(Event):
    """The audit had this last row, with this hash (hex): whoever shortens it later is found out.

    Told about once an hour, where it has grown. It has no place (`000000`) and is an aggregate of its own.
    """

    sensitive: ClassVar[bool] = True

    area_code: str = Field(NOWHERE, pattern=AREA_CODE)
    seq: int
    hash: str
